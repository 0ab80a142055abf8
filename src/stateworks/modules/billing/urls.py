"""Billing's addresses."""

from __future__ import annotations

from django.urls import path

from stateworks.modules.billing.pages import (
    budget,
    centers,
    coding,
    costs,
    federal,
    finops,
    invoices,
    overview,
    rates,
    receivables,
    review,
    usage,
)

app_name = "billing"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("periods/<str:code>/", overview.period, name="period"),
    path("cards/<str:code>/rehearsal/", rates.rehearsal, name="rehearsal"),
    path("cards/<str:code>/build/", rates.build, name="build"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<str:code>/", invoices.invoice, name="invoice"),
    path("lines/<str:code>/", invoices.line, name="line"),
    path("usage/", usage.usage, name="usage"),
    path("budget/", budget.budget, name="budget"),
    path("centers/", centers.centers, name="centers"),
    path("centers/<slug:code>/", centers.center, name="center"),
    path("costs/", costs.costs, name="costs"),
    path("receivables/", receivables.receivables, name="receivables"),
    path("coding/", coding.codings, name="coding"),
    path("finops/", finops.findings, name="finops"),
    path("finops/<str:code>/", finops.finding, name="finops_finding"),
    path("agencies/<str:code>/review/", review.review_pack, name="review"),
    path("federal/<int:year>/", federal.package, name="federal"),
]
