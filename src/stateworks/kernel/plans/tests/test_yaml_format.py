"""The plan file: exact round trips, and faults that name their place."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stateworks.kernel.errors import Refused
from stateworks.kernel.indicators.targets import Change, Target, Within
from stateworks.kernel.plans import content as content_module
from stateworks.kernel.plans.content import (
    IndicatorContent,
    NodeContent,
    PlanContent,
    TermContent,
)
from stateworks.kernel.plans.tests.samples import SAMPLE
from stateworks.kernel.plans.yaml_format import document_of, read_document, read_plan, write_plan

# -- round trips

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=[*map(chr, range(32)), "\x7f"])
    | st.sampled_from("\n\t\r"),
    max_size=60,
)
PLAIN = st.sampled_from(
    ["1.2", "yes", "null", "2026-07-01", "~", "", "- a", "a: b", "# x", " lead", "trail ", "é – “q”"]
)
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
NUMBERS = st.integers(-(10**9), 10**9) | st.decimals(-1000, 1000, allow_nan=False, places=2)
TARGETS = st.builds(
    Target,
    level=st.sampled_from(["committed", "stretch", "learning"]),
    comparator=st.sampled_from([">=", "<=", ">", "<", "="]),
    value=NUMBERS,
    unit=st.none() | st.sampled_from(["percent", "business day"]),
    per=st.none() | st.sampled_from(["month", "quarter", "year"]),
    by=st.none() | DAYS,
    of=st.none() | st.sampled_from(["CI", "no", "1"]),
    within=st.none() | st.builds(Within, st.integers(1, 9), st.just("month"), st.none() | st.just("launch")),
    change=st.none()
    | st.builds(Change, st.sampled_from(["up", "down"]), st.none() | st.booleans(), st.none() | NUMBERS),
    baseline=st.none() | st.just("no target yet"),
)
FREE = st.dictionaries(
    st.sampled_from(["kind", "role", "1"]),
    st.none()
    | st.booleans()
    | st.integers(-99, 99)
    | st.sampled_from(["a", "yes", "2026-07-01", "1.5"])
    | st.floats(-9, 9),
    max_size=2,
)


def _strategy(kind: type, **fixed: Any) -> st.SearchStrategy[Any]:
    """Draw any record that the declarations allow; what must hold across the plan is fixed by the caller."""
    hints = get_type_hints(kind)
    drawn: dict[str, Any] = {}
    for each in fields(kind):
        if each.name in fixed:
            drawn[each.name] = fixed[each.name]
            continue
        choices = each.metadata.get("one_of")
        hint = hints[each.name]
        optional = each.default is not MISSING or each.default_factory is not MISSING
        if choices:
            drawn[each.name] = st.sampled_from(choices)
        elif "matches" in each.metadata:
            drawn[each.name] = st.just("") if optional else st.uuids().map(lambda value: f"k{value.hex}")
        elif "longest" in each.metadata:
            drawn[each.name] = st.text(max_size=20).map(str.strip).filter(str.isprintable) | PLAIN
        elif hint is str:
            drawn[each.name] = TEXTS | PLAIN
        elif hint is int:
            drawn[each.name] = st.integers(0, 500)
        elif hint is bool:
            drawn[each.name] = st.booleans()
        elif date in (hint, *get_args(hint)):
            drawn[each.name] = DAYS if hint is date else st.none() | DAYS
        elif hint == tuple[Target, ...]:
            drawn[each.name] = st.lists(TARGETS, max_size=2).map(tuple)
        elif hint == tuple[str, ...]:
            drawn[each.name] = st.lists(TEXTS | PLAIN, max_size=2).map(tuple)
        elif get_origin(hint) is tuple:
            drawn[each.name] = st.lists(_inner(get_args(hint)[0]), max_size=2).map(tuple)
        else:
            drawn[each.name] = FREE
    return st.builds(kind, **drawn)


NONE: dict[str, Any] = {"aliases": st.just(()), "tags": st.just(()), "see_also": st.just(())}


@cache
def _inner(kind: type) -> st.SearchStrategy[Any]:
    if kind is NodeContent:
        leaves = _strategy(
            NodeContent, level=st.sampled_from(["goal", "no"]), nodes=st.just(()), pilots=st.just(()), **NONE,
        )  # fmt: skip
        return st.recursive(
            leaves,
            lambda below: _strategy(
                NodeContent,
                level=st.just("pillar"),
                nodes=st.lists(below, max_size=2).map(tuple),
                pilots=st.just(()),
                indicators=st.just(()),
                key_results=st.just(()),
                **NONE,
            ),
            max_leaves=3,
        )
    if kind.__name__ == "MilestoneContent":
        return _strategy(kind, weight=st.integers(1, 5))
    if kind is IndicatorContent:
        return _strategy(kind, aliases=st.just(()))
    return _strategy(
        kind, **{name: value for name, value in NONE.items() if name in {f.name for f in fields(kind)}}
    )


def _plans() -> st.SearchStrategy[PlanContent]:
    empty = st.just(())
    return _strategy(
        PlanContent, starts=st.just(date(2026, 7, 1)), ends=st.just(date(2031, 6, 30)),
        fiscal_year_start_month=st.integers(1, 12), child_of=st.none(), maturity=st.none(), consultation=st.none(),
        priorities=empty, tags=empty,
    )  # fmt: skip


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(_plans())
def test_any_plan_survives_the_round_trip_exactly(content: PlanContent) -> None:
    text = write_plan(content)
    assert read_plan(text) == content
    assert write_plan(read_plan(text)) == text
    assert read_plan(text.encode()) == content
    assert read_document(document_of(content)) == content


def test_the_sample_round_trip() -> None:
    content = read_plan(SAMPLE)
    assert read_plan(write_plan(content)) == content
    assert content.maturity is not None
    assert content.maturity.opportunities[0].key_results[0].targets[0].by == date(2028, 6, 30)
    indicator = content.nodes[0].nodes[0].indicators[0]
    assert indicator.targets == (Target(comparator=">=", value=75, unit="percent"),)


def test_writing_is_the_same_every_time_and_readable() -> None:
    content = PlanContent(
        "p", "1.5", "yes", date(2026, 7, 1), date(2027, 6, 30),
        nodes=(
            NodeContent(
                "1.10", "goal", "Two\nlines",
                indicators=(
                    IndicatorContent("1.1.1", "x", targets=(Target("committed", ">=", Decimal("99.96"), "percent"),)),
                ),
            ),
        ),
        glossary=(TermContent("no", "~"),),
    )  # fmt: skip
    text = write_plan(content)
    assert text == (
        "# A plan in the Stateworks format; docs/reference/plan-format.md explains every word.\n"
        "slug: p\n"
        "title: '1.5'\n"
        "office: 'yes'\n"
        "starts: 2026-07-01\n"
        "ends: 2027-06-30\n"
        "glossary:\n"
        "  - term: 'no'\n"
        "    text: '~'\n"
        "nodes:\n"
        "  - code: '1.10'\n"
        "    level: goal\n"
        "    title: |-\n"
        "      Two\n"
        "      lines\n"
        "    indicators:\n"
        "      - code: 1.1.1\n"
        "        name: x\n"
        "        targets:\n"
        "          - {comparator: '>=', value: 99.96, unit: percent}\n"
    )
    assert read_plan(text) == content


def test_a_code_needs_no_quotes() -> None:
    assert read_plan(SAMPLE.replace("code: '1.1'", "code: 1.1")).nodes[0].nodes[0].code == "1.1"


# -- faults


def _faults(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        read_plan(text)
    return list(refused.value.details or (refused.value.sentence,))


def test_every_fault_names_its_place_and_they_come_together() -> None:
    text = SAMPLE.replace("unit: percent}", "unit: percent, colour: red}").replace(
        "due: 2026-09-30", "due: 30.9.2026"
    )
    text = text.replace("kind: lever", "sort: lever").replace("level: objective", "level: Objective 1")
    faults = _faults(text)
    assert faults[:2] == [
        "tags[lead].sort (line 7): “sort” is not part of the format; use one of code, kind, title, text.",
        "tags[lead] (line 7): “kind” is missing; add it.",
    ]
    assert faults[2].startswith("nodes[1].nodes[1.1].level (line 44): “Objective 1” does not fit")
    assert faults[3].startswith(
        "nodes[1].nodes[1.1].indicators[1.1.1].targets[1] (line 53): the target cannot be read: "
        "A target has no field 'colour'"
    )
    assert faults[4] == (
        "nodes[1].nodes[1.1].indicators[1.1.3].milestones[portal-chosen].due (line 76): “30.9.2026” is not a date; "
        "write it as 2026-07-01."
    )
    assert len(faults) == 5


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("code: 1.1.2\n", "code: 1.1.1\n", "(line 57): the code 1.1.1 is used twice"),
        ("aliases: [SV1]", "aliases: ['1']", "the alias 1 of 1.1 already names something else"),
        ("nodes: ['1.1'], merges", "nodes: ['9.9'], merges", "nodes names 9.9, which is nowhere in the plan"),
        ("merges: [p1]", "merges: [p2]", "merges names p2"),
        ("tags: [lead]", "tags: [follow]", "tags names follow"),
        ("see_also: ['1.1']", "see_also: ['7']", "see_also names 7"),
        ("key: portal-launched", "key: portal-chosen", "the milestone key portal-chosen is used twice"),
        ("after: portal-chosen", "after: portal-lost", "after names portal-lost, which is no milestone"),
        ("after: portal-chosen", "after: portal-launched", "comes after itself"),
        ("weight: 3", "weight: 0", "the weight is 0; write 1 or more"),
        ("weight: 3", "weight: heavy", "a whole number is expected here, not “heavy”"),
        ("order: 3", "order: 4", "the level Scaling has order 4, and 3 is next"),
        ("to_level: Scaling", "to_level: Soaring", "to_level is Soaring, which is no level"),
        ("ends: 2028-06-30\ntags", "ends: 2025-06-30\ntags", "before it starts on 2026-07-01"),
        ("ends: 2026-10-31", "ends: 2026-07-31", "the pilot ends on 2026-07-31, before it starts"),
        ("level: office", "level: top", "“top” is not known here; use one of enterprise, office, pillar"),
        ("cumulative: true", "cumulative: often", "true or false is expected here, not “often”"),
        ("slug: riverton", "slug: River Town", "“River Town” does not fit; write small letters"),
        ("measure: plan.milestone", "measure: milestone", "“milestone” does not fit; write a module, a dot"),
        ("value: 75", "value: lots", "value must be a number or null, not 'lots'"),
        ("comparator: '>=', value: 75", "comparator: about, value: 75", "comparator must be one of"),
        ("by: 2026-12-31", "by: 2026-13-31", "the target cannot be read"),
        ("unit: session\n", f"unit: {'s' * 21}\n", "the text has 21 characters, and 20 is the most"),
        ("title: Service", "title: [a]", "text is expected here, not a list"),
        ("glossary:\n  - ", "glossary:\n  ", "a list is expected here"),
        ("title: Service", 'title: "bell \\a"', "the control character '\\x07' is not allowed"),
    ],
)  # fmt: skip
def test_a_fault_says_what_and_where(old: str, new: str, fault: str) -> None:
    assert old in SAMPLE
    faults = _faults(SAMPLE.replace(old, new, 1))
    assert any(fault in each for each in faults), faults
    assert all("line" in each for each in faults)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("# only a comment\n", "is empty"),
        ("slug: a\n  title: b", "not valid YAML on line 2"),
        ("- a\n- b", "a mapping of slug"),
        ("slug: &a x\ntitle: *a", "uses the YAML alias “*a” on line 2"),
        ("slug: a\nslug: b", "“slug” is given twice, the second time on line 2"),
        ("? [a]\n: b", "the key on line 1 must be a word"),
        ("a: " + "[" * 60 + "]" * 60, "nested more than 40 deep"),
        ("a: b\n--- \nc: d", "not valid YAML"),
        (
            "slug: !!python/object:os.system x",
            "uses the YAML tag “tag:yaml.org,2002:python/object:os.system” on line 1",
        ),
        ("slug: !x y", "uses the YAML tag “!x” on line 1"),
        (b"\xff\xfe\x00s", "is not UTF-8 text"),
    ],
)
def test_what_is_no_plan_is_refused_in_one_sentence(text: str | bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        read_plan(text)
    assert sentence in refused.value.sentence


# -- documentation


def test_the_documentation_names_every_key_and_its_targets_can_be_read() -> None:
    page = (Path(django_settings.PACKAGE).parents[1] / "docs/reference/plan-format.md").read_text()
    known = re.findall(
        r"[a-z_]+", " ".join(re.findall(r"`([^`\n]+)`", page) + re.findall(r"```yaml(.*?)```", page, re.S))
    )
    kinds = [kind for kind in vars(content_module).values() if isinstance(kind, type) and is_dataclass(kind)]
    missing = {
        f"{kind.__name__}.{each.name}"
        for kind in kinds
        if kind.__module__ == content_module.__name__
        for each in fields(kind)
        if each.name not in known
    }
    assert missing == set()
    written = [row for row in re.findall(r"`(\{[^`]*\})`", page) if "plan: SLUG" not in row]
    assert len(written) >= 10
    for row in written:
        assert _target(row)
    example = re.search(r"```yaml\n(slug.*?)```", page, re.S)
    assert example is not None
    assert read_plan(example[1]).slug == "riverton"


def _target(row: str) -> Target:
    plan = read_plan(SAMPLE.replace("{comparator: '>=', value: 75, unit: percent}", row))
    return plan.nodes[0].nodes[0].indicators[0].targets[0]
