"""The jobs part of the kernel as a Django app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs: what takes longer than a page may."""

    name = "stateworks.kernel.jobs"
    label = "jobs"
    verbose_name = "Jobs"
    default_auto_field = "django.db.models.BigAutoField"
