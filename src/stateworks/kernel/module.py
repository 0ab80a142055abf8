"""What a module declares about itself."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class Module(AppConfig):
    """A room of the house: its title, its purpose in one sentence, the modules it refers to, and its pages.

    `depends_on` names the module labels whose models it may hold foreign keys to. `nav` lists `(text, url name)` pairs.
    When Django is ready the module's declarations (`rights`, `records`, `feeds`, `indicators`, `obligations`,
    `sections`, where present) are imported, which registers them. A part `api` with a `router` joins the API below the
    module's label.
    """

    title: str = ""
    purpose: str = ""
    depends_on: tuple[str, ...] = ()
    nav: tuple[tuple[str, str], ...] = ()
    default_auto_field = "django.db.models.BigAutoField"

    def __init_subclass__(cls) -> None:
        """Make each module its app's configuration: Django finds two in the file, this class and the module's own."""
        super().__init_subclass__()
        cls.default = True

    def ready(self) -> None:
        """Import the module's declarations so that they are registered."""
        for part in ("rights", "records", "feeds", "indicators", "obligations", "sections"):
            name = f"{self.name}.{part}"
            if find_spec(name) is not None:
                import_module(name)
