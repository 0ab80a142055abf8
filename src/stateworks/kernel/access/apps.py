"""The access part of the kernel as a Django app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Access: who sees and does what."""

    name = "stateworks.kernel.access"
    label = "access"
    verbose_name = "Access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put sign-ins on record."""
        from stateworks.kernel.access.signin import connect

        connect()
