"""What a plan file holds: one frozen record per kind of thing, in the order in which the file writes them.

`yaml_format` reads and writes these from their declarations alone, so a field added here is at once part of the format.
A field without a default is required; a field that equals its default is not written. Metadata keys: `one_of` (closed
choice), `matches` (pattern and its words), `longest` (characters).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from stateworks.kernel.indicators.targets import Target

CODE = (r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", "letters, digits, dots, dashes and underscores, at most 40")
SLUG = (r"[a-z0-9][a-z0-9_-]{0,59}", "small letters, digits and dashes, at most 60")
MEASURE = (
    r"[a-z][a-z0-9_]*\.[a-z0-9_]+",
    "a module, a dot and a name, such as desk.first_contact_resolution",
)

COMMITMENTS = ("committed", "stretch", "learning")
PRIORITY_LEVELS = ("enterprise", "office", "pillar")
STAGES = ("draft", "consultation", "adopted", "published")


@dataclass(frozen=True)
class MilestoneContent:
    """A dated promise with evidence to come."""

    key: str = field(metadata={"matches": SLUG})
    name: str = field(metadata={"longest": 300})
    due: date | None = None
    weight: int = 1
    owner: str = field(default="", metadata={"longest": 200})
    after: str = field(default="", metadata={"matches": SLUG})


@dataclass(frozen=True)
class PilotContent:
    """An experiment whose success figure is fixed before it starts."""

    key: str = field(metadata={"matches": SLUG})
    hypothesis: str
    success: str
    starts: date
    ends: date
    population: str = ""


@dataclass(frozen=True)
class IndicatorContent:
    """An indicator of the plan, or a key result promised in an outcome paragraph."""

    code: str = field(metadata={"matches": CODE})
    name: str
    short_name: str = field(default="", metadata={"longest": 120})
    aliases: tuple[str, ...] = ()
    commitment: str = field(default="committed", metadata={"one_of": COMMITMENTS})
    goal: str = ""
    targets: tuple[Target, ...] = ()
    assumption: str = ""
    measure: str = field(default="", metadata={"matches": MEASURE, "longest": 120})
    dataset: tuple[str, ...] = ()
    calculation: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    unit: str = field(default="", metadata={"longest": 20})
    direction: str = field(default="up", metadata={"one_of": ("up", "down")})
    frequency: str = field(
        default="quarterly", metadata={"one_of": ("monthly", "quarterly", "half-yearly", "yearly")}
    )
    reporting_level: str = field(default="key", metadata={"one_of": ("key", "supporting", "general")})
    cumulative: bool = False
    owner: str = field(default="", metadata={"longest": 200})
    steward: str = field(default="", metadata={"longest": 200})
    approver: str = field(default="", metadata={"longest": 200})
    minimum_n: int = 0
    rationale: str = ""
    caveats: str = ""
    milestones: tuple[MilestoneContent, ...] = ()


@dataclass(frozen=True)
class ChildPlanContent:
    """A strategy, roadmap or agency plan that a node promises: a plan of its own, hung on that node."""

    title: str
    slug: str = field(default="", metadata={"matches": SLUG})
    stage: str = field(default="draft", metadata={"one_of": STAGES})
    due: date | None = None
    review_due: date | None = None


@dataclass(frozen=True)
class NodeContent:
    """A place in the plan's tree; the level is the office's own word for it."""

    code: str = field(metadata={"matches": CODE})
    level: str = field(
        metadata={"matches": (r"[a-z][a-z_]{1,29}", "one word in small letters, such as objective")}
    )
    title: str
    number: str = field(default="", metadata={"longest": 20})
    aliases: tuple[str, ...] = ()
    text: str = ""
    outcome: str = ""
    owner: str = field(default="", metadata={"longest": 200})
    teams: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    milestones: tuple[MilestoneContent, ...] = ()
    pilots: tuple[PilotContent, ...] = ()
    child_plans: tuple[ChildPlanContent, ...] = ()
    indicators: tuple[IndicatorContent, ...] = ()
    key_results: tuple[IndicatorContent, ...] = ()
    nodes: tuple[NodeContent, ...] = ()


@dataclass(frozen=True)
class ListedContent:
    """One line of a list beside the tree: a customer, an external factor, a goal of the whole plan."""

    code: str = field(metadata={"matches": CODE})
    title: str
    text: str = ""
    see_also: tuple[str, ...] = ()


@dataclass(frozen=True)
class PriorityContent:
    """What comes first in a year: for everyone, for the office or in one pillar; it points at nodes of the tree."""

    code: str = field(metadata={"matches": CODE})
    level: str = field(metadata={"one_of": PRIORITY_LEVELS})
    title: str
    text: str = ""
    number: str = ""
    year: str = field(default="", metadata={"matches": (r"FY\d\d", "a fiscal year such as FY27")})
    nodes: tuple[str, ...] = ()
    merges: tuple[str, ...] = ()


@dataclass(frozen=True)
class MaturityLevelContent:
    """A step of the maturity model, and the criteria that every growth opportunity must meet to stand on it."""

    order: int
    name: str
    text: str = ""
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpportunityContent:
    """An area the office wants to mature: from a level, to a level, by a date."""

    code: str = field(metadata={"matches": CODE})
    title: str
    from_level: str
    to_level: str
    by: date | None = None
    text: str = ""
    key_results: tuple[IndicatorContent, ...] = ()


@dataclass(frozen=True)
class MaturityContent:
    """The maturity model: its levels in order, what is assumed about them, and the growth opportunities."""

    levels: tuple[MaturityLevelContent, ...]
    assumption: str = ""
    opportunities: tuple[OpportunityContent, ...] = ()


@dataclass(frozen=True)
class TermContent:
    """A word of the plan and what it means there."""

    term: str
    text: str


@dataclass(frozen=True)
class TagContent:
    """A label that nodes carry: a lever, an enabler, a driver or a layer."""

    code: str = field(metadata={"matches": SLUG})
    kind: str
    title: str
    text: str = ""


@dataclass(frozen=True)
class CommentContent:
    """What somebody said in a plan's consultation, and the answer."""

    by: str
    on: date
    text: str
    answer: str = ""


