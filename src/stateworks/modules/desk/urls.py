"""The service desk's addresses."""

from __future__ import annotations

from django.urls import path

from stateworks.modules.desk import categories, pages, tickets

app_name = "desk"

urlpatterns = [
    path("", pages.overview, name="overview"),
    path("tickets/", tickets.tickets, name="tickets"),
    path("tickets/<str:source>/<path:number>/", tickets.ticket, name="ticket"),
    path("categories/<path:name>/", categories.category, name="category"),
]
