"""What monitoring tools watch: entities exported from New Relic, resources exported from Azure, matched to systems."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stateworks.connectors.answers import Listed, things_in
from stateworks.connectors.codes import marked
from stateworks.connectors.days import local_day
from stateworks.connectors.directory import Directory
from stateworks.connectors.documents import json_documents
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
ENTITY_IDS = ("guid", "entityGuid", "entity.guid")
ENTITY_NAMES = ("name", "entityName", "entity.name", "appName")
RESOURCE_IDS = ("id", "resourceid", "_resourceid", "resource_id", "targetresource")
"""Where Azure's lists, graphs, logs and alerts have the id of a resource, in lower case."""
WATCHES_NOTHING = (
    "microsoft.insights/actiongroups", "microsoft.insights/activitylogalerts", "microsoft.insights/autoscalesettings",
    "microsoft.insights/datacollectionendpoints", "microsoft.insights/datacollectionrules",
    "microsoft.insights/metricalerts", "microsoft.insights/scheduledqueryrules", "microsoft.insights/workbooks",
    "microsoft.alertsmanagement/", "microsoft.dashboard/", "microsoft.operationalinsights/", "microsoft.portal/",
)  # fmt: skip
"""Types of Azure that alert, show or collect; they are no part of a system."""
LONGEST_ID = 300


@dataclass(frozen=True)
class Entity:
    """One thing a tool watches: its place, the tool's id and name of it, and texts that may name its system."""

    place: int
    id: str
    name: str
    said: tuple[str, ...]
    reporting: bool | None = None


@dataclass
class Read:
    """What a file holds: the things watched by id, the kinds passed over, and how often one came again."""

    entities: dict[str, Entity] = field(default_factory=dict)
    passed: Counter[str] = field(default_factory=Counter)
    again: int = 0

    def take(self, entity: Entity) -> None:
        """Take a thing; pages overlap and logs repeat, so one that comes again is the same."""
        self.again += entity.id in self.entities
        self.entities.setdefault(entity.id, entity)


def recognise_new_relic(glance: Glance) -> str | None:
    """Tell entities of New Relic by their ids and domains."""
    text = glance.text
    if text.lstrip()[:1] not in "{[" or not text.strip():
        return None
    if '"guid"' in text and re.search(r'"(entityType|domain|reporting)"', text):
        return "It is JSON whose entities have a “guid” and a domain, as New Relic's search returns them."
    if '"health_status"' in text and '"reporting"' in text and '"applications"' in text:
        return "It is JSON whose applications have a health status and report, as New Relic's REST API lists them."
    return None


def recognise_azure(glance: Glance) -> str | None:
    """Tell resources of Azure by how their ids begin."""
    text = glance.text
    if text.lstrip()[:1] not in "{[" or not text.strip():
        return None
    if re.search(r'"_?(resource)?_?id"\s*:\s*"/subscriptions/', text, re.IGNORECASE):
        return "It is JSON whose ids begin with /subscriptions/, as Azure's resources do."
    if re.search(r'"rows"\s*:', text) and re.search(r'[\[,]\s*"/subscriptions/', text, re.IGNORECASE):
        return (
            "It is JSON with a table whose ids begin with /subscriptions/, as Azure's graph and logs answer."
        )
    return None


def read_new_relic(path: Path, asked: Asked) -> Found:
    """Read the entities of a search, or the applications of the REST API; dashboards and alert conditions are passed over."""
    listed = things_in(
        json_documents(path, asked.filename),
        lambda one: bool(_entity_id(one)),
        filename=asked.filename,
        tells="“guid”",
    )
    if not listed.things:
        raise Refused(
            f"{asked.filename} holds no entries with “guid”; export guid, name, domain, reporting and tags of the entities."
        )
    read = Read()
    for place, item in enumerate(listed.things, 1):
        domain = str(item.get("domain") or "").upper()
        if domain in NOT_WATCHED:
            read.passed[domain] += 1
            continue
        name = next((_text(item[key]) for key in ENTITY_NAMES if item.get(key)), "")
        reporting = item.get("reporting")
        read.take(
            Entity(
                place, _entity_id(item), name, _tagged(item.get("tags"), asked),
                reporting if isinstance(reporting, bool) else None,
            )
        )  # fmt: skip
    return _found(read, listed, NEW_RELIC, "New Relic", asked)


def _entity_id(item: Mapping[str, Any]) -> str:
    """Return an entity's guid, or the number of an application of the REST API, which has none; empty where it is neither."""
    for key in ENTITY_IDS:
        if isinstance(item.get(key), str) and item[key].strip():
            return str(item[key]).strip()
    number = item.get("id")
    if isinstance(number, int) and not isinstance(number, bool) and "health_status" in item:
        return str(number)
    return ""


def read_azure(path: Path, asked: Asked) -> Found:
    """Read the resources of a listing; the case of an id does not matter in Azure, so it is kept in lower case.

    What is a metric, an alert or a log of a resource tells of that resource. Rules, dashboards and workspaces watch nothing.
    """
    listed = things_in(
        json_documents(path, asked.filename), lambda one: bool(_resource_id(one)), filename=asked.filename,
        tells="id that begins with /subscriptions/",
    )  # fmt: skip
    if not listed.things:
        raise Refused(
            f"{asked.filename} holds no entries whose “id” begins with /subscriptions/; export id, name, type, resourceGroup "
            "and tags."
        )
    read = Read()
    for place, item in enumerate(listed.things, 1):
        said = _resource_id(item)
        identity = _watched_resource(item, said)
        kind = _type_of(identity)
        if not kind or kind.startswith(WATCHES_NOTHING):
            read.passed[kind or "resource groups"] += 1
            continue
        plain = {key.lower(): value for key, value in item.items()}
        own = identity == said
        name = (_text(plain.get("name")) if own else "") or identity.rstrip("/").rpartition("/")[2]
        group = _text(plain.get("resourcegroup")) or _group_of(identity)
        read.take(Entity(place, identity, name, (*_tagged(plain.get("tags"), asked), group)))
    return _found(read, listed, AZURE, "Azure Monitor", asked)


