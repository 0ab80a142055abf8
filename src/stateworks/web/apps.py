"""The web part as a Django app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The design system, the generic pages, the scorecard and the API."""

    name = "stateworks.web"
    label = "web"
