"""The FinOps cycle: policies find exactly what is seeded, decisions stay, and what was saved follows from later months alone."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from stateworks.kernel.access.scope import SYSTEM, entered, scope_of
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.mappings import mapping_named
from stateworks.kernel.lake.store import current_version
from stateworks.modules.billing import models
from stateworks.modules.billing.charge_files import load_charges
from stateworks.modules.billing.demo.cloud import MONTHS, POLICIES, SOURCE, draw_cloud
from stateworks.modules.billing.feeds import FOCUS
from stateworks.modules.billing.finops.judging import Month, Policy, Resource, judge
from stateworks.modules.billing.finops.saving import cycle_of, savings_of
from stateworks.modules.billing.tests.conftest import AT, NOVEMBER, OCTOBER, SEPTEMBER, Shop
from stateworks.modules.billing.verbs import finops
from stateworks.modules.billing.verbs.periods import open_period

VM = {"ServiceCategory": "Compute", "ResourceType": "Virtual machine"}


def charge(resource: str, month: str, cost: str, sub: str = "77", **other: str) -> Mapping[str, str]:
    year, number = int(month[:4]), int(month[5:])
    ends = dt.date(year + number // 12, number % 12 + 1, 1)
    return {
        "BilledCost": cost, "EffectiveCost": cost, "BillingPeriodStart": f"{month}-01", "BillingPeriodEnd": str(ends),
        "ChargePeriodStart": f"{month}-01", "ChargePeriodEnd": str(ends), "ChargeCategory": "Usage", "ServiceName": "Machines",
        "SubAccountId": sub, "ResourceId": resource, "ResourceName": resource, "ProviderName": "Blue Cloud", "Tags": "",
        "ConsumedQuantity": "", "ServiceCategory": "", "ResourceType": "", **other,
    }  # fmt: skip


def loaded(shop: Shop, rows: Sequence[Mapping[str, Any]], source: str = "blue-cloud") -> None:
    path = shop.folder / f"charges-{len(list(shop.folder.iterdir()))}.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    done = load_charges(path, mapping_named("focus"), source=source, by=None, at=AT)
    assert done.quarantined == 0


def policy(code: str = "untagged", **other: Any) -> models.FinopsPolicy:
    given = {"name": code, "kind": "untagged", "tag_key": "owner", **other}
    return models.FinopsPolicy.objects.create(code=code, **given)


def states() -> dict[str, str]:
    return dict(models.FinopsFinding.objects.values_list("resource", "state"))


@pytest.fixture
def cloud(shop: Shop) -> Shop:
    """Sub-account 77 is dhs-1, 78 is dot-1; 99 is nobody's."""
    for given, account in (("77", "dhs-1"), ("78", "dot-1")):
        models.AccountAlias.objects.create(
            source="blue-cloud", given=given, account=models.BillingAccount.objects.get(code=account)
        )
    return shop


def test_the_policies_find_exactly_what_is_seeded(shop: Shop) -> None:
    """Precision and recall are 1 in each month, with every decoy left alone."""
    drawn = draw_cloud(Random(3), ["dhs-1", "dot-1", "dot-2"])
    loaded(shop, drawn.rows, SOURCE)
    for row in POLICIES:
        models.FinopsPolicy.objects.create(**row)
    assert {kind for kind, _ in drawn.truth[MONTHS[1]]} == {str(row["code"]) for row in POLICIES}
    for month in MONTHS:
        told = {one.policy: one for one in finops.check(month, by=None, at=AT)}
        rows = models.FinopsFinding.objects.filter(state="open")
        found = set(rows.values_list("policy__code", "resource_name"))
        right = found & drawn.truth[month]
        assert (len(right) / len(found), len(right) / len(drawn.truth[month])) == (1, 1), month
        for one in rows:
            assert one.cents == drawn.cents[month, one.resource_name]
        # What says nothing of use, or has tags that are none, is counted and not guessed at.
        assert told["no-cost-center"].not_judged >= 2
        assert told["idle"].not_judged == (0 if month == MONTHS[0] else told["idle"].not_judged)
    assert told["idle"].not_judged >= 2


