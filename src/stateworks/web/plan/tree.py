"""A plan's tree with its indicators, and the lists beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stateworks.kernel.indicators.models import Run, Verdict
from stateworks.kernel.plans.models import Indicator, Node, Plan, PlanVersion
from stateworks.web.goal_words import goal_words
from stateworks.web.scorecard.published import published_verdicts, signatures
from stateworks.web.verdict_words import BY_KEY, Bucket, bucket_of


@dataclass(frozen=True)
class Leaf:
    """An indicator or key result hung on a node."""

    code: str
    name: str
    kind: str
    commitment: str
    goal: str
    bucket: Bucket
    outlook: str = ""


@dataclass
class Branch:
    """A node with what hangs below it."""

    node: Node
    leaves: list[Leaf] = field(default_factory=list)
    children: list[Branch] = field(default_factory=list)

    @property
    def depth(self) -> int:
        """How many levels there are below and with it."""
        return 1 + max((child.depth for child in self.children), default=0)

    def every_leaf(self) -> list[Leaf]:
        """All leaves at and below the node."""
        return [*self.leaves, *(leaf for child in self.children for leaf in child.every_leaf())]


def verdicts_shown(plan: Plan, *, published_only: bool) -> tuple[Run | None, dict[str, Verdict]]:
    """The latest run and what may be shown of it, by indicator."""
    run = Run.objects.filter(plan=plan.slug, finished_at__isnull=False).order_by("-as_of", "-id").first()
    if run is None:
        return None, {}
    if published_only:
        return run, published_verdicts(signatures(plan.slug, run.as_of, approved_only=True))
    return run, {row.indicator: row for row in Verdict.objects.filter(run=run)}


def leaf_of(indicator: Indicator, verdict: Verdict | None, *, published_only: bool) -> Leaf:
    """An indicator as a line of the tree."""
    bucket = BY_KEY["not_published"] if published_only and verdict is None else bucket_of(verdict)
    name = indicator.short_name or indicator.name
    return Leaf(
        indicator.code, name[:1].upper() + name[1:], indicator.get_kind_display(), indicator.commitment,
        goal_words(indicator.targets) or indicator.goal, bucket,
    )  # fmt: skip


def tree_of(version: PlanVersion, verdicts: Mapping[str, Verdict], *, published_only: bool) -> list[Branch]:
    """The whole tree of a version; two queries."""
    branches = {node.pk: Branch(node) for node in Node.objects.filter(version=version)}
    roots: list[Branch] = []
    for branch in branches.values():
        parent = branches.get(branch.node.parent_id) if branch.node.parent_id else None
        (parent.children if parent else roots).append(branch)
    for indicator in Indicator.objects.filter(version=version):
        branches[indicator.node_id].leaves.append(
            leaf_of(indicator, verdicts.get(indicator.code), published_only=published_only)
        )
    return roots


#: Levels that stand beside the tree, and the heading of each list.
BESIDE = {
    "goal": "Goals of the whole plan",
    "customer": "Principal customers",
    "external_factor": "External factors",
    "growth_opportunity": "Growth opportunities",
}


def parted(roots: list[Branch]) -> tuple[list[Branch], list[tuple[str, list[Branch]]]]:
    """The tree itself, and the lists beside it under their headings."""
    tree = [root for root in roots if root.node.level not in BESIDE or root.children]
    beside = [
        (heading, [root for root in roots if root.node.level == level and not root.children])
        for level, heading in BESIDE.items()
    ]
    return tree, [(heading, branches) for heading, branches in beside if branches]
