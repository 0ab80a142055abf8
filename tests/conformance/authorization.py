"""Who gets what: the table that the test beside this file holds the whole product to. A new address gets a row here."""

from __future__ import annotations

from dataclasses import dataclass

WHO = ("anonymous", "nobody", "wrong", "right", "approver", "auditor")


@dataclass(frozen=True)
class Row:
    """An address, and the status that each of `WHO` gets who reads it (`get`) and who sends an empty form (`post`)."""

    path: str
    get: tuple[int, ...]
    post: tuple[int, ...]


def row(path: str, get: str, post: str = "") -> Row:
    """A row from statuses in the order of `WHO`, or one for all; a page that takes no form answers as if it were read."""
    read = _each(get)
    return Row(path, read, _each(post) if post else read)


def _each(statuses: str) -> tuple[int, ...]:
    found = tuple(int(one) for one in statuses.split())
    return found * len(WHO) if len(found) == 1 else found


PAGES: dict[str, Row] = {
    "web:scorecard": row("/", "200"),
    "web:search": row("/search/?q=incident", "200"),
    "web:accessibility": row("/about/accessibility/", "200"),
    "web:feedback": row("/about/feedback/", "200", "200 400 400 400 400 400"),
    "web:own": row("/access/you/", "302 200 200 200 200 200"),
    "web:sign-out-everywhere": row("/access/you/sign-out/", "405", "403 302 302 302 302 302"),
    "web:accounts": row("/access/accounts/", "302 403 403 403 403 403"),
    "web:account": row("/access/accounts/{account}/", "302 403 403 403 403 403"),
    "web:account-act": row("/access/accounts/{account}/act/", "405", "403"),
    "web:tokens": row("/access/tokens/", "302 403 403 403 403 403"),
    "web:token-revoke": row("/access/tokens/{token}/revoke/", "405", "403"),
    "web:work": row("/work/", "302 200 200 200 200 200"),
    "web:audit": row("/work/audit/", "302 403 403 403 403 200"),
    "web:jobs": row("/work/jobs/", "302 200 200 200 200 200"),
    "web:job-cancel": row("/work/jobs/{job}/cancel/", "405", "403 404 404 302 404 404"),
    "web:job-retry": row("/work/jobs/{job}/retry/", "405", "403 404 404 403 404 404"),
    "web:agencies": row("/agencies/", "302 200 200 200 200 200"),
    "web:agency": row("/agencies/harbor/", "302 404 404 200 200 200"),
    "web:datasets": row("/data/", "302 200 200 200 200 200"),
    "web:quarantine": row("/data/quarantine/", "302 403 403 403 403 200", "302 403 403 403 403 403"),
    "web:import": row("/data/imports/{import}/", "302 403 403 403 403 200"),
    "web:import-changes": row("/data/imports/{preview}/changes/", "302 403 403 403 403 200"),
    "web:import-cancel": row("/data/imports/{import}/cancel/", "405", "403"),
    "web:import-load": row("/data/imports/{import}/load/", "405", "403"),
    "web:dataset": row("/data/desk.ticket/", "302 200 200 200 200 200"),
    "web:describe": row("/data/desk.ticket/describe/", "302 200 200 200 200 200"),
    "web:dataset-import": row("/data/desk.ticket/import/", "403"),
    "web:record-new": row("/data/office.person/new/", "302 403 403 403 403 403"),
    "web:record-bulk": row("/data/office.person/bulk/", "302 403 403 403 403 403"),
    "web:record-views": row(
        "/data/office.person/views/", "302 200 200 200 200 200", "302 400 400 400 400 400"
    ),
    "web:record": row("/data/office.person/ann/", "302 404 404 200 200 200"),
    "web:record-edit": row("/data/office.person/ann/edit/", "302 404 404 403 403 403"),
    "web:record-history": row("/data/office.person/ann/history/", "302 404 404 200 200 200"),
    "web:record-retire": row("/data/office.organization/harbor/retire/", "302 403 403 403 403 403"),
    "web:plan-import": row("/plans/import/", "403"),
    "web:plan-draft": row("/plans/import/abcdefghijklmnopqrst/", "403"),
    "web:plan-draft-file": row("/plans/import/abcdefghijklmnopqrst/plan.yaml", "403"),
    "web:plan": row("/plans/louisiana-ots/", "200"),
    "web:computing": row("/plans/louisiana-ots/compute/", "403"),
    "web:plan-file": row("/plans/louisiana-ots/file/", "403 200 200 200 200 200"),
    "web:quarter-report": row("/plans/louisiana-ots/report/", "302 200 200 200 200 200"),
    "web:report-table": row("/plans/louisiana-ots/values/", "403"),
    "web:priorities": row("/plans/massachusetts-eotss/priorities/", "200"),
    "web:maturity": row("/plans/massachusetts-eotss/maturity/", "200"),
    "web:versions": row("/plans/louisiana-ots/versions/", "200"),
    "web:findings": row("/plans/louisiana-ots/findings/", "200"),
    "web:node": row("/plans/louisiana-ots/nodes/1.2/", "200"),
    "web:check-in": row("/plans/massachusetts-eotss/nodes/1.1.1/check-in/", "403"),
    "web:milestone": row("/plans/louisiana-ots/milestones/{milestone}/", "403 200 200 200 200 200", "403"),
    "web:indicator": row("/plans/louisiana-ots/indicators/1.2.1/", "200"),
    "web:rows": row(
        "/plans/louisiana-ots/indicators/1.2.1/rows/?period=2027-01&by=agency&slice=harbor",
        "302 403 404 200 200 200",
    ),
    "web:report-value": row("/plans/louisiana-ots/indicators/1.2.1/report/", "403"),
    "web:variance-note": row("/plans/louisiana-ots/indicators/1.2.1/note/", "403"),
    "web:sign": row("/plans/louisiana-ots/indicators/1.2.1/sign/", "405", "404"),
    "desk:overview": row("/desk/", "302 200 200 200 200 200"),
    "desk:tickets": row("/desk/tickets/", "302 200 200 200 200 200"),
    "desk:ticket": row("/desk/tickets/{source}/INC1/", "302 404 404 200 200 200"),
    "desk:category": row("/desk/categories/Printing/", "302 404 404 200 200 200"),
    "inventory:overview": row("/inventory/", "302 200 200 200 200 200"),
    "inventory:unknown": row("/inventory/dependencies/unknown/", "302 200 200 200 200 200"),
    "inventory:system": row("/inventory/systems/berths/", "302 404 404 200 200 200"),
    "inventory:checklist": row(
        "/inventory/systems/berths/observability/", "302 404 404 200 200 200", "302 404 404 403 403 403"
    ),
    "inventory:assess": row(
        "/inventory/systems/berths/assess/", "302 404 404 200 200 200", "302 404 404 400 400 400"
    ),
    "inventory:attest": row("/inventory/attest/", "302 200 200 200 200 200", "302 400 400 400 400 400"),
    "inventory:attest-system": row("/inventory/attest/berths/", "302 404 404 403 403 403"),
    "inventory:campaigns": row("/inventory/campaigns/", "302 200 200 200 200 200"),
    "inventory:campaign-new": row("/inventory/campaigns/new/", "302 403 403 403 403 403"),
    "inventory:campaign": row(
        "/inventory/campaigns/autumn/", "302 200 200 200 200 200", "302 400 400 400 400 400"
    ),
    "inventory:rules": row("/inventory/rules/", "302 200 200 200 200 200", "302 403 403 403 403 403"),
    "inventory:findings": row("/inventory/findings/", "302 200 200 200 200 200"),
    "inventory:finding": row(
        "/inventory/findings/{finding}/", "302 404 404 200 200 200", "302 404 404 400 400 400"
    ),
    "inventory:identity": row("/inventory/identity/", "302 200 200 200 200 200"),
    "inventory:rationalization": row("/inventory/rationalization/", "302 200 200 200 200 200"),
    "inventory:capabilities": row("/inventory/capabilities/", "302 200 200 200 200 200"),
    "inventory:capability": row("/inventory/capabilities/moor-ships/", "302 200 200 200 200 200"),
    "inventory:impact": row("/inventory/impact/?of=tides&kind=system", "302 200 200 200 200 200"),
    "inventory:outages": row("/inventory/outages/", "302 200 200 200 200 200"),
    "inventory:outage-declare": row("/inventory/outages/declare/?q=tides", "302 403 403 403 403 403"),
    "inventory:outage": row(
        "/inventory/outages/outage-tides/", "302 404 200 200 200 200", "302 404 400 400 400 400"
    ),
    "inventory:backtest": row("/inventory/backtest/", "302 200 200 200 200 200", "302 400 400 400 400 400"),
    "inventory:uptime": row("/inventory/availability/", "302 200 200 200 200 200"),
    "inventory:monitoring": row("/inventory/monitoring/", "302 200 200 200 200 200"),
    "billing:overview": row("/billing/", "302 200 200 200 200 200"),
    "billing:period": row("/billing/periods/2027-01/", "302 404 404 404 200 200", "302 404 404 404 400 400"),
    "billing:rehearsal": row("/billing/cards/fy27/rehearsal/", "302 404 404 404 200 200"),
    "billing:build": row("/billing/cards/fy27/build/", "302 404 404 404 200 200", "302 404 404 404 400 400"),
    "billing:invoices": row("/billing/invoices/", "302 200 200 200 200 200"),
    # A draft is the office's own until it is issued.
    "billing:invoice": row(
        "/billing/invoices/2027-01-harbor/", "302 404 404 404 200 200", "302 404 404 404 400 400"
    ),
    "billing:line": row(
        "/billing/lines/2027-01-harbor.1/", "302 404 404 404 200 200", "302 404 404 404 400 400"
    ),
    "billing:usage": row("/billing/usage/", "302 200 200 200 200 200"),
    "billing:budget": row("/billing/budget/", "302 200 200 200 200 200", "302 400 400 400 400 400"),
    "billing:centers": row("/billing/centers/", "302 200 200 200 200 200"),
    # Whoever sees a cost center is told what its form lacks; its owner or who has the right may submit it.
    "billing:center": row(
        "/billing/centers/harbor-docks/", "302 404 404 200 200 200", "302 404 404 403 403 403"
    ),
    # The office's own cost is open to all who have signed in; charges are those that one may see.
    "billing:costs": row("/billing/costs/", "302 200 200 200 200 200"),
    "billing:receivables": row("/billing/receivables/", "302 200 200 200 200 200"),
    "billing:coding": row("/billing/coding/", "302 404 404 404 200 200", "302 404 404 404 400 400"),
    "billing:finops": row("/billing/finops/", "302 200 200 200 200 200", "302 403 403 403 403 403"),
    "billing:finops_finding": row(
        "/billing/finops/idle-berths/", "302 404 404 200 200 200", "302 404 404 403 400 403"
    ),
    "billing:review": row("/billing/agencies/harbor/review/", "302 404 404 200 200 200"),
    # The year has a month that is not closed: the page says so.
    "billing:federal": row("/billing/federal/2027/", "302 404 404 404 200 200"),
    "account_login": row("/accounts/login/", "200 302 302 302 302 302"),
    "account_logout": row("/accounts/logout/", "302 200 200 200 200 200", "302"),
    "account_inactive": row("/accounts/inactive/", "200", "405"),
    "account_signup": row("/accounts/signup/", "200", "405"),
    "account_reauthenticate": row("/accounts/reauthenticate/", "302 403 403 403 403 403"),
    "account_email": row("/accounts/email/", "302 200 200 200 200 200", "302 405 405 405 405 405"),
    "account_change_password": row("/accounts/password/change/", "302"),
    "account_set_password": row("/accounts/password/set/", "302 200 200 200 200 200"),
    "account_reset_password": row("/accounts/password/reset/", "200"),
    "account_reset_password_from_key_done": row("/accounts/password/reset/key/done/", "200", "405"),
    "account_reset_password_from_key": row("/accounts/password/reset/key/x-y/", "200"),
    "account_reset_password_done": row("/accounts/password/reset/done/", "200", "405"),
    "break_glass": row("/accounts/break-glass/x/", "404"),
    # Where the environment names no identity provider, nobody signs in with one; with one, tests/signin asks.
    "openid_connect_login": row("/accounts/oidc/oidc/login/", "404"),
    "openid_connect_callback": row("/accounts/oidc/oidc/login/callback/", "404"),
    "saml_login": row("/accounts/saml/saml/login/", "404"),
    "saml_acs": row("/accounts/saml/saml/acs/", "404"),
    "saml_finish_acs": row("/accounts/saml/saml/acs/finish/", "404"),
    "saml_metadata": row("/accounts/saml/saml/metadata/", "404"),
    "saml_sls": row("/accounts/saml/saml/sls/", "404"),
    "socialaccount_login_cancelled": row("/accounts/provider/cancelled/", "200", "405"),
    "socialaccount_login_error": row("/accounts/provider/error/", "401", "405"),
    # With neither password nor second factor there is nothing to confirm who it is by; the numbered passkey is nobody's.
    "mfa_index": row("/accounts/2fa/", "302 200 200 200 200 200", "302 405 405 405 405 405"),
    "mfa_authenticate": row("/accounts/2fa/authenticate/", "302"),
    "mfa_reauthenticate": row("/accounts/2fa/reauthenticate/", "302 403 403 403 403 403"),
    "mfa_activate_totp": row("/accounts/2fa/totp/activate/", "302 200 200 200 200 200"),
    "mfa_deactivate_totp": row("/accounts/2fa/totp/deactivate/", "302 404 404 404 404 404"),
    "mfa_view_recovery_codes": row(
        "/accounts/2fa/recovery-codes/", "302 404 404 404 404 404", "302 405 405 405 405 405"
    ),
    "mfa_generate_recovery_codes": row("/accounts/2fa/recovery-codes/generate/", "302 200 200 200 200 200"),
    "mfa_download_recovery_codes": row("/accounts/2fa/recovery-codes/download/", "302 404 404 404 404 404"),
    "mfa_list_webauthn": row("/accounts/2fa/webauthn/", "302 200 200 200 200 200", "302 405 405 405 405 405"),
    "mfa_add_webauthn": row("/accounts/2fa/webauthn/add/", "302 200 200 200 200 200"),
    "mfa_edit_webauthn": row("/accounts/2fa/webauthn/keys/{passkey}/edit/", "302 404 404 404 404 404"),
    "mfa_remove_webauthn": row("/accounts/2fa/webauthn/keys/{passkey}/remove/", "302 404 404 404 404 404"),
    "mfa_login_webauthn": row("/accounts/2fa/webauthn/login/", "302"),
    "mfa_reauthenticate_webauthn": row("/accounts/2fa/webauthn/reauthenticate/", "302 403 403 403 403 403"),
}
OTHERS: dict[str, Row] = {
    "health/live": row("/health/live", "200"),
    "health/ready": row("/health/ready", "200"),
    # Asked for on the machine itself, as here; from elsewhere there is no such page without the token.
    "metrics": row("/metrics", "200"),
    "static": row("/static/stateworks/dist/stateworks.css", "200", "405"),
    "unknown": row("/nothing/", "404"),
}

