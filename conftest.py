"""Fixtures that every test has, here and in the modules' own rooms.

They must stand in a conftest file: in a plugin, pytest-django's fixture of the same name would win.
"""

import os

from hypothesis import settings

from stateworks.config.testing import django_db_setup, own_lake

# No test depends on seconds. Where a change is judged the examples are the same each time; elsewhere they are new ones.
settings.register_profile("new examples", deadline=None)
settings.register_profile("same examples", deadline=None, derandomize=True)
# The browser's driver leaves an event loop in the main thread, which Django would take for an asynchronous caller.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
settings.load_profile("same examples" if os.environ.get("CI") else "new examples")

__all__ = ["django_db_setup", "own_lake"]
