"""Every address of the generic pages."""

from __future__ import annotations

from django.urls import path

from stateworks.web import about
from stateworks.web.accounts import own, tokens
from stateworks.web.accounts import pages as accounts
from stateworks.web.agencies import pages as agencies
from stateworks.web.data import bulk, changes, detail, editing, importing, imports, quarantine, views
from stateworks.web.data import pages as data
from stateworks.web.finding import pages as finding
from stateworks.web.indicator import forms as indicator_forms
from stateworks.web.indicator import pages as indicator
from stateworks.web.indicator import rows as indicator_rows
from stateworks.web.plan import computing as plan_computing
from stateworks.web.plan import forms as plan_forms
from stateworks.web.plan import importing as plan_importing
from stateworks.web.plan import pages as plan
from stateworks.web.scorecard import pages as scorecard
from stateworks.web.scorecard import quarter_report
from stateworks.web.work import audit, jobs
from stateworks.web.work import pages as work

app_name = "web"

urlpatterns = [
    path("", scorecard.scorecard, name="scorecard"),
    path("search/", finding.search, name="search"),
    path("about/accessibility/", about.accessibility, name="accessibility"),
    path("about/feedback/", about.feedback, name="feedback"),
    path("access/you/", own.own, name="own"),
    path("access/you/sign-out/", own.sign_out_everywhere, name="sign-out-everywhere"),
    path("access/accounts/", accounts.accounts, name="accounts"),
    path("access/accounts/<int:number>/", accounts.account, name="account"),
    path("access/accounts/<int:number>/act/", accounts.account_act, name="account-act"),
    path("access/tokens/", tokens.tokens, name="tokens"),
    path("access/tokens/<int:number>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("work/", work.work, name="work"),
    path("work/audit/", audit.audit, name="audit"),
    path("work/jobs/", jobs.jobs, name="jobs"),
    path("work/jobs/<int:number>/cancel/", jobs.job_cancel, name="job-cancel"),
    path("work/jobs/<int:number>/retry/", jobs.job_retry, name="job-retry"),
    path("agencies/", agencies.agencies, name="agencies"),
    path("agencies/<slug:code>/", agencies.agency, name="agency"),
    path("data/", data.datasets, name="datasets"),
    path("data/quarantine/", quarantine.quarantine, name="quarantine"),
    path("data/imports/<int:number>/", imports.import_page, name="import"),
    path("data/imports/<int:number>/changes/", changes.import_changes, name="import-changes"),
    path("data/imports/<int:number>/cancel/", imports.import_cancel, name="import-cancel"),
    path("data/imports/<int:number>/load/", imports.import_load, name="import-load"),
    path("data/<str:name>/", data.dataset, name="dataset"),
    path("data/<str:name>/describe/", data.describe, name="describe"),
    path("data/<str:name>/import/", importing.import_file, name="dataset-import"),
    path("data/<str:name>/new/", editing.record_new, name="record-new"),
    path("data/<str:name>/bulk/", bulk.record_bulk, name="record-bulk"),
    path("data/<str:name>/views/", views.record_views, name="record-views"),
    path("data/<str:name>/<str:key>/", detail.record, name="record"),
    path("data/<str:name>/<str:key>/edit/", editing.record_edit, name="record-edit"),
    path("data/<str:name>/<str:key>/history/", detail.record_history, name="record-history"),
    path("data/<str:name>/<str:key>/retire/", editing.record_retire, name="record-retire"),
    path("plans/import/", plan_importing.import_page, name="plan-import"),
    path("plans/import/<str:token>/", plan_importing.draft_page, name="plan-draft"),
    path("plans/import/<str:token>/plan.yaml", plan_importing.draft_file, name="plan-draft-file"),
    path("plans/<slug:slug>/", plan.plan, name="plan"),
    path("plans/<slug:slug>/compute/", plan_computing.computing_page, name="computing"),
    path("plans/<slug:slug>/file/", plan.plan_file, name="plan-file"),
    path("plans/<slug:slug>/report/", quarter_report.quarter_report, name="quarter-report"),
    path("plans/<slug:slug>/values/", indicator_forms.report_table_page, name="report-table"),
    path("plans/<slug:slug>/priorities/", plan.priorities, name="priorities"),
    path("plans/<slug:slug>/maturity/", plan.maturity, name="maturity"),
    path("plans/<slug:slug>/versions/", plan.versions, name="versions"),
    path("plans/<slug:slug>/findings/", plan.findings, name="findings"),
    path("plans/<slug:slug>/nodes/<str:code>/", plan.node, name="node"),
    path("plans/<slug:slug>/nodes/<str:code>/check-in/", plan_forms.check_in_page, name="check-in"),
    path("plans/<slug:slug>/milestones/<slug:key>/", plan_forms.milestone_page, name="milestone"),
    path("plans/<slug:slug>/indicators/<str:code>/", indicator.indicator, name="indicator"),
    path("plans/<slug:slug>/indicators/<str:code>/rows/", indicator_rows.rows, name="rows"),
    path(
        "plans/<slug:slug>/indicators/<str:code>/report/",
        indicator_forms.report_value_page,
        name="report-value",
    ),
    path(
        "plans/<slug:slug>/indicators/<str:code>/note/",
        indicator_forms.variance_note_page,
        name="variance-note",
    ),
    path("plans/<slug:slug>/indicators/<str:code>/sign/", indicator_forms.sign, name="sign"),
]
