"""The owner's pages: my systems to confirm, and one system's facts and dependencies to confirm or correct."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from stateworks.kernel.access.scope import Scope, visible
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.changes import Invalid
from stateworks.kernel.records.fields import BOOLEAN, DATE, INTEGER, REFERENCE, Bound, bound
from stateworks.kernel.records.types import record_type
from stateworks.modules.inventory.attesting import (
    ASPECTS,
    FACTS,
    Needed,
    answerable,
    fingerprint,
    live_systems,
    mine,
    needed_by,
    needing,
    none_attested,
)
from stateworks.modules.inventory.models import Aspect, Attestation, Strength, System
from stateworks.modules.inventory.pages.system import system_or_404, trail, trail_to
from stateworks.modules.inventory.verbs import attesting as verbs
from stateworks.modules.inventory.verbs.attesting import NewDependency
from stateworks.web import asked
from stateworks.web.data.listing import cell_words, label_of
from stateworks.web.paging import paged

SHOWN_AT_ONCE = 20
"""How many systems are shown to be confirmed together: more nobody reads."""
BLANKS = 3
"""Empty lines for dependencies to add."""
SUMMARY = (
    "purpose", "owner", "steward", "capability", "lifecycle", "criticality", "hosting", "classification", "vendor",
    "recovery_time_minutes", "recovery_point_minutes", "redundancy", "recovery_test", "single_sign_on",
    "second_factor", "users",
)  # fmt: skip
"""What the list shows of a system before it is confirmed: all that its owner vouches for and that is given."""


@dataclass(frozen=True)
class Card:
    """One system as it is shown to be confirmed, with the mark of what was shown."""

    system: System
    facts: list[tuple[str, Any]]
    needs: list[Needed]
    none: bool
    seen: str
    asked_by: dt.date | None
    error: str = ""


def card_of(system: System, needs: list[Needed], today: dt.date, error: str = "") -> Card:
    """Put together what is shown of a system."""
    facts = []
    for one in (bound(record_type("inventory.system"), name) for name in SUMMARY):
        value = getattr(system, one.field.name)
        if value in (None, ""):
            continue
        shown = one.choices.get(str(value)) or (str(value) if one.kind == REFERENCE else cell_words(value)[0])
        facts.append((label_of(one.name), shown))
    until = system.none_attested_until
    return Card(
        system, facts, needs, bool(until and until >= today), fingerprint(system, needs),
        getattr(system, "asked_by", None), error,
    )  # fmt: skip


@login_required
def mine_page(request: HttpRequest) -> HttpResponse:
    """My systems: confirm one, or several at once after looking at them; correct one; or say it depends on nothing."""
    who, scope, today = asked.signed_in(request), asked.scope(request), timezone.localdate()
    refused: dict[str, str] = {}
    if request.method == "POST":
        refused = _confirm(request)
        if not refused:
            return redirect(request.get_full_path())
    every = request.GET.get("show") == "all"
    rows = mine(who, scope, today, due_only=not every)
    rows = rows.select_related("organization", "capability", "vendor", "owner", "steward")
    shown = paged(request, rows, size=SHOWN_AT_ONCE)
    needs = needed_by(shown.rows, today, scope)
    cards = [card_of(one, needs.get(one.pk, []), today, refused.pop(one.code, "")) for one in shown.rows]
    errors = [(card.system.code, card.error) for card in cards if card.error]
    errors += [("", sentence) for sentence in refused.values()]
    context = {
        "shown": shown, "cards": cards, "errors": errors, "every": every, "today": today,
        "ticked": request.POST.getlist("confirm"), "all_of_mine": mine(who, scope, today, due_only=False).count(),
        "trail": trail(), "here": "My systems",
    }  # fmt: skip
    return render(request, "inventory/attest.html", context, status=400 if errors else 200)


def _confirm(request: HttpRequest) -> dict[str, str]:
    """Do what the pressed button says for the systems it names; return why some were refused."""
    who, at, given = asked.signed_in(request), timezone.now(), request.POST
    one, nothing = given.get("one", ""), given.get("nothing", "")
    if nothing:
        try:
            verbs.attest_none(nothing, by=who, at=at, seen=given.get(f"seen-{nothing}", ""))
        except (Refused, PermissionDenied) as error:
            return {nothing: getattr(error, "sentence", str(error))}
        messages.success(request, "It is noted that the system depends on nothing.")
        return {}
    codes = [one] if one else given.getlist("confirm")
    if not codes:
        return {"": "Tick the systems that you confirm, or press the button beside one."}
    refused: dict[str, str] = {}
    done = 0
    known = {
        row.code: row
        for row in visible(live_systems(timezone.localdate()), asked.scope(request), "organization").filter(
            code__in=codes
        )
    }
    needs = needed_by(known.values(), timezone.localdate(), asked.scope(request))
    for code in codes:
        row = known.get(code)
        aspects = [Aspect.FACTS, *([Aspect.DEPENDENCIES] if row is not None and needs.get(row.pk) else [])]
        fine, wrong = verbs.reaffirm_several({code: given.get(f"seen-{code}", "")}, aspects, by=who, at=at)
        done += len(fine)
        refused |= wrong
    if done:
        messages.success(request, f"{done} {'system is' if done == 1 else 'systems are'} confirmed as shown.")
    return refused


@dataclass
class Field:
    """A fact as the form asks for it: what is there, what was typed, and what is wrong with that."""

    bound: Bound
    value: str
    shown: str
    error: str = ""
    choices: list[tuple[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The column's name."""
        return self.bound.name

    @property
    def label(self) -> str:
        """The column's name as a label."""
        return label_of(self.bound.name)

    @property
    def help(self) -> str:
        """What the column means."""
        return self.bound.description

    @property
    def kind(self) -> str:
        """Which input asks for it: select, long, day, number or text."""
        if self.choices:
            return "select"
        if self.name == "purpose":
            return "long"
        return {DATE: "day", INTEGER: "number"}.get(self.bound.kind, "text")


