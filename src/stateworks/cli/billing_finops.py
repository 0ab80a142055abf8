"""The `billing` words about saving: `check-policies`, `finops` and `decide-finding`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, end, print_json, say, show


def check_policies(
    month: Annotated[str, typer.Argument(help="The month, such as 2026-10.")],
    form: FormatOption = Format.TABLE,
) -> None:
    """Run the FinOps policies over a month's provider charges and keep what they find. Status 1 where some wait."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.lake.store import current_version
    from stateworks.modules.billing.feeds import FOCUS
    from stateworks.modules.billing.finops.saving import cycle_of
    from stateworks.modules.billing.finops.telling import finding_told
    from stateworks.modules.billing.money import dollars
    from stateworks.modules.billing.verbs import finops as verbs

    with entered(SYSTEM):
        done = verbs.check(month, by=None, at=timezone.now())
        found = cycle_of(SYSTEM, "", current_version(FOCUS))
        rows = [finding_told(one, found) for one in found.findings if one.state == "open"]
    policies = [one.as_json() for one in done]
    if form is Format.JSON:
        print_json({"month": month, "policies": policies, **found.as_json(), "waiting": rows})
    else:
        show(policies, form)
        say(f"{found.open} findings wait for a decision, {dollars(found.at_stake)} a month at stake.")
    end(bool(rows))


def finops(
    agency: Annotated[str, typer.Option(help="Code of the agency; all if absent.")] = "",
    state: Annotated[
        str, typer.Option(help="open, accepted, rejected, deferred or closed; all if absent.")
    ] = "",
    form: FormatOption = Format.TABLE,
) -> None:
    """List FinOps findings with what is at stake, decided and saved by the months that are closed."""
    open_instance()
    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.errors import Refused
    from stateworks.kernel.lake.store import current_version
    from stateworks.modules.billing.feeds import FOCUS
    from stateworks.modules.billing.finops.saving import cycle_of
    from stateworks.modules.billing.finops.telling import finding_told
    from stateworks.modules.billing.models import FinopsState
    from stateworks.modules.billing.money import dollars

    if state and state not in FinopsState.values:
        raise Refused(f"There is no state {state}; choose one of {', '.join(FinopsState.values)}.")
    with entered(SYSTEM):
        found = cycle_of(SYSTEM, agency, current_version(FOCUS))
        rows = [finding_told(one, found) for one in found.findings if state in ("", one.state)]
    if form is Format.JSON:
        print_json({**found.as_json(), "rows": rows})
        return
    show([{name: value for name, value in row.items() if name != "months"} for row in rows], form,
         ("code", "agency", "resource", "month", "cents", "state", "saving_cents", "realised_cents"))  # fmt: skip
    say(
        f"At stake {dollars(found.at_stake)} a month, decided {dollars(found.decided)} a month, "
        f"saved until now {dollars(found.realised)}."
    )


def decide_finding(
    code: Annotated[str, typer.Argument(help="Code of the finding.")],
    decision: Annotated[str, typer.Argument(help="accept, reject or defer.")],
    reason: Annotated[str, typer.Option(help="Why; it stays on record. Needed to reject and to defer.")] = "",
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day from which it is open again.")
    ] = None,
    saving_cents: Annotated[
        int | None, typer.Option(help="What is expected to be saved a month, in cents; all of it if absent.")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Decide a FinOps finding: accept, reject with a reason, or defer until a day."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.errors import Refused
    from stateworks.modules.billing.models import FinopsFinding
    from stateworks.modules.billing.verbs import finops as verbs

    with entered(SYSTEM):
        finding = FinopsFinding.objects.select_related("organization").filter(code=code).first()
        if finding is None:
            raise Refused(f"There is no finding {code}; list them with `stateworks billing finops`.")
        done = verbs.decide(
            finding, decision, reason=reason, until=until.date() if until else None, saving_cents=saving_cents,
            by=None, at=timezone.now(),
        )  # fmt: skip
    show(
        {
            "finding": done.code, "state": done.state, "cents": done.cents, "saving_cents": done.saving_cents,
            "deferred_until": done.deferred_until, "reason": done.reason,
        },
        form,
    )  # fmt: skip
