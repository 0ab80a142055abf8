"""Fixtures that every test has, here and in the modules' own rooms.

They must stand in a conftest file: in a plugin, pytest-django's fixture of the same name would win.
"""

from stateworks.config.testing import django_db_setup, own_lake

__all__ = ["django_db_setup", "own_lake"]