#: By method and address as the API's own table has it.
OPERATIONS: dict[str, Row] = {
    "GET /api/v1/": row("/api/v1/", "404"),
    "GET /api/v1/openapi.json": row("/api/v1/openapi.json", "200"),
    "GET /api/v1/datasets": row("/api/v1/datasets", "401 200 200 200 200 200"),
    "GET /api/v1/datasets/<name>": row("/api/v1/datasets/desk.ticket", "401 200 200 200 200 200"),
    "GET /api/v1/datasets/<name>/rows": row("/api/v1/datasets/desk.ticket/rows", "401 200 200 200 200 200"),
    "GET /api/v1/imports": row("/api/v1/imports", "401 200 200 200 200 200"),
    "GET /api/v1/imports/<import_id>": row("/api/v1/imports/{import}", "401 404 404 404 404 200"),
    "GET /api/v1/billing/cards/<code>/rehearsal": row(
        "/api/v1/billing/cards/fy27/rehearsal", "401 403 403 403 400 400"
    ),
    # The year has a month that is not closed: it is refused with that reason.
    "GET /api/v1/billing/federal/<year>": row("/api/v1/billing/federal/2027", "401 403 403 403 400 400"),
    "GET /api/v1/billing/invoices": row("/api/v1/billing/invoices", "401 200 200 200 200 200"),
    # A draft is the office's own until it is issued, and has no document.
    "GET /api/v1/billing/invoices/<code>/documents/<form>": row(
        "/api/v1/billing/invoices/2027-01-harbor/documents/ubl", "401 404 404 404 400 400"
    ),
    "GET /api/v1/billing/invoices/<code>/explanation": row(
        "/api/v1/billing/invoices/2027-01-harbor/explanation", "401 404 404 404 200 200"
    ),
    "GET /api/v1/billing/invoices/<code>/lines": row(
        "/api/v1/billing/invoices/2027-01-harbor/lines", "401 404 404 404 200 200"
    ),
    "POST /api/v1/billing/lines/<code>/disputes": row(
        "/api/v1/billing/lines/2027-01-harbor.1/disputes", "401 422 422 422 422 422"
    ),
    # Whoever sees the line is told why this one, written by hand, cannot be derived.
    "GET /api/v1/billing/lines/<code>/proof": row(
        "/api/v1/billing/lines/2027-01-harbor.1/proof", "401 404 404 404 400 400"
    ),
    "GET /api/v1/billing/months": row("/api/v1/billing/months", "401 403 403 403 200 200"),
    "GET /api/v1/billing/months/<code>": row("/api/v1/billing/months/2027-01", "401 403 403 403 200 200"),
    "GET /api/v1/billing/months/<code>/worklist": row(
        "/api/v1/billing/months/2027-01/worklist", "401 403 403 403 200 200"
    ),
    "POST /api/v1/billing/months/<code>/<step>": row(
        "/api/v1/billing/months/2027-01/close", "401 403 403 403 400 403"
    ),
    "GET /api/v1/inventory/impact": row("/api/v1/inventory/impact?name=berths", "401 400 400 200 200 200"),
    "GET /api/v1/organizations": row("/api/v1/organizations", "401 200 200 200 200 200"),
    "GET /api/v1/plans": row("/api/v1/plans", "200"),
    "GET /api/v1/plans/<slug>/indicators": row("/api/v1/plans/louisiana-ots/indicators", "200"),
    "GET /api/v1/plans/<slug>/indicators/<code>": row("/api/v1/plans/louisiana-ots/indicators/1.2.1", "200"),
    "GET /api/v1/plans/<slug>/indicators/<code>/rows": row(
        "/api/v1/plans/louisiana-ots/indicators/1.2.1/rows?period=2027-01&dimension=agency&member=harbor",
        "401 403 404 200 200 200",
    ),
    "GET /api/v1/plans/<slug>/indicators/<code>/values": row(
        "/api/v1/plans/louisiana-ots/indicators/1.2.1/values?dimension=agency&period=2027-01",
        "401 200 200 200 200 200",
    ),
    "GET /api/v1/plans/<slug>/nodes": row("/api/v1/plans/louisiana-ots/nodes", "200"),
    "GET /api/v1/plans/<slug>/runs": row("/api/v1/plans/louisiana-ots/runs", "401 200 200 200 200 200"),
    "GET /api/v1/plans/<slug>/scorecard": row("/api/v1/plans/louisiana-ots/scorecard", "200"),
    "GET /api/v1/quarantine": row("/api/v1/quarantine", "401 403 403 403 403 200"),
    "GET /api/v1/runs/<run_id>": row("/api/v1/runs/{run}", "401 200 200 200 200 200"),
    "GET /api/v1/search": row("/api/v1/search?q=incident", "401 200 200 200 200 200"),
}
#: Open to everybody, and the same whatever the method: nothing is read from the request.
ANY_METHOD = {"GET /api/v1/openapi.json"}
#: What each record type has; who gets it stands in `RECORDS`.
TYPE_OPERATIONS = {
    "GET /api/v1/datasets/TYPE/rows", "POST /api/v1/datasets/TYPE/rows", "GET /api/v1/datasets/TYPE/rows/<key>",
    "PATCH /api/v1/datasets/TYPE/rows/<key>", "GET /api/v1/datasets/TYPE/rows/<key>/history",
}  # fmt: skip
#: Whose the rows of a dataset are: some agency's, or the office's own, which all see who have signed in.
DATASETS = {
    "billing.account": "agency", "billing.account_alias": "agency", "billing.allocation_model": "office",
    "billing.allocation_rule": "office", "billing.anomaly_finding": "agency", "billing.coding_finding": "office",
    "billing.coding_rule": "office",
    "billing.cost_pool": "office", "billing.driver": "office", "billing.driver_value": "office", "billing.invoice": "agency",
    "billing.invoice_line": "agency", "billing.invoice_review": "agency", "billing.period": "office",
    "billing.pool_rule": "office", "billing.portal_event": "agency", "billing.rate": "office", "billing.rate_card": "office",
    "billing.rate_tier": "office", "billing.rate_build": "office", "billing.taxonomy_term": "office",
    "billing.sku": "office", "billing.sku_alias": "office", "billing.usage": "feed", "billing.focus_charge": "feed",
    "billing.gl_transaction": "feed", "billing.rated_charge": "feed", "billing.depreciation": "office",
    "billing.expense_object": "office", "billing.federal_rule": "office", "billing.federal_share": "agency",
    "billing.reserve_balance": "office", "billing.budget": "agency", "billing.encumbrance": "agency",
    "billing.forecast": "agency", "billing.payment": "agency", "billing.cost_center": "agency",
    "billing.cost_center_budget": "agency", "billing.cost_center_forecast": "agency",
    "billing.finops_finding": "agency", "billing.finops_policy": "office",
    "desk.event": "feed", "desk.request_type": "office", "desk.ticket": "feed", "inventory.alias": "agency",
    "inventory.availability": "feed", "inventory.availability_day": "feed", "inventory.campaign": "office",
    "inventory.capability": "office", "inventory.check": "agency", "inventory.check_item": "office",
    "inventory.component": "agency", "inventory.dependency": "agency", "inventory.environment": "agency",
    "inventory.interface": "agency", "inventory.monitor": "agency", "inventory.monitoring_tool": "office",
    "inventory.outage": "agency", "inventory.outage_impact": "agency", "inventory.rationalization": "agency",
    "inventory.rule": "office", "inventory.site": "office", "inventory.stack": "agency", "inventory.system": "agency",
    "inventory.technology": "office", "inventory.website": "office", "office.alias": "office",
    "office.appointment": "agency", "office.line_of_service": "office", "office.organization": "office",
    "office.person": "agency", "office.vendor": "office", "plan.check_in": "office", "plan.maturity": "office",
    "plan.milestone": "office", "plan.pilot": "office", "plan.reported": "office",
}  # fmt: skip
#: The office's own without a reference to an agency's row: no word of an agency is in them.
WORDLESS = {
    "billing.allocation_model", "billing.allocation_rule", "billing.coding_finding", "billing.coding_rule",
    "billing.cost_pool", "billing.driver",
    "billing.depreciation", "billing.expense_object", "billing.federal_rule", "billing.period", "billing.pool_rule",
    "billing.rate", "billing.rate_build", "billing.rate_card", "billing.rate_tier", "billing.reserve_balance",
    "billing.sku", "billing.sku_alias",
    "billing.taxonomy_term",
    "desk.request_type", "inventory.campaign", "inventory.capability", "inventory.check_item", "inventory.monitoring_tool",
    "inventory.rule", "inventory.site", "inventory.technology", "office.alias", "office.organization", "office.vendor",
    "plan.check_in", "plan.maturity", "plan.milestone", "plan.pilot", "plan.reported",
}  # fmt: skip
FORMATS = ("csv", "xlsx", "json")
_DESK = ("agency", "category", "channel", "service", "assignment_group", "priority", "source")
_SYSTEMS = ("agency", "criticality", "hosting", "lifecycle", "kind")
_SIGN_IN = ("agency", "criticality", "classification", "identity_wave", "hosting", "lifecycle", "kind")
_UP = ("agency", "source", "service", "system")
#: The slices of each measure.
MEASURES: dict[str, tuple[str, ...]] = {
    "billing.anomalies_resolved": ("agency", "detector"), "billing.coding_in_order": (),
    "billing.invoices_reviewed": ("agency",), "billing.portal_adoption": (),
    "desk.backlog_age": _DESK, "desk.first_contact_resolution": _DESK, "desk.handovers": _DESK, "desk.reopen_rate": _DESK,
    "desk.sla_attainment": _DESK, "desk.tier1_resolve_time": _DESK,
    "desk.tier1_top10_resolution": ("agency", "channel", "category", "service", "assignment_group", "priority", "source"),
    "inventory.baseline_observability": _SYSTEMS, "inventory.dependencies_documented": _SYSTEMS, "inventory.downtime": _UP,
    "inventory.drills": ("source",), "inventory.end_of_life_exposure": _SYSTEMS, "inventory.metadata_current": _SYSTEMS,
    "inventory.monitored_systems": (), "inventory.recovery_test_coverage": _SYSTEMS, "inventory.second_factor": _SIGN_IN,
    "inventory.single_sign_on": _SIGN_IN, "inventory.time_to_identify": ("source",), "inventory.uptime": _UP,
    "plan.maturity": (), "plan.milestone": (), "plan.milestones_done": (), "plan.pilot": (),
}  # fmt: skip
ALL_MAY = _each("200")
#: Lists and their files: everybody who has signed in, each with their own rows.
LISTS, LISTS_BY_API = _each("302 200 200 200 200 200"), _each("401 200 200 200 200 200")
_CHANGED, _CHANGED_BY_API = _each("302 403 403 403 403 403"), _each("401 403 403 403 403 403")
_SHOWN, _SHOWN_BY_API = _each("302 404 404 200 200 200"), _each("401 404 404 200 200 200")
#: What is asked of one record: of the Harbor Commission's, and of one that is the office's own.
RECORDS: dict[tuple[str, str], tuple[tuple[int, ...], tuple[int, ...]]] = {
    ("page", "GET"): (_SHOWN, LISTS),
    ("history", "GET"): (_SHOWN, LISTS),
    ("form", "GET"): (_each("302 404 404 403 403 403"), _CHANGED),
    ("form", "POST"): (_each("302 404 404 403 403 403"), _CHANGED),
    ("retire", "POST"): (_each("302 404 404 403 403 403"), _CHANGED),
    ("bulk", "POST"): (_CHANGED, _CHANGED),
    ("new", "POST"): (_CHANGED, _CHANGED),
    ("import", "POST"): (_each("403"), _each("403")),
    ("GET API", "GET"): (_SHOWN_BY_API, LISTS_BY_API),
    ("history API", "GET"): (_SHOWN_BY_API, LISTS_BY_API),
    ("PATCH API", "PATCH"): (_each("401 404 404 403 403 403"), _CHANGED_BY_API),
    ("POST API", "POST"): (_CHANGED_BY_API, _CHANGED_BY_API),
}


def behind(what: str, dimension: str, kept: bool) -> tuple[int, ...]:
    """Who gets the rows behind a figure: whoever has a role; a slice those who see its organization, or the whole state."""
    visitor = 401 if what.endswith("API") else 302
    if not kept:
        return (visitor, 403, 404, 404, 404, 404)
    if not dimension:
        return (visitor, 403, 200, 200, 200, 200)
    return (visitor, 403, 404, 200 if dimension == "agency" else 404, 200, 200)
