"""The plans part of the kernel as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Plans: the plan as data."""

    name = "stateworks.kernel.plans"
    label = "plans"
    verbose_name = "Plans"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the plan's own record types and measures."""
        for part in ("records", "indicators"):
            import_module(f"{self.name}.{part}")