def fields_of(system: System, given: Any = None) -> list[Field]:
    """The facts as a form: what was typed where something was, else what is there."""
    found = []
    for one in (bound(record_type("inventory.system"), name) for name in FACTS):
        value = getattr(system, one.field.name)
        text = (
            "" if value is None else str(getattr(value, one.target)) if one.kind == REFERENCE else str(value)
        )
        if one.kind == BOOLEAN:
            text = {True: "true", False: "false"}.get(value, "")
        shown = str(value) if one.kind == REFERENCE and value is not None else ""
        made = Field(one, text if given is None or one.name not in given else given[one.name], shown)
        if one.kind == BOOLEAN:
            made.choices = [("", "Not known"), ("true", "Yes"), ("false", "No")]
        elif one.choices:
            made.choices = list(one.choices.items())
        hidden = one.kind == REFERENCE and value is None and getattr(system, one.field.attname) is not None
        if not hidden:
            found.append(made)
    return found


@login_required
def system_page(request: HttpRequest, code: str) -> HttpResponse:
    """One system: confirm as it stands, or correct facts and dependencies; what was typed is never lost."""
    who, scope, today = asked.signed_in(request), asked.scope(request), timezone.localdate()
    system = system_or_404(request, code)
    if system.pk not in answerable([system], who):
        raise PermissionDenied(
            f"You may not answer for {system.name}: its owner and steward may, and who keeps the inventory."
        )
    needs = needed_by([system], today, scope, limit=300).get(system.pk, [])
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            with transaction.atomic():
                done = _answer(request, system, needs, scope, errors)
                if errors:
                    raise Refused("")
        except Invalid as wrong:
            errors += list(wrong.fields.items())
        except Refused as refused:
            errors += [("", refused.sentence)] if refused.sentence else []
        else:
            messages.success(request, done)
            mine_again = request.POST.get("back") == "mine"
            return redirect("inventory:attest") if mine_again else redirect("inventory:system", code)
        system = system_or_404(request, code)
    given = request.POST if request.method == "POST" else None
    fields = fields_of(system, given)
    by_name = dict(errors)
    for one in fields:
        one.error = by_name.get(one.name, "")
    dependants, total, hidden = needing(system, today, scope, limit=50)
    context = {
        "system": system, "fields": fields, "lines": lines_of(needs, given), "blanks": blanks_of(given, by_name),
        "errors": errors,
        "seen": given.get("seen", "") if given else fingerprint(system, needs), "strengths": Strength.choices,
        "dependants": dependants, "dependants_total": total, "hidden": hidden, "today": today,
        "none": System.objects.filter(none_attested(today), pk=system.pk).exists(),
        "note": given.get("note", "") if given else "",
        "attestations": list(
            Attestation.objects.filter(system=system, withdrawn_at__isnull=True).select_related("person", "by")[:6]
        ),
        "back": "mine" if "mine" in request.GET else "",
        "trail": trail_to(system), "here": "Confirm or correct",
    }  # fmt: skip
    return render(request, "inventory/attest_system.html", context, status=400 if errors else 200)


@dataclass(frozen=True)
class EdgeLine:
    """A dependency on the form: as it is, or as it was just set."""

    need: Needed
    choice: str


