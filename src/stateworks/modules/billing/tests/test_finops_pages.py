"""The pages and commands of the FinOps cycle: without script, each agency its own, and every refusal in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stateworks.kernel.jobs.attempt import Attempt
from stateworks.kernel.jobs.kinds import kind_named
from stateworks.kernel.jobs.models import Job
from stateworks.kernel.org.models import Person
from stateworks.modules.billing import models
from stateworks.modules.billing.tests.conftest import AT, OCTOBER, SEPTEMBER, Shop
from stateworks.modules.billing.tests.test_finops import charge, loaded, policy
from stateworks.modules.billing.verbs import finops

LIST = "/billing/finops/"


@pytest.fixture
def found(shop: Shop) -> Shop:
    """One finding of dhs and one of dot in September."""
    for given, account in (("77", "dhs-1"), ("78", "dot-1")):
        models.AccountAlias.objects.create(
            source="blue-cloud", given=given, account=models.BillingAccount.objects.get(code=account)
        )
    policy()
    loaded(shop, [charge("box-a", SEPTEMBER, "10.00"), charge("box-b", SEPTEMBER, "25.50", "78")])
    finops.check(SEPTEMBER, by=None, at=AT)
    return shop


def as_(shop: Shop, who: str) -> Client:
    client = Client()
    client.force_login(shop.accounts[who])
    return client


def test_each_agency_sees_its_own(found: Shop) -> None:
    office, agency = as_(found, "owner").get(LIST), as_(found, "dhs").get(LIST)
    assert "$35.50 a month at stake" in office.content.decode()
    page = agency.content.decode()
    assert "$10.00 a month at stake" in page and "box-a" in page and "box-b" not in page
    assert "box-b" not in as_(found, "dhs").get(LIST, {"state": "all", "format": "csv"}).content.decode()
    other = models.FinopsFinding.objects.get(resource="box-b")
    assert as_(found, "dhs").get(reverse("billing:finops_finding", args=[other.code])).status_code == 404
    only = as_(found, "owner").get(LIST, {"state": "accepted", "agency": "dot"}).content.decode()
    assert "No finding fits" in only and "$25.50 a month, in 1" in only


def test_a_finding_is_decided_on_its_page(found: Shop) -> None:
    one = models.FinopsFinding.objects.get(resource="box-b")
    address, client = reverse("billing:finops_finding", args=[one.code]), as_(found, "approver")
    for given, words in (
        ({"decision": "reject"}, "Say why"), ({"decision": "defer", "reason": "x", "until": "soon"}, "is no day"),
        ({"decision": "accept", "saving": "30"}, "no more than that"),
        ({"decision": "accept", "saving": "a lot"}, "is no amount"), ({}, "Choose to accept"),
    ):  # fmt: skip
        answer = client.post(address, given)
        assert answer.status_code == 400 and words in answer.content.decode()
    assert models.FinopsFinding.objects.get(pk=one.pk).state == "open"
    assert (
        client.post(address, {"decision": "accept", "saving": "20.00", "reason": "Off."}).status_code == 302
    )
    done = models.FinopsFinding.objects.get(pk=one.pk)
    assert (done.state, done.saving_cents, done.decided_by) == ("accepted", 2000, found.accounts["approver"])
    assert (done.baseline_month, done.accepted_month >= "2026-09") == (SEPTEMBER, True)
    page = client.get(address).content.decode()
    assert "$20.00 a month" in page and "held against" in page


def test_the_owner_who_is_named_decides_and_no_other_liaison(found: Shop) -> None:
    one = models.FinopsFinding.objects.get(resource="box-a")
    address, client = reverse("billing:finops_finding", args=[one.code]), as_(found, "dhs")
    assert "<h2>Decide</h2>" not in client.get(address).content.decode()
    assert client.post(address, {"decision": "accept"}).status_code == 403
    one.owner = Person.objects.create(
        code="o", name="O", email=found.accounts["dhs"].email, organization=found.dhs
    )
    one.save()
    assert "<h2>Decide</h2>" in client.get(address).content.decode()
    given = {"decision": "defer", "reason": "After the move.", "until": "2099-01-01"}
    assert client.post(address, given).status_code == 302
    assert models.FinopsFinding.objects.get(pk=one.pk).state == "deferred"
    assert "box-a" not in client.get(LIST).content.decode()
    models.FinopsFinding.objects.filter(pk=one.pk).update(deferred_until=timezone.localdate())
    told = kind_named("billing.deferred").work(Attempt(Job(kind="billing.deferred"), timezone.now))
    assert told == {"told": "Deferred findings that wait for a decision again: 1.", "findings": 1}
    assert "box-a" in client.get(LIST).content.decode(), "its day has come"


def test_a_month_is_checked_from_the_page(found: Shop) -> None:
    loaded(found, [charge("box-a", OCTOBER, "10.00")])
    assert as_(found, "approver").post(LIST, {"month": OCTOBER}).status_code == 403
    steward = as_(found, "data_steward")
    assert "is no period" in steward.post(LIST, {"month": "October"}).content.decode()
    assert "is no month" in steward.post(LIST, {"month": "FY27 Q1"}).content.decode()
    assert steward.post(LIST, {"month": OCTOBER}).status_code == 302
    assert "0 of them new or open again; 1 closed" in steward.get(LIST).content.decode()
    states = dict(models.FinopsFinding.objects.values_list("resource", "state"))
    assert states == {"box-a": "open", "box-b": "closed"}


def test_the_commands(found: Shop, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from importlib import import_module

    main = import_module("stateworks.cli.main").main

    def run(*arguments: str) -> tuple[int, Any]:
        status = main(["billing", *arguments, "--format", "json"])
        told = capsys.readouterr()
        return status, json.loads(told.out) if told.out else told.err.strip()

    status, told = run("check-policies", SEPTEMBER)
    assert (status, told["at_stake_cents"], told["policies"][0]["found"]) == (1, 3550, 2)
    code = told["waiting"][0]["code"]
    assert code.startswith("untagged-box-b-")
    assert "Say why" in run("decide-finding", code, "reject")[1]
    assert run("decide-finding", code, "accept")[1]["saving_cents"] == 2550
    assert "There is no finding" in run("decide-finding", "box", "accept")[1]
    told = run("finops", "--agency", "dot", "--state", "accepted")[1]
    assert (told["decided_cents"], told["realised_cents"], len(told["rows"])) == (2550, 0, 1)
    assert "There is no state" in run("finops", "--state", "gone")[1]
    out = str(tmp_path / "review.xlsx")
    assert "it has none at all" in run("review-pack", "dot", "--month", SEPTEMBER, "--output", out)[1]
    assert "ends in .xlsx" in run("review-pack", "dot", "--output", str(tmp_path / "review.odt"))[1]
    assert "not both" in run("review-pack", "dot", "--month", "a", "--quarter", "b", "--output", out)[1]
    found.used(("a", "Human Services", "vm", "2026-09-10", 4))
    found.issue(SEPTEMBER)
    assert run("review-pack", "dhs", "--output", out)[1]["sheets"]["FinOps findings"] == 1
    assert run("review-pack", "dhs", "--output", str(tmp_path / "review.pdf"))[0] == 0
    assert (tmp_path / "review.pdf").read_bytes().startswith(b"%PDF")
