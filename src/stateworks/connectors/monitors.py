"""What monitoring tools watch: entities exported from New Relic, resources exported from Azure, matched to systems."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stateworks.connectors.days import local_day
from stateworks.connectors.directory import Directory
from stateworks.connectors.documents import json_document
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.connected import Asked, Connector, Found, Glance, Option
from stateworks.modules.inventory.models import MonitoringTool

MONITOR, TOOL = "inventory.monitor", "inventory.monitoring_tool"
TAG = Option(
    "tag", "Name of the tag that holds a system's code, name or alias; without it the usual names are tried."
)
TAGS = (
    "system",
    "application",
    "app",
    "service",
    "workload",
    "system_code",
    "applicationname",
    "app_name",
    "project",
)
NEW_RELIC, AZURE = "new-relic", "azure-monitor"
NOT_WATCHED = {"VIZ", "AIOPS", "NR1", "REF", "UNINSTRUMENTED"}
"""Domains of New Relic whose entities are dashboards, alert conditions and the like."""


@dataclass(frozen=True)
class Entity:
    """One thing a tool watches: its place, the tool's id and name of it, and texts that may name its system."""

    place: int
    id: str
    name: str
    said: tuple[str, ...]
    reporting: bool | None = None


def recognise_new_relic(glance: Glance) -> str | None:
    """Tell entities of New Relic by their ids and domains."""
    text = glance.text
    if text.lstrip()[:1] in "{[" and '"guid"' in text and re.search(r'"(entityType|domain|reporting)"', text):
        return "It is JSON whose entities have a “guid” and a domain, as New Relic's search returns them."
    return None


def recognise_azure(glance: Glance) -> str | None:
    """Tell resources of Azure by how their ids begin."""
    if glance.text.lstrip()[:1] in "{[" and re.search(
        r'"id"\s*:\s*"/subscriptions/', glance.text, re.IGNORECASE
    ):
        return "It is JSON whose ids begin with /subscriptions/, as Azure's resources do."
    return None


def read_new_relic(path: Path, asked: Asked) -> Found:
    """Read the entities of a search; dashboards and alert conditions are passed over."""
    items = _items(json_document(path, asked.filename), "guid", asked.filename)
    entities, passed = [], Counter[str]()
    for place, item in enumerate(items, 1):
        domain = str(item.get("domain") or "").upper()
        if domain in NOT_WATCHED:
            passed[domain] += 1
            continue
        entities.append(
            Entity(
                place, str(item["guid"]), str(item.get("name") or ""), _tagged(item.get("tags"), asked),
                item.get("reporting") if isinstance(item.get("reporting"), bool) else None,
            )
        )  # fmt: skip
    found = _found(entities, NEW_RELIC, "New Relic", asked)
    if passed:
        listed = ", ".join(sorted(passed))
        found.notes.append(f"{passed.total():,} entities that watch nothing ({listed}) were passed over.")
    return found


def read_azure(path: Path, asked: Asked) -> Found:
    """Read the resources of a listing; the case of an id does not matter in Azure, so it is kept in lower case."""
    items = _items(json_document(path, asked.filename), "id", asked.filename)
    entities = [
        Entity(
            place, str(item["id"]).lower(), str(item.get("name") or ""),
            (*_tagged(item.get("tags"), asked), str(item.get("resourceGroup") or "")),
        )
        for place, item in enumerate(items, 1)
    ]  # fmt: skip
    return _found(entities, AZURE, "Azure Monitor", asked)


def _items(document: Any, key: str, filename: str) -> list[dict[str, Any]]:
    """Return the first list, however deep, whose objects have the key."""
    waiting = [document]
    for _ in range(10_000):
        if not waiting:
            break
        here = waiting.pop(0)
        if isinstance(here, list):
            items = [item for item in here if isinstance(item, dict)]
            if any(item.get(key) for item in items):
                without = sum(not item.get(key) for item in items)
                if without:
                    raise Refused(
                        f"{filename}: {without:,} of {len(items):,} entries have no “{key}”; export that field for all."
                    )
                return items
            waiting += items[:100]
        elif isinstance(here, dict):
            waiting += [value for value in here.values() if isinstance(value, dict | list)]
    raise Refused(f"{filename} holds no list of entries with “{key}”; export id, name, type and tags.")


def _tagged(tags: Any, asked: Asked) -> tuple[str, ...]:
    """Return the values of the tags that may name a system: a list of key and values, or an object."""
    pairs: dict[str, list[str]] = {}
    if isinstance(tags, dict):
        pairs = {str(key): [str(value)] for key, value in tags.items() if value}
    elif isinstance(tags, list):
        for tag in tags:
            if isinstance(tag, dict):
                values = tag.get("values") if isinstance(tag.get("values"), list) else [tag.get("value")]
                pairs.setdefault(str(tag.get("key")), []).extend(
                    str(value) for value in values or () if value
                )
    plain = {re.sub(r"[^a-z0-9]+", "", key.lower()): values for key, values in pairs.items()}
    wanted = (asked.option("tag"),) if asked.option("tag") else TAGS
    return tuple(value for name in wanted for value in plain.get(re.sub(r"[^a-z0-9]+", "", name.lower()), ()))


def _found(entities: list[Entity], tool: str, title: str, asked: Asked) -> Found:
    found, directory, today = Found(), Directory(tool), local_day(asked.at)
    if not MonitoringTool.objects.filter(code=tool).exists():
        found.add(TOOL, 1, {"code": tool, "name": title})
    for one in entities:
        system = _system(one, directory)
        if not system:
            texts = [text for text in (*one.said, one.name) if text]
            why = (
                directory.why_not(texts[0])
                if texts
                else f"“{one.id}” has neither a name nor a tag that names a system."
            )
            found.refuse(
                MONITOR, one.place, "system.unknown",
                f"“{one.name or one.id}”: {why} Or tag it in {title}, or add its id as an alias with the source {tool}.",
                {"id": one.id, "name": one.name, "tags": ", ".join(one.said)},
            )  # fmt: skip
            continue
        ends = {"offboarded_on": ""} if one.reporting else {}
        starts = {"onboarded_on": today, **({"offboarded_on": today} if one.reporting is False else {})}
        found.add(
            MONITOR,
            one.place,
            {"tool": tool, "entity": one.id, "system": system, "name": one.name[:200], **ends},
            starts,
        )
    return found


def _system(one: Entity, directory: Directory) -> str:
    """Return the system an entity belongs to: by its id, by a tag, by its name, and by its name without what it runs in."""
    if code := directory.own(one.id):
        return code
    for text in (*one.said, one.name):
        if code := directory.find(text):
            return code
    plain = re.sub(r"[\s_-]*[\[(]?\b(prod|production|prd|live)\b[\])]?$", "", one.name, flags=re.IGNORECASE)
    return directory.find(plain) if plain != one.name else ""


NEW_RELIC_ENTITIES = Connector(
    name=NEW_RELIC,
    title="New Relic entities",
    reads="Entities that New Relic's search returns as JSON: each becomes a monitor of the system its tag or name means.",
    datasets=(TOOL, MONITOR),
    recognise=recognise_new_relic,
    read=read_new_relic,
    options=(TAG,),
    main=MONITOR,
)
AZURE_RESOURCES = Connector(
    name=AZURE,
    title="Azure resources",
    reads="Resources that Azure Monitor or Resource Graph lists as JSON: each becomes a monitor of the system it belongs to.",
    datasets=(TOOL, MONITOR),
    recognise=recognise_azure,
    read=read_azure,
    options=(TAG,),
    main=MONITOR,
)
