"""The lake part of the kernel as a Django app."""

from django.apps import AppConfig


class LakeConfig(AppConfig):
    """Lake: datasets in columns."""

    name = "stateworks.kernel.lake"
    label = "lake"
    verbose_name = "Lake"
    default_auto_field = "django.db.models.BigAutoField"
