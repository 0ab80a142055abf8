"""The inventory's addresses."""

from __future__ import annotations

from django.urls import path

from stateworks.modules.inventory.pages import (
    attesting,
    availability,
    backtest,
    campaigns,
    capabilities,
    identity,
    impact,
    observability,
    outages,
    overview,
    rationalization,
    rules,
    system,
)

app_name = "inventory"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("dependencies/unknown/", overview.unknown_page, name="unknown"),
    path("systems/<slug:code>/", system.system, name="system"),
    path("systems/<slug:code>/observability/", observability.checklist, name="checklist"),
    path("systems/<slug:code>/assess/", rationalization.assess_page, name="assess"),
    path("attest/", attesting.mine_page, name="attest"),
    path("attest/<slug:code>/", attesting.system_page, name="attest-system"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.new, name="campaign-new"),
    path("campaigns/<slug:code>/", campaigns.campaign, name="campaign"),
    path("rules/", rules.rules, name="rules"),
    path("findings/", rules.findings, name="findings"),
    path("findings/<int:pk>/", rules.finding, name="finding"),
    path("identity/", identity.identity, name="identity"),
    path("rationalization/", rationalization.rationalization, name="rationalization"),
    path("capabilities/", capabilities.capabilities, name="capabilities"),
    path("capabilities/<slug:code>/", capabilities.capability, name="capability"),
    path("impact/", impact.impact, name="impact"),
    path("outages/", outages.outages, name="outages"),
    path("outages/declare/", outages.declare, name="outage-declare"),
    path("outages/<slug:code>/", outages.outage, name="outage"),
    path("backtest/", backtest.backtest, name="backtest"),
    path("availability/", availability.availability, name="uptime"),
    path("monitoring/", observability.monitoring, name="monitoring"),
]
