"""Adding a dependency that an outage has shown."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from stateworks.kernel.access import audit
from stateworks.kernel.access.models import Account
from stateworks.kernel.access.permissions import require
from stateworks.kernel.access.scope import scope_of, visible
from stateworks.kernel.errors import Refused
from stateworks.modules.inventory.models import (
    Confidence,
    Dependency,
    DependencySource,
    Outage,
    OutageImpact,
    Strength,
    System,
    Verdict,
)


@transaction.atomic
def add_dependency(code: str, system: str, *, by: Account, at: datetime) -> Dependency:
    """Add the dependency on what failed in an outage for a system that it hit unforetold; marked as shown by an outage."""
    outage = Outage.objects.select_related("system", "component__system").filter(code=code).first()
    row = (
        visible(
            OutageImpact.objects.filter(outage__code=code, system__code=system),
            scope_of(by),
            "system__organization",
        )
        .select_related("system__organization")
        .first()
    )
    if outage is None or row is None or row.predicted or row.verdict != Verdict.HIT:
        raise Refused(f"The outage {code} shows no missing dependency of {system}.")
    require(by, "records.change", row.system.organization)
    component = outage.component
    provider = component.system if component is not None else outage.system
    if (
        provider is None
        or not visible(System.objects.filter(pk=provider.pk), scope_of(by), "organization").exists()
    ):
        raise Refused(
            "What failed is no system that you may see; record where the system stands or who delivers it."
        )
    try:
        with transaction.atomic():
            made = Dependency.objects.create(
                system=row.system, provider=provider, provider_component=component, strength=Strength.HARD,
                confidence=Confidence.MEDIUM, source=DependencySource.OUTAGE, note=f"Shown by the outage {code}.",
            )  # fmt: skip
    except IntegrityError:
        raise Refused(f"{row.system.name} depends on {provider.name} by the inventory already.") from None
    part = f" {component.code}" if component is not None else ""
    audit.record(
        "add missing dependency", f"inventory.dependency {row.system.code} {provider.code}{part}", by=by, at=at,
        reason=f"Shown by the outage {code}.", after={"source": DependencySource.OUTAGE.value},
    )  # fmt: skip
    return made