@dataclass(frozen=True)
class ConsultationContent:
    """When a draft was open for comments, and the comments."""

    opens: date
    closes: date
    comments: tuple[CommentContent, ...] = ()


@dataclass(frozen=True)
class ParentContent:
    """Where a child plan hangs: another plan and one of its nodes."""

    plan: str = field(metadata={"matches": SLUG})
    node: str = field(metadata={"matches": CODE})


@dataclass(frozen=True)
class PlanContent:
    """A whole plan: header, lists beside the tree, and the tree."""

    slug: str = field(metadata={"matches": SLUG})
    title: str = field(metadata={"longest": 300})
    office: str = field(metadata={"longest": 200})
    starts: date
    ends: date
    fiscal_year_start_month: int = 7
    effective_on: date | None = None
    stage: str = field(default="adopted", metadata={"one_of": STAGES})
    review_due: date | None = None
    child_of: ParentContent | None = None
    source: str = ""
    slogan: str = ""
    mission: str = ""
    vision: str = ""
    values: tuple[str, ...] = ()
    duplication: str = ""
    assumptions: tuple[str, ...] = ()
    tags: tuple[TagContent, ...] = ()
    customers: tuple[ListedContent, ...] = ()
    external_factors: tuple[ListedContent, ...] = ()
    goals: tuple[ListedContent, ...] = ()
    priorities: tuple[PriorityContent, ...] = ()
    maturity: MaturityContent | None = None
    glossary: tuple[TermContent, ...] = ()
    consultation: ConsultationContent | None = None
    nodes: tuple[NodeContent, ...] = ()

    def every_node(self) -> Iterator[tuple[NodeContent, NodeContent | None]]:
        """Yield each node of the tree with its parent, a parent before its children, in the order of the file."""

        def walk(nodes: tuple[NodeContent, ...], parent: NodeContent | None) -> Iterator[Any]:
            for node in nodes:
                yield node, parent
                yield from walk(node.nodes, node)

        yield from walk(self.nodes, None)

    def every_indicator(self) -> Iterator[tuple[IndicatorContent, str, str]]:
        """Yield each indicator and key result with its kind and the code of the place it hangs on."""
        for node, _ in self.every_node():
            for indicator in node.indicators:
                yield indicator, "indicator", node.code
            for key_result in node.key_results:
                yield key_result, "key_result", node.code
        for opportunity in self.maturity.opportunities if self.maturity else ():
            for key_result in opportunity.key_results:
                yield key_result, "key_result", opportunity.code

    def every_milestone(self) -> Iterator[tuple[MilestoneContent, str]]:
        """Yield each milestone with the code of the node or indicator it belongs to."""
        for node, _ in self.every_node():
            for milestone in node.milestones:
                yield milestone, node.code
        for indicator, _, _ in self.every_indicator():
            for milestone in indicator.milestones:
                yield milestone, indicator.code
