"""The indicators part of the kernel as a Django app."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Indicators: figures and their evidence."""

    name = "stateworks.kernel.indicators"
    label = "indicators"
    verbose_name = "Indicators"
    default_auto_field = "django.db.models.BigAutoField"
