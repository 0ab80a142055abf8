"""The connectors as a Django application, so that they are known as soon as the product is set up."""

from django.apps import AppConfig


class Connectors(AppConfig):
    """Ways to read the files of other tools."""

    name = "stateworks.connectors"
    label = "connectors"

    def ready(self) -> None:
        """Make every connector known."""
        from stateworks.connectors.every import CONNECTORS, PLAN_SOURCES
        from stateworks.kernel.plans import files
        from stateworks.kernel.records.connected import register

        for connector in CONNECTORS:
            register(connector)
        for source in PLAN_SOURCES:
            files.register(source)
