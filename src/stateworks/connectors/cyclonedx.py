"""Software bills of materials in CycloneDX: the parts of one system, and which part needs which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stateworks.connectors.codes import assigned, in_source, marked, slug
from stateworks.connectors.directory import Directory
from stateworks.connectors.documents import json_document
from stateworks.connectors.systems import shortened
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.connected import Asked, Connector, Found, Glance, Option
from stateworks.modules.inventory.models import Component

COMPONENT, DEPENDENCY = "inventory.component", "inventory.dependency"
SYSTEM = Option("system", "Code, name or alias of the system whose parts these are.")
CODE = 120
KINDS = {"library": "library", "framework": "library", "application": "service", "container": "server", "device": "network",
         "operating-system": "server", "data": "storage"}  # fmt: skip


def recognise(glance: Glance) -> str | None:
    """Tell a bill of materials by the name of its format."""
    text = glance.text
    if text.lstrip().startswith("{") and '"bomFormat"' in text and "CycloneDX" in text:
        return "It is JSON that calls itself CycloneDX."
    return None


def read(path: Path, asked: Asked) -> Found:
    """Read components and services, also nested ones, as components of a system, and what each depends on."""
    document = json_document(path, asked.filename)
    if not isinstance(document, dict) or document.get("bomFormat") != "CycloneDX":
        raise Refused(
            f"{asked.filename} does not call itself CycloneDX; export the bill of materials as CycloneDX JSON."
        )
    found = Found()
    root = document.get("metadata", {}).get("component") or {}
    system = _system(asked, str(root.get("name") or ""))
    parts = _parts(document)
    if not parts:
        raise Refused(f"{asked.filename} names no components and no services; there is nothing to load.")
    codes = _codes(system, parts)
    for identity, (place, item, service) in parts.items():
        _add(found, place, item, service, codes[identity], system)
    _depend(found, document, parts, codes, system, str(root.get("bom-ref") or ""))
    return found


def _system(asked: Asked, root: str) -> str:
    directory = Directory("cyclonedx")
    wanted = asked.option("system") or root
    code = directory.find(wanted)
    if code:
        return code
    if asked.option("system"):
        raise Refused(f"Option system: {directory.why_not(wanted)}")
    named = (
        f"the file calls it “{root}”, and {directory.why_not(root)}" if root else "the file does not name it."
    )
    raise Refused(f"Say whose parts these are with --option system=CODE; {named}")


def _identity(item: dict[str, Any]) -> str:
    named = f"{item.get('group') or ''}/{item.get('name') or ''}@{item.get('version') or ''}"
    return str(item.get("bom-ref") or item.get("purl") or named)


def _parts(document: dict[str, Any]) -> dict[str, tuple[int, dict[str, Any], bool]]:
    found: dict[str, tuple[int, dict[str, Any], bool]] = {}
    place = 0
    for name in ("components", "services"):
        for item in _nested(document.get(name), name):
            place += 1
            identity = _identity(item)
            if identity in found and _plain(found[identity][1]) != _plain(item):
                first = found[identity][0]
                raise Refused(
                    f"The reference “{shortened(identity, 80)}” stands for two parts that differ, number {first} and "
                    f"{place}; a bill of materials must name each once. Export it again."
                )
            found.setdefault(identity, (place, item, name == "services"))
    return found


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in ("components", "services")}


def _nested(items: Any, name: str) -> Iterator[dict[str, Any]]:
    waiting = list(items) if isinstance(items, list) else []
    waiting.reverse()
    while waiting:
        item = waiting.pop()
        if not isinstance(item, dict):
            continue
        yield item
        waiting += reversed(item.get(name) or [])


def _codes(system: str, parts: dict[str, tuple[int, dict[str, Any], bool]]) -> dict[str, str]:
    """Return a code for each part: the one it has in the inventory, found by package address, else name and version."""
    there: dict[tuple[str, ...], list[str]] = {}
    of_system = Component.objects.filter(system__code=system).order_by("pk")
    for code, name, version, purl in of_system.values_list("code", "name", "version", "package_url"):
        there.setdefault(_same(name, version, purl), []).append(code)
    keys = {
        identity: _same(_name(item), _text(item, "version", 80), str(item.get("purl") or ""))
        for identity, (_, item, _) in parts.items()
    }
    many = Counter(keys.values())
    wanted, mine = {}, {}
    for identity, (_, item, _) in parts.items():
        wanted[identity] = (
            f"{system} {item.get('group') or ''} {item.get('name') or ''} {item.get('version') or ''}"
        )
        same = there.get(keys[identity], [])
        mark = marked(slug(wanted[identity], CODE), in_source(system, identity), CODE)
        if mark in same:
            mine[identity] = mark
        elif len(same) == 1 and many[keys[identity]] == 1:
            mine[identity] = same[0]
    return assigned(
        wanted, mine, lambda codes: set(Component.objects.filter(code__in=list(codes)).values_list("code", flat=True)),
        source=system, limit=CODE,
    )  # fmt: skip


def _same(name: str, version: str, purl: str) -> tuple[str, ...]:
    return (purl,) if purl else (name, version)


def _add(found: Found, place: int, item: dict[str, Any], service: bool, code: str, system: str) -> None:
    name = _name(item)
    if not name:
        found.refuse(
            COMPONENT,
            place,
            "name.empty",
            f"Part {place} has no name; give it one.",
            {"part": str(item)[:500]},
        )
        return
    kind = "service" if service else KINDS.get(str(item.get("type") or ""), "other")
    found.add(
        COMPONENT, place,
        {
            "code": code, "name": name, "system": system, "version": _text(item, "version", 80) or None,
            "package_url": str(item.get("purl") or "") or None,
        },
        # What kind of part it is, people may know better.
        {"kind": kind},
    )  # fmt: skip


def _depend(
    found: Found, document: dict[str, Any], parts: dict[str, tuple[int, dict[str, Any], bool]], codes: dict[str, str],
    system: str, root: str,
) -> None:  # fmt: skip
    whole, place = 0, 0
    for node in document.get("dependencies") or ():
        if not isinstance(node, dict):
            continue
        start = str(node.get("ref") or "")
        for end in map(str, node.get("dependsOn") or ()):
            place += 1
            if start == root and start not in parts:
                whole += 1
                continue
            missing = [name for name in (start, end) if name not in parts]
            if missing or start == end:
                why = (
                    _why(missing, parts) if missing else "a part cannot depend on itself; take the line out."
                )
                code = "end.unknown" if missing else "edge.self"
                found.refuse(
                    DEPENDENCY, place, code, f"“{start}” → “{end}”: {why}", {"from": start, "to": end}
                )
                continue
            found.add(
                DEPENDENCY, place,
                {"system": system, "component": codes[start], "provider": system, "provider_component": codes[end]},
                {"source": "discovered", "confidence": "high"},
            )  # fmt: skip
    if whole:
        found.notes.append(
            f"{whole:,} lines say that the system as a whole needs a part; being a part says that already."
        )
    if "dependencies" not in document:
        found.notes.append("The file has no section on dependencies, so what needs what is left as it was.")


def _why(missing: list[str], parts: dict[str, Any]) -> str:
    from rapidfuzz import process

    near = [f"“{name}”" for name, *_ in process.extract(missing[0], list(parts), limit=3, score_cutoff=60)]
    return f"there is no part “{missing[0]}”{'; the nearest are ' + ', '.join(near) if near else ''}. Export the file again."


def _name(item: dict[str, Any]) -> str:
    name = str(item.get("name") or "").strip()
    group = str(item.get("group") or "").strip()
    return shortened(f"{group}/{name}" if group and name else name, 200)


def _text(item: dict[str, Any], name: str, limit: int) -> str:
    return shortened(str(item.get(name) or ""), limit)


CONNECTOR = Connector(
    name="cyclonedx",
    title="Bill of materials (CycloneDX)",
    reads="A CycloneDX bill of materials: components and services become parts of one system, with what each depends on.",
    datasets=(COMPONENT, DEPENDENCY),
    recognise=recognise,
    read=read,
    options=(SYSTEM,),
)
