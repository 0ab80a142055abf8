"""Agencies' inventories of their software, as code.gov lays them out: `releases`, or `projects` in one agency's own way."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from stateworks.connectors.codes import slug
from stateworks.connectors.days import day, local_day
from stateworks.connectors.directory import Directory
from stateworks.connectors.documents import json_document
from stateworks.connectors.owners import AGENCY, FREE, Owners
from stateworks.connectors.systems import Told, shortened, tell
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.connected import Asked, Connector, Found, Glance, Option

LISTS = ("releases", "projects")
LANGUAGES = Option(
    "languages",
    "“yes” also loads the languages and products each entry names as its stack, as technologies without a release cycle.",
)
ANY_CYCLE = "any"
_NO_LANGUAGE = ("information not available", "none", "n/a", "other", "unknown")
STAGES = {
    "planned": ("ideation", "planned", "concept"),
    "development": ("development", "developing", "developmental", "alpha", "beta", "stage", "staging", "release candidate"),
    "production": ("production", "maintained", "maintenance", "active", "release"),
    "phase_out": ("deprecated", "sunset"),
    "retired": ("archival", "archived", "inactive", "retired", "decommissioned"),
}  # fmt: skip
_STAGE = {word: stage for stage, words in STAGES.items() for word in words}
_INACTIVE = re.compile(r"\s*\[\s*inactive\s*\]\s*", re.IGNORECASE)


def recognise(glance: Glance) -> str | None:
    """Tell an inventory by its list and what stands beside it."""
    text = glance.text
    if not text.lstrip().startswith("{"):
        return None
    of = next((name for name in LISTS if re.search(rf'"{name}"\s*:\s*\[', text)), None)
    if of and re.search(r'"(measurementType|permissions|laborHours|repositoryURL)"', text):
        return f"It is JSON with a list of {of} as code.gov asks for."
    return None


def stage_of(status: str) -> str | None:
    """Return the stage that a status means; None for one that means nothing known."""
    plain = re.sub(r"\(.*?\)", "", status).strip().strip(",;. ").lower()
    if "not maintained" in plain:
        return "retired"
    return _STAGE.get(plain)


def read(path: Path, asked: Asked) -> Found:
    """Read every release as a system."""
    document = json_document(path, asked.filename)
    items = next((document[name] for name in LISTS if isinstance(document, dict) and name in document), None)
    if not isinstance(items, list):
        raise Refused(
            f"{asked.filename} has no list “releases” or “projects”; it is no inventory as code.gov asks for."
        )
    agency = _text(document.get("agency"))
    source = f"code.json {slug(agency, 40)}".strip()
    found, directory, owners = Found(), Directory(source), Owners("code-json", asked.options, asked.at)
    told, odd = [], Counter[str]()
    languages: dict[str, list[str]] = {}
    for place, item in enumerate(items, 1):
        name = _INACTIVE.sub(" ", _text(item.get("name"))).strip() if isinstance(item, dict) else ""
        if not name:
            found.refuse(
                "inventory.system",
                place,
                "name.empty",
                f"Entry {place} has no name; give it one.",
                {"entry": str(item)[:500]},
            )
            continue
        one = _told(place, item, name, agency, asked, odd)
        told.append(one)
        languages[one.identity] = [_text(word) for word in item.get("languages") or () if _text(word)]
    codes = tell(found, directory, owners, told)
    if odd:
        listed = ", ".join(f"“{shortened(status, 40)}”" for status, _ in odd.most_common(5))
        found.notes.append(
            f"{odd.total():,} entries have a status that says no stage ({listed}); their stage was left as it is."
        )
    if asked.option("languages").lower() == "yes":
        _stacks(found, told, codes, languages)
    return found


def _told(place: int, item: dict[str, Any], name: str, agency: str, asked: Asked, odd: Counter[str]) -> Told:
    status = _text(item.get("status"))
    dates: dict[str, Any] = item["date"] if isinstance(item.get("date"), dict) else {}
    stage = "retired" if _INACTIVE.search(_text(item.get("name"))) else stage_of(status)
    if status and stage is None:
        odd[status] += 1
    says: dict[str, str | None] = {"lifecycle": stage, "purpose": _text(item.get("description")) or None}
    if (
        (homepage := _text(item.get("homepageURL")))
        and re.match(r"https?://[^\s]+$", homepage)
        and len(homepage) <= 300
    ):
        says["website"] = homepage
    starts: dict[str, str | None] = {}
    if stage == "retired":
        # The inventory gives no day; the last change is the last known sign of life.
        starts["retired_on"] = day(_text(dates.get("lastModified"))) or local_day(asked.at)
    identity = _text(item.get("id")) or _text(item.get("privateID")) or _text(item.get("name"))
    return Told(
        place, identity, name, (_text(item.get("organization")), agency), says, starts, text=name.rpartition("/")[2] or name,
        raw={"name": _text(item.get("name")), "id": identity, "organization": _text(item.get("organization")), "status": status},
    )  # fmt: skip


def _stacks(found: Found, told: list[Told], codes: dict[str, str], languages: dict[str, list[str]]) -> None:
    made: dict[str, str] = {}
    for one in told:
        for language in dict.fromkeys(languages[one.identity]):
            plain = language.strip(". ")
            product = slug(plain, 80)
            if not product or plain.lower() in _NO_LANGUAGE or one.identity not in codes:
                continue
            technology = f"{product}-{ANY_CYCLE}"
            if product not in made:
                made[product] = technology
                found.add(
                    "inventory.technology", one.line, {"code": technology, "product": product, "cycle": ANY_CYCLE},
                    {"name": shortened(plain, 200)},
                )  # fmt: skip
            found.add("inventory.stack", one.line, {"system": codes[one.identity], "technology": technology})


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()


CONNECTOR = Connector(
    name="code-json",
    title="Software inventory (code.json)",
    reads="An agency's code.json: every release or project becomes a system with its stage, purpose and address.",
    datasets=("inventory.technology", "inventory.system", "inventory.alias", "inventory.stack"),
    recognise=recognise,
    read=read,
    options=(AGENCY, LANGUAGES),
    main="inventory.system",
    free=(FREE,),
)
