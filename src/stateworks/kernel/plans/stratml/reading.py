"""Reads StratML, Part 1 or Part 2, into a plan: leniently, with every text placed or listed with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.content import ListedContent, NodeContent, PlanContent
from stateworks.kernel.plans.document import PlanDocument, PlanImportError, Result
from stateworks.kernel.plans.draft import slug_of
from stateworks.kernel.plans.outline import Outline
from stateworks.kernel.plans.stratml import labels
from stateworks.kernel.plans.stratml.elements import Element, parse
from stateworks.kernel.plans.stratml.indicators import IndicatorReader
from stateworks.kernel.plans.stratml.periods import day
from stateworks.kernel.plans.stratml.writing import ABOUT, CUSTOMER, FOREIGN, OTHER, OWNER

ROOTS = ("StrategicPlan", "PerformancePlanOrReport")
YEARS = 5
"""How long a plan is taken to run whose file names its first day and no last one."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_LEVEL = re.compile(r"[a-z][a-z_]{1,29}")
_SLUG = re.compile(r"_([a-z0-9][a-z0-9_-]{0,59})")
_UUID = re.compile(r"_?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class StratmlPlan:
    """What a StratML file holds: the plan, and the document that shows how it was read."""

    content: PlanContent
    document: PlanDocument


def read_stratml(
    data: bytes,
    filename: str,
    *,
    slug: str = "",
    starts: date | None = None,
    ends: date | None = None,
    fiscal_year_start_month: int | None = None,
) -> StratmlPlan:
    """Read a file; what it leaves open (its days, its short name) may be given."""
    root = parse(data, filename)
    if root.name not in ROOTS:
        raise PlanImportError(
            f"{filename} is XML, but no StratML: it begins with <{root.name}>, not with <{ROOTS[0]}> or <{ROOTS[1]}>. Save the "
            "plan as Word, PDF or text and import that."
        )
    reading = _Reading(root, filename)
    return reading.plan(slug, starts, ends, fiscal_year_start_month)


@dataclass
class _Period:
    starts: date
    ends: date
    fiscal_year_start_month: int
    assumption: str = ""


@dataclass
class _Reading:
    root: Element
    filename: str
    out: Outline = field(default_factory=Outline)
    codes: set[str] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)
    results: list[Result] = field(default_factory=list)
    slug: str = ""
    goals: int = 0
    prose: list[NodeContent] = field(default_factory=list)

    def plan(
        self, slug: str, starts: date | None, ends: date | None, fiscal_year_start_month: int | None
    ) -> StratmlPlan:
        core = self.root.first("StrategicPlanCore") or Element("StrategicPlanCore")
        said, other = labels.split(self.root.said("OtherInformation"))
        months = said.get(labels.FISCAL_YEAR, "")
        given_month = fiscal_year_start_month or (
            int(months) if months.isdigit() and 1 <= int(months) <= 12 else None
        )
        period = self._period(starts, ends, given_month)
        title = self.root.said("Name") or self.filename.rpartition(".")[0] or "Plan"
        organization = core.first("Organization") or Element("Organization")
        office = organization.said("Name") or "Unnamed office"
        own = _SLUG.fullmatch(organization.said("Identifier"))
        known = own[1] if own and not _UUID.fullmatch(own[0]) else ""
        short = organization.said("Acronym")
        self.slug = slug or known or slug_of(short or office or title, period.starts)
        header = self._header(core, organization, title, office, period, said, other)
        reader = IndicatorReader(
            self.out,
            self.codes,
            self.aliases,
            self.slug,
            period.starts,
            period.ends,
            period.fiscal_year_start_month,
        )
        numbered = _are_numbered(core.all("Goal"))
        goals = [self._goal(element, reader, numbered) for element in core.all("Goal")]
        self._admin()
        if not goals:
            raise PlanImportError(
                f"{self.filename} names no goal, and a plan is made of goals. Complete it, and import it again."
            )
        content = PlanContent(
            slug=self.slug, title=title[:300], office=office[:200], starts=period.starts, ends=period.ends,
            fiscal_year_start_month=period.fiscal_year_start_month, stage="draft",
            source=self.root_source(), slogan=said.get(labels.SLOGAN, ""), duplication=said.get(labels.DUPLICATION, ""),
            assumptions=(period.assumption,) if period.assumption else (),
            goals=tuple(one for one in goals if isinstance(one, ListedContent)),
            nodes=(*self.prose, *_nested([one for one in goals if not isinstance(one, ListedContent)])),
            **header,
        )  # fmt: skip
        self.results = reader.results
        return StratmlPlan(content, self.out.document(content, self.results))

    # The plan as a whole

    def _period(self, starts: date | None, ends: date | None, month: int | None) -> _Period:
        admin = self.root.first("AdministrativeInformation") or Element("AdministrativeInformation")
        begins = starts or day(admin.said("StartDate"))
        last = ends or day(admin.said("EndDate"))
        assumption = ""
        if begins is None and last is not None:
            begins = date(last.year, 1, 1)
            assumption = f"The file names no first day; {begins} is assumed."
        if begins is None:
            published = day(admin.said("PublicationDate"))
            begins = date(published.year, 1, 1) if published else None
            assumption = f"The file names no first day; {begins} is assumed, from its day of publication."
        if begins is None:
            raise Refused(
                "The document names no period; give the plan's first and last day (--starts, --ends)."
            )
        if last is None or last < begins:
            due = [
                day(target.said("EndDate")) for target in self.root.every() if target.name == "TargetResult"
            ]
            latest = max((one for one in due if one and one > begins), default=None)
            last = latest or begins.replace(year=begins.year + YEARS, day=min(begins.day, 28)) - timedelta(
                days=1
            )
            why = "the last target" if latest else f"{YEARS} years from the first"
            assumption = f"{assumption} The file names no last day; {last} is assumed: {why}.".strip()
        return _Period(begins, last, month or (begins.month if begins.day == 1 else 7), assumption)

    def root_source(self) -> str:
        """Return the address that the file names as its source."""
        admin = self.root.first("AdministrativeInformation") or Element("")
        return admin.said("Source")

    def _header(
        self,
        core: Element,
        organization: Element,
        title: str,
        office: str,
        period: _Period,
        said: dict[str, str],
        other: str,
    ) -> dict[str, Any]:
        out = self.out
        out.head(f"Title: {title}")
        about = self.root.said("Description")
        for name, text in ((ABOUT, about), (OTHER, other)):
            if text:
                code = self._own_code(name.lower().replace(" ", "-"))
                out.say(f"{name}: {text}", code)
                self.prose.append(NodeContent(code, "section", name, text=text))
        for name, text in said.items():
            out.head(f"{name}: {text}")
        out.head(f"Office: {office}")
        for name in ("Acronym", "Description"):
            if organization.said(name):
                out.leave(
                    f"{name} of the office: {organization.said(name)}", "a plan keeps the office's name alone"
                )
        for further in core.all("Organization")[1:]:
            out.leave(
                f"Organization: {further.said('Name')}", "a plan has one office, the first that is named"
            )
        out.head(f"Period: {period.starts} to {period.ends}")
        header: dict[str, Any] = {"customers": self._customers(core)}
        for level, element in (("vision", core.first("Vision")), ("mission", core.first("Mission"))):
            text = element.said("Description") if element is not None else ""
            header[level] = text
            if text:
                out.put(level, "", text)
        values = []
        for value in core.all("Value"):
            name, text = value.said("Name"), value.said("Description")
            if name or text:
                out.put("value", name, text)
                values.append(f"{name}: {text}" if name and text else name or text)
        header["values"] = tuple(values)
        return header

    def _customers(self, core: Element) -> tuple[ListedContent, ...]:
        """Return whom the plan serves: stakeholders of the office, unless they only do its work."""
        found: list[ListedContent] = []
        for organization in core.all("Organization"):
            for stakeholder in organization.all("Stakeholder"):
                name, text = stakeholder.said("Name"), stakeholder.said("Description")
                if not name:
                    continue
                kinds = {kind.text for role in stakeholder.all("Role") for kind in role.all("RoleType")}
                if kinds and "Beneficiary" not in kinds:
                    self.out.leave(
                        f"Stakeholder of the office: {name}", "who does the work; a plan lists whom it serves"
                    )
                else:
                    code = self._own_code(f"customer-{len(found) + 1}")
                    self.out.say(f"Customer: {f'{name}: {text}' if text else name}", code)
                    found.append(ListedContent(code, name, text))
                self._roles(stakeholder, {CUSTOMER})
        return tuple(found)

    def _roles(self, stakeholder: Element, ours: set[str]) -> None:
        for role in stakeholder.all("Role"):
            name, text = role.said("Name"), role.said("Description")
            if (name or text) and name not in ours:
                self.out.leave(
                    f"Role of {stakeholder.said('Name')}: {f'{name}: {text}' if name and text else name or text}",
                    "a stakeholder's role; a plan keeps the stakeholder's name",
                )

    def _admin(self) -> None:
        for holder in self.root.all("AdministrativeInformation", "Submitter"):
            for element in holder.every():
                if element.text and element.name != "Identifier":
                    self.out.head(f"{element.name}: {element.text}")

    # The tree

    def _goal(
        self, element: Element, reader: IndicatorReader, numbered: bool
    ) -> ListedContent | tuple[NodeContent, str]:
        """Return a goal with the code of what it is part of, or one of the list beside the tree."""
        said, other = labels.split(element.said("OtherInformation"))
        self.goals += 1
        code = self._code(element, "", self.goals, numbered=numbered)
        if said.get(labels.LEVEL) == "goal":
            self.out.say(f"Goal: {element.said('Name')}: {element.said('Description')}", code)
            return ListedContent(code, element.said("Name") or code, element.said("Description"))
        goal = self._node(element, code, "goal", said, other)
        below: list[tuple[NodeContent, str]] = []
        all_numbered = _are_numbered(element.all("Objective"))
        for position, objective in enumerate(element.all("Objective"), start=1):
            if objective.said("SequenceIndicator") == code and objective.all("PerformanceIndicator"):
                # Our own way of saying that a goal itself is measured.
                goal = self._measured(goal, objective, reader)
                continue
            told, rest = labels.split(objective.said("OtherInformation"))
            own = self._code(objective, code, position, numbered=all_numbered)
            node = self._measured(self._node(objective, own, "objective", told, rest), objective, reader)
            below.append((node, told.get(labels.PART_OF, "")))
        return replace(goal, nodes=(*goal.nodes, *_nested(below))), said.get(labels.PART_OF, "")

    def _measured(self, node: NodeContent, element: Element, reader: IndicatorReader) -> NodeContent:
        indicators, key_results = reader.read(element.all("PerformanceIndicator"), node.code)
        return replace(
            node, indicators=node.indicators + indicators, key_results=node.key_results + key_results
        )

    def _node(self, element: Element, code: str, level: str, said: dict[str, str], other: str) -> NodeContent:
        out = self.out
        level = said.get(labels.LEVEL, level)
        level = level if _LEVEL.fullmatch(level) else "objective"
        title = element.said("Name") or element.said("Description")[:120] or f"{level.capitalize()} {code}"
        text = element.said("Description")
        out.say(f"{level.replace('_', ' ').capitalize()} {code}: {title}", code)
        for name, words in (("Description", text), ("Outcome", said.get(labels.OUTCOME, ""))):
            if words:
                out.say(f"{name}: {words}", code)
        owner, teams = self._people(element, code)
        sections: tuple[NodeContent, ...] = ()
        if other:
            own = self._own_code(f"{code}.other")
            out.say(f"{OTHER}: {other}", own)
            sections = (NodeContent(own, "section", OTHER, text=other),)
        number = re.search(r"(\d{1,20})$", code)
        identifier = element.said("Identifier")
        return NodeContent(
            code, level, title, number=number[1] if number else "", aliases=self._alias(identifier, code), text=text,
            outcome=said.get(labels.OUTCOME, ""), owner=owner, teams=teams, nodes=sections,
        )  # fmt: skip

    def _people(self, element: Element, code: str) -> tuple[str, tuple[str, ...]]:
        owner, teams = "", []
        for stakeholder in element.all("Stakeholder"):
            name, text = stakeholder.said("Name"), stakeholder.said("Description")
            if not name:
                continue
            roles = {role.said("Name") for role in stakeholder.all("Role")}
            if not owner and (OWNER in roles or text == OWNER) and len(name) <= 200:
                owner = name
                self.out.say(f"Owner: {name}", code)
            else:
                teams.append(name)
                self.out.say(f"Stakeholder: {name}", code)
                if text:
                    self.out.leave(
                        f"About {name}: {text}", "description of a stakeholder; a plan keeps the name"
                    )
            self._roles(stakeholder, {OWNER, "Contributing team"})
        return owner, tuple(teams)

    def _code(self, element: Element, above: str, position: int, *, numbered: bool = True) -> str:
        """Return the code of a goal or objective: its own sequence number where all beside it have one, else its place."""
        given = element.said("SequenceIndicator")
        ours = element.said("Identifier") == f"_{self.slug}_{given}"
        if not _CODE.fullmatch(given) or not (ours or numbered):
            given = ""
        if above and given and not ours and not given.startswith(f"{above}."):
            given = f"{above}.{given}"
        return self._own_code(given or (f"{above}.{position}" if above else str(position)))

    def _own_code(self, wanted: str) -> str:
        """Return a code that nothing else has."""
        code, number = (wanted if _CODE.fullmatch(wanted) else wanted[:40]), 1
        while code in self.codes:
            number += 1
            code = f"{wanted[:36]}-{number}"
        self.codes.add(code)
        return code

    def _alias(self, identifier: str, code: str) -> tuple[str, ...]:
        """Keep the identifier that a node came with, so that it goes out with the same one."""
        if (
            identifier == f"_{self.slug}_{code}"
            or not FOREIGN.fullmatch(identifier)
            or identifier in self.aliases
        ):
            return ()
        self.aliases.add(identifier)
        return (identifier,)


def _are_numbered(elements: list[Element]) -> bool:
    """Return true where each element has a sequence number of its own."""
    given = [element.said("SequenceIndicator") for element in elements]
    return all(_CODE.fullmatch(one) for one in given) and len(set(given)) == len(given)


def _nested(found: list[tuple[NodeContent, str]]) -> tuple[NodeContent, ...]:
    """Hang each objective on the one it says it is part of; one that names no other stays where it is."""
    below: dict[str, list[NodeContent]] = {}
    known = {node.code for node, _ in found}
    for node, above in found:
        below.setdefault(above if above in known and above != node.code else "", []).append(node)

    def grown(node: NodeContent, depth: int) -> NodeContent:
        children = below.pop(node.code, []) if depth < 30 else []
        return replace(node, nodes=(*node.nodes, *(grown(child, depth + 1) for child in children)))

    top = [grown(node, 0) for node in below.pop("", [])]
    # Nodes that are part of each other in a circle have no top; they stay below the goal.
    return (*top, *(node for nodes in below.values() for node in nodes))
