"""The inventory's addresses."""

from __future__ import annotations

from django.urls import path

from stateworks.modules.inventory.pages import overview

app_name = "inventory"

urlpatterns = [
    path("", overview.overview, name="overview"),
]
