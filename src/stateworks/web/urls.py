"""Every address of the generic pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from stateworks.web import about
from stateworks.web.finding import pages as finding
from stateworks.web.indicator import pages as indicator
from stateworks.web.plan import pages as plan
from stateworks.web.scorecard import pages as scorecard

app_name = "web"


def _later(request: HttpRequest, **_: str) -> HttpResponse:
    return HttpResponse("later")


urlpatterns = [
    path("", scorecard.scorecard, name="scorecard"),
    path("search/", finding.search, name="search"),
    path("about/accessibility/", about.accessibility, name="accessibility"),
    path("about/feedback/", about.feedback, name="feedback"),
    path("work/", _later, name="work"),
    path("agencies/", _later, name="agencies"),
    path("agencies/<slug:code>/", _later, name="agency"),
    path("data/", _later, name="datasets"),
    path("data/<str:name>/", _later, name="dataset"),
    path("api/v1/openapi.json", _later, name="openapi"),
    path("plans/import/", _later, name="plan-import"),
    path("plans/<slug:slug>/", plan.plan, name="plan"),
    path("plans/<slug:slug>/report/", _later, name="quarter-report"),
    path("plans/<slug:slug>/priorities/", plan.priorities, name="priorities"),
    path("plans/<slug:slug>/maturity/", plan.maturity, name="maturity"),
    path("plans/<slug:slug>/versions/", plan.versions, name="versions"),
    path("plans/<slug:slug>/findings/", plan.findings, name="findings"),
    path("plans/<slug:slug>/nodes/<str:code>/", plan.node, name="node"),
    path("plans/<slug:slug>/milestones/<slug:key>/", _later, name="milestone"),
    path("plans/<slug:slug>/indicators/<str:code>/", indicator.indicator, name="indicator"),
    path("plans/<slug:slug>/indicators/<str:code>/rows/", _later, name="rows"),
    path("plans/<slug:slug>/indicators/<str:code>/report/", _later, name="report-value"),
    path("plans/<slug:slug>/indicators/<str:code>/note/", _later, name="variance-note"),
    path("plans/<slug:slug>/indicators/<str:code>/sign/", _later, name="sign"),
]
