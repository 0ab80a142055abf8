"""By what the desk's pages count tickets: declared once, counted once for each version."""

from __future__ import annotations

from stateworks.kernel.lake.contracts import PART
from stateworks.kernel.lake.summaries import Summary

TICKET, EVENT = "desk.ticket", "desk.event"
OPEN_STATES = ("new", "assigned", "in_progress", "waiting_customer", "waiting_vendor", "waiting_other")
IS_OPEN = f"count(*) FILTER (state IN {OPEN_STATES})"
SUMS = {
    "open": IS_OPEN,
    "counted": "count(*) FILTER (counted)",
    "hits": "count(*) FILTER (counted AND first_contact)",
}
"""Those not done yet, those the first-contact rule counts, and those of them resolved at first contact."""

SUMMARIES = (
    Summary(TICKET, "by_category", (PART, "category"), SUMS),
    Summary(TICKET, "by_day", ("opened_on",), {"open": IS_OPEN}),
    Summary(TICKET, "by_filter", ("category", "state", "channel", "kind", "counted", "first_contact")),
    Summary(TICKET, "by_group", ("category", PART, "assignment_group")),
    Summary(TICKET, "by_channel", ("category", PART, "channel")),
    Summary(EVENT, "by_day", ("happened_on",)),
)