def test_idle_takes_every_month_of_the_span_and_a_word_on_use() -> None:
    unused, used, mute = (
        Month(500, 2, 2, Decimal(0)),
        Month(500, 1, 1, Decimal("0.5")),
        Month(500, 2, 1, Decimal(0)),
    )
    rule = Policy("idle", "idle", months=2, least_cents=500)

    def found(*months: Month, rule: Policy = rule) -> tuple[int, int]:
        span = ["2026-09", "2026-10"][-len(months) :]
        thing = Resource(("s", "1", "r"), months=dict(zip(span, months, strict=True)))
        told, unknown = judge(rule, [thing], ["2026-09", "2026-10"])
        return len(told), unknown

    assert found(unused, unused) == (1, 0)
    assert found(used, unused) == (0, 0)
    assert found(unused) == (0, 0), "it was not there the month before"
    assert found(mute, unused) == (0, 1) and found(mute, used) == (0, 0)
    assert found(unused, Month(499, 1, 1, Decimal(0))) == (0, 0), "below what is told"
    assert found(unused, unused, rule=Policy("idle", "idle", frozenset({"compute"}), months=2)) == (0, 0)


def test_tags_are_read_as_they_are_written() -> None:
    def lacks(*tags: str, value: str = "") -> bool | None:
        return Month(1, tags=tags).lacks("owner", value)

    assert lacks("") is lacks("{}") is lacks('{"owner": " "}') is lacks('{"Owner": "ann"}') is True
    assert lacks('{"owner": "ann"}') is lacks("", '{"owner": "ann"}') is False
    assert lacks("owner=ann") is lacks("[1]", "{}") is None
    assert lacks('{"owner": "none"}', value="none") is True
    assert lacks('{"owner": "ann"}', value="none") is lacks("{}", value="none") is False


def test_a_check_twice_keeps_the_same_and_closes_what_is_gone(cloud: Shop) -> None:
    policy(least_cents=500)
    loaded(cloud, [charge("a", SEPTEMBER, "10.00"), charge("b", SEPTEMBER, "20.004", "78"), charge("c", SEPTEMBER, "4.99"),
                   charge("d", SEPTEMBER, "9.00", "99")])  # fmt: skip
    (first,) = finops.check(SEPTEMBER, by=None, at=AT)
    assert (first.found, first.fresh, first.cents) == (3, 3, 1000 + 2000 + 900)
    kept = list(models.FinopsFinding.objects.order_by("pk").values())
    (again,) = finops.check(SEPTEMBER, by=None, at=AT)
    assert (again.found, again.fresh, again.again, again.closed) == (3, 0, 0, 0)
    assert list(models.FinopsFinding.objects.order_by("pk").values()) == kept
    payers = dict(models.FinopsFinding.objects.values_list("resource", "organization__code"))
    assert payers == {"a": "dhs", "b": "dot", "d": cloud.state.code}, (
        "an account that nobody knows is the state's"
    )
    loaded(
        cloud, [charge("a", OCTOBER, "10.00", Tags='{"owner": "ann"}'), charge("b", OCTOBER, "20.00", "78")]
    )
    (later,) = finops.check(OCTOBER, by=None, at=AT)
    assert (later.found, later.closed) == (1, 2)
    assert states() == {"a": "closed", "b": "open", "d": "closed"}
    with pytest.raises(Refused, match="was run for 2026-10 already"):
        finops.check(SEPTEMBER, by=None, at=AT)
    with pytest.raises(Refused, match="no charges of resources in 2026-11"):
        finops.check(NOVEMBER, by=None, at=AT)


def test_what_was_decided_is_open_again_at_another_amount(cloud: Shop) -> None:
    """Rejected at 10.00: 11.10 in a longer month is the same (11 % of 11.10 are 1.22), 12.00 is not."""
    policy()
    loaded(cloud, [charge("a", SEPTEMBER, "10.00"), charge("b", SEPTEMBER, "10.00"), charge("c", SEPTEMBER, "10.00"),
                   charge("d", SEPTEMBER, "10.00")])  # fmt: skip
    finops.check(SEPTEMBER, by=None, at=AT)
    by_name = {one.resource: one for one in models.FinopsFinding.objects.all()}
    for name in ("a", "b"):
        finops.decide(by_name[name], "reject", reason="It is needed.", by=None, at=AT)
    finops.decide(
        by_name["c"], "defer", reason="After the move.", until=dt.date(2026, 11, 20), by=None, at=AT
    )
    finops.decide(by_name["d"], "accept", by=None, at=AT)
    loaded(cloud, [charge("a", OCTOBER, "11.10"), charge("b", OCTOBER, "12.00"), charge("c", OCTOBER, "10.00"),
                   charge("d", OCTOBER, "90.00")])  # fmt: skip
    finops.check(OCTOBER, by=None, at=AT)
    assert states() == {"a": "rejected", "b": "open", "c": "deferred", "d": "accepted"}
    finops.check(OCTOBER, by=None, at=dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC))
    assert states()["c"] == "open", "its day has come"


