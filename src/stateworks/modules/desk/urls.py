"""The service desk's addresses."""

from __future__ import annotations

from django.urls import path

from stateworks.modules.desk import pages

app_name = "desk"

urlpatterns = [
    path("", pages.overview, name="overview"),
    path("tickets/", pages.tickets, name="tickets"),
    path("tickets/<str:source>/<path:number>/", pages.ticket, name="ticket"),
    path("categories/<path:name>/", pages.category, name="category"),
]
