"""Billing's addresses."""

from __future__ import annotations

from django.urls import path

from stateworks.modules.billing.pages import coding, federal, invoices, overview, rates

app_name = "billing"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("periods/<str:code>/", overview.period, name="period"),
    path("cards/<str:code>/rehearsal/", rates.rehearsal, name="rehearsal"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<str:code>/", invoices.invoice, name="invoice"),
    path("lines/<str:code>/", invoices.line, name="line"),
    path("coding/", coding.codings, name="coding"),
    path("federal/<int:year>/", federal.package, name="federal"),
]
