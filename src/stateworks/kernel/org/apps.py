"""The org part of the kernel as a Django app."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """Organization: the nouns all modules share."""

    name = "stateworks.kernel.org"
    label = "org"
    verbose_name = "Organization"
    default_auto_field = "django.db.models.BigAutoField"
