"""The records part of the kernel as a Django app."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Records: what people edit."""

    name = "stateworks.kernel.records"
    label = "records"
    verbose_name = "Records"
    default_auto_field = "django.db.models.BigAutoField"
