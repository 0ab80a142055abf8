"""What may be done with the office's billing beyond reading it, and by whom."""

from __future__ import annotations

from stateworks.kernel.access.models import Role
from stateworks.kernel.access.permissions import Right, register_rights

_TEAM = (Role.DATA_STEWARD, Role.ADMINISTRATOR)

register_rights(
    Right("billing.run", "draft invoices", _TEAM),
    Right("billing.review", "review invoices", (Role.OWNER, *_TEAM)),
    Right("billing.approve", "approve, issue and close a month's billing, and reopen it", (Role.APPROVER,)),
    Right("billing.build", "build the prices of a draft card", _TEAM),
    Right("billing.dispute", "dispute a line of an invoice", (Role.AGENCY_LIAISON, Role.OWNER, *_TEAM)),
    Right("billing.forecast", "submit a forecast", (Role.AGENCY_LIAISON, Role.OWNER, *_TEAM)),
    Right("billing.forecast_center", "submit a cost center's forecast", (Role.OWNER, *_TEAM)),
    Right("billing.recode", "correct wrong codings, or dismiss them", (Role.APPROVER, Role.OWNER)),
    Right(
        "billing.save",
        "decide what is done about findings of cloud cost",
        (Role.APPROVER, Role.OWNER, *_TEAM),
    ),
    Right("billing.decide", "decide disputes and give credit", (Role.APPROVER, Role.OWNER)),
)