def lines_of(needs: list[Needed], given: Any) -> list[EdgeLine]:
    """The dependencies as lines of the form."""
    return [
        EdgeLine(one, (given.get(f"edge-{one.row.pk}") if given else None) or one.row.strength)
        for one in needs
    ]


def blanks_of(given: Any, errors: dict[str, str]) -> list[tuple[int, str, str, str]]:
    """The lines for dependencies to add: number, what was typed, the strength chosen, what is wrong."""
    text = (lambda name: given.get(name, "")) if given else (lambda _name: "")
    return [
        (n, text(f"add-{n}"), text(f"add-strength-{n}") or "hard", errors.get(f"add-{n}", ""))
        for n in range(1, BLANKS + 1)
    ]


def _answer(
    request: HttpRequest, system: System, needs: list[Needed], scope: Scope, errors: list[tuple[str, str]]
) -> str:
    """Do what the pressed button says and return what to tell."""
    who, at, given = asked.signed_in(request), timezone.now(), request.POST
    what, seen, note = given.get("do", ""), given.get("seen", ""), given.get("note", "")
    if what == "reaffirm":
        verbs.reaffirm(system.code, ASPECTS if needs else [Aspect.FACTS], by=who, at=at, seen=seen, note=note)
        return f"{system.name} is confirmed as it stands."
    if what == "nothing":
        verbs.attest_none(system.code, by=who, at=at, seen=seen, note=note)
        return f"It is noted that {system.name} depends on nothing."
    if what == "facts":
        values = {name: given[name] for name in FACTS if name in given}
        made = verbs.change_and_attest(system.code, values, by=who, at=at, seen=seen, note=note)
        return f"{system.name}: the facts are {'corrected and ' if made.kind == 'changed' else ''}confirmed."
    if what == "dependencies":
        add = _additions(given, scope, errors)
        if errors:
            return ""
        chosen = {one.row.pk: given.get(f"edge-{one.row.pk}", one.row.strength) for one in needs}
        verbs.attest_dependencies(
            system.code, strengths={pk: choice for pk, choice in chosen.items() if choice != "end"},
            retire=[pk for pk, choice in chosen.items() if choice == "end"], add=add, by=who, at=at, seen=seen, note=note,
        )  # fmt: skip
        return f"{system.name}: what it depends on is confirmed."
    if what == "provider":
        ids = [int(text) for text in given.getlist("confirmed") if text.isdecimal()]
        if not ids:
            errors.append(("confirmed", "Tick the systems that really use this one."))
            return ""
        count = verbs.confirm_as_provider(system.code, ids, by=who, at=at)
        return f"{count} {'dependency is' if count == 1 else 'dependencies are'} confirmed from this side."
    if what.startswith("withdraw-") and what.removeprefix("withdraw-").isdecimal():
        verbs.withdraw(int(what.removeprefix("withdraw-")), reason=given.get("reason", ""), by=who, at=at)
        return "The attestation is taken back."
    raise Refused("Press one of the buttons.")


def _additions(given: Any, scope: Scope, errors: list[tuple[str, str]]) -> list[NewDependency]:
    """The dependencies that were typed: a code, or a name that only one system bears."""
    found = []
    for n in range(1, BLANKS + 1):
        text = given.get(f"add-{n}", "").strip()
        if not text:
            continue
        try:
            code = system_named(text, scope).code
        except Refused as refused:
            errors.append((f"add-{n}", refused.sentence))
            continue
        found.append(NewDependency(code, given.get(f"add-strength-{n}", "hard")))
    return found


def system_named(text: str, scope: Scope) -> System:
    """The system that somebody means by a code, a name or an alias; where that is not clear, near ones are named."""
    rows = visible(live_systems(timezone.localdate()), scope, "organization").order_by("name")
    exact = list(rows.filter(code=text)[:1]) or list(
        rows.filter(Q(name__iexact=text) | Q(aliases__alias__iexact=text)).distinct()[:4]
    )
    if len(exact) == 1:
        return exact[0]
    if exact:
        raise Refused(f"“{text}” can mean {_codes(exact)}; write the code.")
    near = list(rows.filter(Q(name__icontains=text) | Q(code__icontains=text))[:4])
    if near:
        raise Refused(f"No system has the code or name “{text}”; did you mean {_codes(near)}?")
    raise Refused(f"No system that you may see has the code or name “{text}”.")


def _codes(rows: list[System]) -> str:
    from stateworks.web import words

    return words.listed([f"{row.code} ({row.name})" for row in rows], limit=5)