def _resource_id(item: Mapping[str, Any]) -> str:
    """Return the id of a resource in lower case, wherever a list, a graph or a log has it; empty where it has none."""
    plain = {key.lower(): value for key, value in item.items() if isinstance(value, str)}
    ids = (plain.get(name, "").strip().lower().rstrip("/") for name in RESOURCE_IDS)
    return next((one for one in ids if one.startswith("/subscriptions/")), "")


def _watched_resource(item: Mapping[str, Any], identity: str) -> str:
    """Return the resource that a thing tells of: what an alert is about, what a metric is of, else itself."""
    properties = item.get("properties")
    essentials = properties.get("essentials") if isinstance(properties, dict) else None
    if isinstance(essentials, dict) and (target := _resource_id(essentials)):
        return target
    head, _, rest = identity.rpartition("/providers/")
    extension = rest.startswith(
        ("microsoft.insights/", "microsoft.alertsmanagement/", "microsoft.resourcehealth/")
    )
    return head if extension and "/providers/" in head else identity


def _type_of(identity: str) -> str:
    """Return the type in a resource's id, such as `microsoft.web/sites`; empty for subscriptions and resource groups."""
    _, found, rest = identity.rpartition("/providers/")
    parts = rest.split("/")
    return "/".join((parts[0], *parts[1::2])) if found else ""


def _group_of(identity: str) -> str:
    parts = identity.split("/")
    return parts[parts.index("resourcegroups") + 1] if "resourcegroups" in parts[:-1] else ""


def _text(value: Any) -> str:
    """Return a name as text; Azure gives some as a value beside its translation."""
    if isinstance(value, dict):
        value = value.get("localizedValue") or value.get("value")
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _tagged(tags: Any, asked: Asked) -> tuple[str, ...]:
    """Return the values of the tags that may name a system: a list of key and values, an object, or either as text."""
    if isinstance(tags, str) and tags.lstrip()[:1] in ("{", "["):
        try:
            tags = json.loads(tags)
        except ValueError:
            tags = None
    pairs: list[tuple[str, Any]] = []
    if isinstance(tags, dict):
        pairs = list(tags.items())
    elif isinstance(tags, list):
        pairs = [
            (
                str(tag.get("key") or tag.get("name")),
                tag.get("values") if "values" in tag else tag.get("value"),
            )
            for tag in tags
            if isinstance(tag, dict)
        ]
    plain: dict[str, list[str]] = {}
    for key, value in pairs:
        values = value if isinstance(value, list) else [value]
        plain.setdefault(_plain(key), []).extend(_text(one) for one in values if _text(one))
    wanted = (asked.option("tag"),) if asked.option("tag") else TAGS
    return tuple(value for name in wanted for value in plain.get(_plain(name), ()))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def _found(read: Read, listed: Listed, tool: str, title: str, asked: Asked) -> Found:
    found, directory, today = Found(), Directory(tool), local_day(asked.at)
    if not MonitoringTool.objects.filter(code=tool).exists():
        found.add(TOOL, 1, {"code": tool, "name": title})
    for one in read.entities.values():
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
            {"tool": tool, "entity": _short(one.id), "system": system, "name": one.name[:200], **ends},
            starts,
        )
    found.notes += _notes(read, listed, title)
    return found


def _notes(read: Read, listed: Listed, title: str) -> list[str]:
    notes = []
    if read.passed:
        kinds = ", ".join(sorted(read.passed))
        one = read.passed.total() == 1
        notes.append(
            f"{read.passed.total():,} {'entry that watches' if one else 'entries that watch'} nothing ({kinds}) "
            f"{'was' if one else 'were'} passed over."
        )
    if read.again:
        many = "1 entry" if read.again == 1 else f"{read.again:,} entries"
        notes.append(f"{many} came again under the same id; the first of each was taken.")
    if listed.unfinished:
        notes.append(
            f"{title} says that more entries follow, and the file ends: load the pages after it too, or all of them in one file."
        )
    return notes


def _short(identity: str) -> str:
    """Return an id as a monitor can hold it."""
    return (
        identity if len(identity) <= LONGEST_ID else f"{identity[: LONGEST_ID - 20]} {marked('', identity)}"
    )


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
    reads=(
        "Entities that New Relic's search returns as JSON, on one page or several: each becomes a monitor of the system its id, "
        "tag or name means."
    ),
    datasets=(TOOL, MONITOR),
    recognise=recognise_new_relic,
    read=read_new_relic,
    options=(TAG,),
    main=MONITOR,
)
AZURE_RESOURCES = Connector(
    name=AZURE,
    title="Azure resources",
    reads=(
        "Resources that Azure Monitor, Resource Graph or a workspace's logs list as JSON: each becomes a monitor of the system "
        "its id, tag, name or resource group means."
    ),
    datasets=(TOOL, MONITOR),
    recognise=recognise_azure,
    read=read_azure,
    options=(TAG,),
    main=MONITOR,
)
