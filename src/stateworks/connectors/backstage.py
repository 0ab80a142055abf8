"""Backstage catalogues (catalog-info.yaml): systems, components, resources and interfaces, and what needs what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stateworks.connectors.codes import assigned
from stateworks.connectors.directory import Directory
from stateworks.connectors.documents import yaml_documents
from stateworks.connectors.owners import AGENCY, FREE, Owners
from stateworks.connectors.systems import Told, shortened, tell
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Person
from stateworks.kernel.records.connected import Asked, Connector, Found, Glance
from stateworks.modules.inventory.models import Component, Interface

COMPONENT, DEPENDENCY, INTERFACE = "inventory.component", "inventory.dependency", "inventory.interface"
STAGES = {
    "experimental": "development",
    "development": "development",
    "production": "production",
    "deprecated": "phase_out",
}
PARTS = {"service": "service", "library": "library", "database": "database", "s3-bucket": "storage", "storage": "storage",
         "queue": "queue", "topic": "queue", "server": "server", "cluster": "server", "network": "network"}  # fmt: skip
PROTOCOLS = {"openapi": "REST", "asyncapi": "Messages", "graphql": "GraphQL", "grpc": "gRPC"}
READ = ("Component", "API", "Resource", "System")
PASSED = ("Location", "Group", "User", "Domain", "Template")


@dataclass(frozen=True)
class Entity:
    """One document of a catalogue: the line it begins in, its kind, its full reference, and what it says."""

    line: int
    kind: str
    ref: str
    name: str
    title: str
    spec: dict[str, Any]
    description: str


def recognise(glance: Glance) -> str | None:
    """Tell a catalogue by its version."""
    if re.search(r"^apiVersion:\s*[\"']?backstage\.io/", glance.text, re.MULTILINE):
        return "Its documents say apiVersion: backstage.io."
    return None


def read(path: Path, asked: Asked) -> Found:
    """Read the catalogue: a component or resource inside a system becomes its part, one without becomes a system."""
    found = Found()
    entities = _entities(path, asked, found)
    directory, owners = Directory("backstage"), Owners("backstage", asked.options, asked.at)
    told = [_told(one, owners) for one in entities.values() if _whole(one)]
    taken = tell(found, directory, owners, told)
    catalogue = _Catalogue(found, directory, entities, {ref: (code, "") for ref, code in taken.items()})
    catalogue.parts()
    catalogue.interfaces()
    catalogue.edges()
    return found


def _whole(one: Entity) -> bool:
    return one.kind == "System" or (one.kind in ("Component", "Resource") and not one.spec.get("system"))


def _entities(path: Path, asked: Asked, found: Found) -> dict[str, Entity]:
    entities: dict[str, Entity] = {}
    passed = 0
    for line, document in yaml_documents(path, asked.filename):
        if document is None:
            continue
        if (
            not isinstance(document, dict)
            or "kind" not in document
            or not isinstance(document.get("metadata"), dict)
        ):
            raise Refused(
                f"{asked.filename}, line {line}: the document has no kind and metadata; it is no Backstage catalogue."
            )
        kind, metadata = str(document["kind"]), document["metadata"]
        if kind not in READ:
            passed += 1
            continue
        name = str(metadata.get("name") or "")
        if not name:
            found.refuse(
                "inventory.system",
                line,
                "name.empty",
                f"Line {line}: {kind} has no metadata.name; give it one.",
                {"kind": kind},
            )
            continue
        spec = document["spec"] if isinstance(document.get("spec"), dict) else {}
        ref = _ref(name, kind, str(metadata.get("namespace") or "default"))
        one = Entity(
            line,
            kind,
            ref,
            name,
            str(metadata.get("title") or name),
            spec,
            str(metadata.get("description") or "").strip(),
        )
        if ref in entities:
            raise Refused(
                f"{asked.filename}: {kind} “{name}” stands twice, in lines {entities[ref].line} and {line}; keep one of them."
            )
        entities[ref] = one
    if not entities:
        raise Refused(f"{asked.filename} holds no {', '.join(READ)} of Backstage; there is nothing to load.")
    if passed:
        found.notes.append(f"{passed:,} documents of other kinds were passed over.")
    return entities


def _ref(text: str, kind: str, namespace: str = "default") -> str:
    """Return a full reference, kind:namespace/name in lower case, from a short one."""
    head, colon, tail = text.rpartition(":")
    kind = head if colon else kind
    of, slash, name = tail.rpartition("/")
    return f"{kind}:{of if slash else namespace}/{name}".lower()


def _told(one: Entity, owners: Owners) -> Told:
    owner = str(one.spec.get("owner") or "")
    name = owner.rpartition(":")[2].rpartition("/")[2]
    says: dict[str, str | None] = {
        "purpose": one.description or None, "lifecycle": STAGES.get(str(one.spec.get("lifecycle") or "").lower()),
        "owner": _person(name) if name and not owners.known(name) else None,
    }  # fmt: skip
    starts = {"kind": "infrastructure" if one.kind == "Resource" else None}
    return Told(
        one.line, one.ref, one.title, (name, str(one.spec.get("domain") or "")), says, starts, text=one.name,
        raw={"kind": one.kind, "name": one.name, "owner": owner},
    )  # fmt: skip


def _person(name: str) -> str | None:
    """Return the code of the person an owner means: by code, or by e-mail."""
    return Person.objects.filter(code=name.lower()).values_list("code", flat=True).first() or (
        Person.objects.filter(email__iexact=name).values_list("code", flat=True).first()
        if "@" in name
        else None
    )


@dataclass
class _Catalogue:
    """The entities of a catalogue on their way into rows; `homes` says which system, and which part of it, each one is."""

    found: Found
    directory: Directory
    entities: dict[str, Entity]
    homes: dict[str, tuple[str, str]]

    def system_of(self, one: Entity) -> str:
        """Return the code of the system an entity says it is part of; empty if there is none such."""
        name = str(one.spec.get("system") or "")
        ref = _ref(name, "system")
        if ref in self.homes:
            return self.homes[ref][0]
        return self.directory.own(ref) or self.directory.find(name.rpartition("/")[2])

    def parts(self) -> None:
        """Add components and resources that are part of a system."""
        inside = [
            one
            for one in self.entities.values()
            if one.kind in ("Component", "Resource") and one.spec.get("system")
        ]
        wanted, homes = {}, {}
        for one in inside:
            home = self.system_of(one)
            if not home:
                self._refuse(
                    COMPONENT,
                    one,
                    "system.unknown",
                    self.directory.why_not(str(one.spec["system"]).rpartition("/")[2]),
                )
                continue
            homes[one.ref] = home
            wanted[one.ref] = f"{home} {one.name}"
        known = self._known(COMPONENT, wanted, {one.ref: one.title for one in inside}, homes)
        for ref, code in known.items():
            one = self.entities[ref]
            says = {"code": code, "name": shortened(one.title, 200), "system": homes[ref]}
            kind = PARTS.get(
                str(one.spec.get("type") or "").lower(), "service" if one.kind == "Component" else "other"
            )
            self.found.add(COMPONENT, one.line, says, {"kind": kind})
            self.homes[ref] = (homes[ref], code)

    def _known(
        self, dataset: str, wanted: dict[str, str], names: dict[str, str], homes: dict[str, str]
    ) -> dict[str, str]:
        """Return codes for parts or interfaces: those of the same name in the same system, or new ones."""
        model: Any = Component if dataset == COMPONENT else Interface
        there = {
            (system, name): code
            for code, name, system in model.objects.filter(system__code__in=set(homes.values()))
            .order_by("-pk").values_list("code", "name", "system__code")
        }  # fmt: skip
        mine = {
            ref: there[key] for ref in wanted if (key := (homes[ref], shortened(names[ref], 200))) in there
        }
        shared = {code for code in mine.values() if list(mine.values()).count(code) > 1}
        mine = {ref: code for ref, code in mine.items() if code not in shared}
        return assigned(
            wanted, mine, lambda codes: set(model.objects.filter(code__in=list(codes)).values_list("code", flat=True)),
            source="backstage", limit=120 if dataset == COMPONENT else 80,
        )  # fmt: skip

    def interfaces(self) -> None:
        """Add what is offered to others, as an interface of the system that provides it."""
        wanted, homes = {}, {}
        apis = {ref: one for ref, one in self.entities.items() if one.kind == "API"}
        for one in self.entities.values():
            for api in self._refs(one, "providesApis", "api"):
                if one.ref in self.homes:
                    self.homes.setdefault(api, self.homes[one.ref])
        for ref, one in apis.items():
            home = self.homes.get(ref, (self.system_of(one) if one.spec.get("system") else "", ""))[0]
            if not home:
                why = "nothing in the file provides it, and it names no system that is known; name the system in its spec."
                self._refuse(INTERFACE, one, "system.unknown", why)
                continue
            self.homes.setdefault(ref, (home, ""))
            homes[ref], wanted[ref] = home, f"{home} {one.name}"
        for ref, code in self._known(
            INTERFACE, wanted, {ref: one.title for ref, one in apis.items()}, homes
        ).items():
            one = apis[ref]
            protocol = str(one.spec.get("type") or "")
            self.found.add(
                INTERFACE, one.line,
                {"code": code, "name": shortened(one.title, 200), "system": homes[ref],
                 "protocol": PROTOCOLS.get(protocol.lower(), protocol[:60]) or None},
            )  # fmt: skip

    def edges(self) -> None:
        """Add what each entity depends on: other entities, and the providers of the interfaces it uses."""
        for one in self.entities.values():
            for name, kind in (("dependsOn", one.kind.lower()), ("consumesApis", "api")):
                for ref in self._refs(one, name, kind):
                    self._edge(one, ref, name)

    def _refs(self, one: Entity, name: str, kind: str) -> Iterable[str]:
        listed = one.spec.get(name) or []
        for text in listed if isinstance(listed, list) else [listed]:
            yield _ref(str(text), kind)

    def _edge(self, one: Entity, ref: str, name: str) -> None:
        start = self.homes.get(one.ref)
        text = ref.rpartition("/")[2]
        other = self.directory.own(ref) or self.directory.find(text)
        end = self.homes.get(ref) or ((other, "") if other else None)
        if start is None or end is None:
            why = "it was refused itself; see its row." if start is None else self.directory.why_not(text)
            self._refuse(DEPENDENCY, one, "end.unknown", f"{name} “{ref}”: {why}")
        elif start == end:
            self._refuse(DEPENDENCY, one, "edge.self", f"{name} “{ref}” is itself; take the line out.")
        elif start[0] == end[0] and not (start[1] and end[1]):
            self.found.notes.append(
                f"{one.kind} {one.name} and “{ref}” are one system and a part of it: no dependency was made."
            )
        else:
            self.found.add(
                DEPENDENCY, one.line,
                {"system": start[0], "component": start[1], "provider": end[0], "provider_component": end[1]},
                {"source": "imported"},
            )  # fmt: skip

    def _refuse(self, dataset: str, one: Entity, code: str, why: str) -> None:
        raw = {"kind": one.kind, "name": one.name}
        self.found.refuse(dataset, one.line, code, f"Line {one.line}: {one.kind} “{one.name}”: {why}", raw)


CONNECTOR = Connector(
    name="backstage",
    title="Backstage catalogue (catalog-info.yaml)",
    reads="A Backstage catalogue: systems with their components, resources and interfaces, and what depends on what.",
    datasets=("inventory.system", "inventory.alias", COMPONENT, INTERFACE, DEPENDENCY),
    recognise=recognise,
    read=read,
    options=(AGENCY,),
    free=(FREE,),
)