def test_what_was_saved_follows_from_closed_months_after_the_decision(cloud: Shop) -> None:
    """Accepted in September at 100.00. October is closed: 30.00 saves 70.00. November is open. December costs 120.00: -20.00.

    The other one moved to another sub-account: the same resource costs as before, and nothing is saved.
    """
    policy()
    loaded(cloud, [charge("a", SEPTEMBER, "100.00"), charge("b", SEPTEMBER, "50.00")])
    finops.check(SEPTEMBER, by=None, at=AT)
    decided = dt.datetime(2026, 9, 30, 15, tzinfo=dt.UTC)
    for one in models.FinopsFinding.objects.all():
        finops.decide(one, "accept", saving_cents=None if one.resource == "b" else 9000, by=None, at=decided)
    tagged = '{"owner": "ann"}'
    for month, cost in ((OCTOBER, "30.00"), (NOVEMBER, "0.50"), ("2026-12", "120.00")):
        open_period(month, by=None, at=AT)
        loaded(cloud, [charge("a", month, cost, Tags=tagged), charge("b", month, "50.00", "78")])
    models.BillingPeriod.objects.filter(code__in=(OCTOBER, "2026-12")).update(state="closed", closed_at=AT)
    a, b = models.FinopsFinding.objects.order_by("resource")
    found = savings_of([a, b], current_version(FOCUS))
    assert [(one.month, one.saved) for one in found[a.pk].counted] == [(OCTOBER, 7000), ("2026-12", -2000)]
    assert (found[a.pk].baseline, found[a.pk].cents) == (10000, 5000)
    assert found[b.pk].cents == 0
    cycle = cycle_of(SYSTEM, "", current_version(FOCUS))
    assert (cycle.decided, cycle.realised) == (9000 + 5000, 5000)
    finops.decide(a, "reject", reason="It was needed after all.", by=None, at=AT)
    assert cycle_of(SYSTEM, "", current_version(FOCUS)).realised == 0, "what is rejected saves nothing"


def test_a_month_that_was_not_loaded_saves_nothing(cloud: Shop) -> None:
    policy()
    loaded(cloud, [charge("a", SEPTEMBER, "100.00")])
    finops.check(SEPTEMBER, by=None, at=AT)
    (one,) = models.FinopsFinding.objects.all()
    done = finops.decide(one, "accept", by=None, at=dt.datetime(2026, 9, 30, 15, tzinfo=dt.UTC))
    models.BillingPeriod.objects.filter(code=OCTOBER).update(state="closed", closed_at=AT)
    assert savings_of([done], current_version(FOCUS))[one.pk].counted == []


def test_charges_that_a_newer_file_took_back_are_not_judged(cloud: Shop) -> None:
    """The first file lacks the tag, the next one of the same month has it: the first one's row stays, at no cost."""
    policy()
    loaded(cloud, [charge("a", SEPTEMBER, "10.00")])
    loaded(cloud, [charge("a", SEPTEMBER, "10.00", Tags='{"owner": "ann"}')])
    (told,) = finops.check(SEPTEMBER, by=None, at=AT)
    assert (told.found, told.not_judged) == (0, 0)


def test_who_decides(cloud: Shop) -> None:
    """The roles at the agency, and the person named as owner; a liaison sees the own agency's findings alone."""
    policy()
    loaded(cloud, [charge("a", SEPTEMBER, "10.00"), charge("b", SEPTEMBER, "10.00", "78")])
    finops.check(SEPTEMBER, by=None, at=AT)
    a, b = models.FinopsFinding.objects.order_by("resource")
    liaison = cloud.accounts["dhs"]
    assert [one.code for one in cycle_of(scope_of(liaison), "", current_version(FOCUS)).findings] == [a.code]
    assert not finops.may_decide(a, liaison)
    with entered(scope_of(liaison)):
        assert list(models.FinopsFinding.objects.values_list("code", flat=True)) == [a.code]
        with pytest.raises(PermissionDenied, match="decide what is done about findings"):
            finops.decide(a, "accept", by=liaison, at=AT)
    person = models.FinopsFinding._meta.get_field("owner").related_model
    a.owner = person.objects.create(
        code="lia", name="Lia", email=liaison.email.upper(), organization=cloud.dhs
    )
    a.save()
    with entered(scope_of(liaison)):
        assert finops.decide(a, "accept", by=liaison, at=AT).decided_by == liaison
    assert finops.may_decide(b, cloud.accounts["approver"]) and not finops.may_decide(b, liaison)
    for given, match in (
        ({"decision": "reject"}, "Say why"), ({"decision": "defer", "reason": "x"}, "until when"),
        ({"decision": "accept", "saving_cents": 1001}, "no more than that"), ({"decision": "drop"}, "Choose"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=match):
            finops.decide(b, by=None, at=AT, **given)
