"""`stateworks billing review-pack`: the business review of one agency as a workbook or on paper."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from stateworks.cli.instance import open_instance
from stateworks.cli.output import Format, FormatOption, show


def review_pack(
    agency: Annotated[str, typer.Argument(help="Code of the agency.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write, such as review.xlsx or review.pdf.")],
    month: Annotated[str, typer.Option(help="The month, such as 2026-10; the last one issued if absent.")] = "",
    quarter: Annotated[str, typer.Option(help="The fiscal quarter instead, such as “FY27 Q1”.")] = "",
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day of what is owed; today if absent.")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:  # fmt: skip
    """Write an agency's business review: spend, budget, changes, disputes, credits, receivables and FinOps."""
    open_instance()
    from django.utils import timezone

    from stateworks.kernel.access.scope import SYSTEM, entered
    from stateworks.kernel.errors import Refused
    from stateworks.kernel.org.models import Organization
    from stateworks.modules.billing.review import FORMS
    from stateworks.modules.billing.review.sheets import last_issued, review_of, span_given

    if month and quarter:
        raise Refused("Name a month or a quarter, not both.")
    _, write = FORMS.get(output.suffix.lower().removeprefix("."), (None, None))
    if write is None:
        raise Refused(f"Name a file that ends in .xlsx or .pdf; {output} does not.")
    with entered(SYSTEM):
        found = Organization.objects.filter(code=agency).first()
        if found is None:
            raise Refused(f"There is no organization {agency}.")
        span = span_given(month or quarter, last_issued(SYSTEM, found))
        made = review_of(SYSTEM, found, span, as_of.date() if as_of else timezone.localdate())
        content = write(made)
    output.write_bytes(content)
    show(
        {
            "agency": agency, "period": span.label, "as_of": made.as_of, "file": str(output),
            "sheets": {one.title: len(one.rows) for one in made.sheets},
        },
        form,
    )  # fmt: skip
