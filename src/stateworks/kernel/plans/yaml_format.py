"""A plan as a YAML file: read with faults that name their place, written the same way every time.

`write_plan(read_plan(text))` gives the text back byte for byte when the text was written by `write_plan`, and
`read_plan(write_plan(content)) == content` always.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from stateworks.kernel.errors import Refused
from stateworks.kernel.plans.consistency import check
from stateworks.kernel.plans.content import PlanContent
from stateworks.kernel.plans.structure import Piece, Reading, pieces, plain, read

LARGEST_BYTES = 10_000_000
DEEPEST = 40
WIDTH = 110
HEADING = "# A plan in the Stateworks format; docs/reference/plan-format.md explains every word.\n"
UNUSUAL_BREAKS = "\r\x85\u2028\u2029\ufeff"
FLOW = frozenset({"aliases", "dataset", "filters", "parameters", "tags", "see_also", "nodes", "merges"})


def read_plan(text: str | bytes, *, name: str = "the plan file") -> PlanContent:
    """Read a plan from YAML; all faults are reported together, each with its path and line."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Refused(
                f"{name} is not UTF-8 text (byte {error.start + 1}); save it as UTF-8 and try again."
            ) from error
    if len(text) > LARGEST_BYTES:
        raise Refused(
            f"{name} has {len(text):,} characters, and a plan may have {LARGEST_BYTES:,}; split it."
        )
    return _content(_parsed(text, name), name)


def read_document(document: Mapping[str, Any], *, name: str = "the plan") -> PlanContent:
    """Read a plan from the JSON structure that `document_of` makes."""
    return _content(pieces(document), name)


def document_of(content: PlanContent) -> dict[str, Any]:
    """Return the plan as a JSON structure: the same as the YAML file holds, dates as ISO text."""
    return {key: _json(value) for key, value in plain(content).items()}


def located_lines(text: str) -> dict[str, int]:
    """Return the line on which each coded thing of a plan file stands."""
    found: dict[str, int] = {}

    def walk(piece: Piece) -> None:
        if isinstance(piece.value, dict):
            code = piece.value.get("code")
            if code is not None and piece.line is not None:
                found.setdefault(str(code.written), piece.line)
            for item in piece.value.values():
                walk(item)
        elif isinstance(piece.value, list):
            for item in piece.value:
                walk(item)

    walk(_parsed(text, "the plan file"))
    return found


def write_plan(content: PlanContent) -> str:
    """Write a plan as YAML; the same content always gives the same bytes."""
    import yaml

    structure = _laid_out(plain(content))
    return HEADING + yaml.dump(
        structure,
        Dumper=_dumper(),
        sort_keys=False,
        allow_unicode=True,
        width=WIDTH,
        default_flow_style=False,
    )


def _content(piece: Piece, name: str) -> PlanContent:
    reading = Reading()
    content = read(PlanContent, piece, reading)
    if content is not None:
        check(content, reading)
    if reading.faults or content is None:
        others = len(reading.faults) - 1
        more = f" {others} more {'fault' if others == 1 else 'faults'} below." if others else ""
        raise Refused(f"{name} cannot be read: {reading.faults[0]}{more}", reading.faults)
    return content


def _parsed(text: str, name: str) -> Piece:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        _refuse_aliases(text, name)
        root = loader.get_single_node()
        if root is None:
            raise Refused(f"{name} is empty; start it with “slug:”, “title:” and “office:”.")
        return _piece(root, loader, name, 0)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise Refused(
            f"{name} is not valid YAML on line {line}: {error.problem}; correct that line."
        ) from error
    except yaml.YAMLError as error:
        raise Refused(f"{name} is not valid YAML: {error}; correct it.") from error
    finally:
        loader.dispose()


def _refuse_aliases(text: str, name: str) -> None:
    """Refuse `*name`: an alias of an alias of an alias makes a small file huge, and nobody writes a plan with them."""
    import yaml

    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else "?"
            raise Refused(
                f"{name} uses the YAML alias “*{event.anchor}” on line {line}; write the text out instead."
            )


def _piece(node: Any, loader: Any, name: str, depth: int) -> Piece:
    import yaml

    line = node.start_mark.line + 1
    if depth > DEEPEST:
        raise Refused(f"{name} is nested more than {DEEPEST} deep on line {line}; flatten it.")
    if node.tag.startswith(("!", "tag:yaml.org,2002:python")):
        raise Refused(f"{name} uses the YAML tag “{node.tag}” on line {line}; write plain text instead.")
    if isinstance(node, yaml.MappingNode):
        items: dict[str, Piece] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise Refused(f"{name}: the key on line {key.start_mark.line + 1} must be a word.")
            if key.value in items:
                raise Refused(
                    f"{name}: “{key.value}” is given twice, the second time on line {key.start_mark.line + 1}."
                )
            items[key.value] = _piece(value, loader, name, depth + 1)
        return Piece(items, line)
    if isinstance(node, yaml.SequenceNode):
        return Piece([_piece(item, loader, name, depth + 1) for item in node.value], line)
    try:
        value = loader.construct_object(node)
    except (ValueError, yaml.YAMLError):
        value = node.value
    # Plain `1.2` is a code where a code is expected: the text as written is kept beside what YAML makes of it.
    written = node.value if value is not None or node.style is not None else None
    return Piece(value.isoformat() if isinstance(value, date) else value, line, written)


def _json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    return value


class _OneLine(dict[str, Any]):
    """A mapping that is written on one line."""


class _OneLineList(list[Any]):
    """A list that is written on one line."""


def _laid_out(value: Any, key: str = "") -> Any:
    """Mark what is written on one line: targets, filters, and lists of short codes."""
    if isinstance(value, Mapping):
        if key in ("filters", "parameters"):
            return _OneLine(value)
        return {name: _laid_out(item, name) for name, item in value.items()}
    if isinstance(value, list):
        if key == "targets":
            return [_OneLine(item) for item in value]
        if key in FLOW and all(isinstance(item, str) for item in value):
            return _OneLineList(value)
        return [_laid_out(item) for item in value]
    return value


def _dumper() -> Any:
    import yaml

    class PlanDumper(yaml.SafeDumper):
        """Writes without anchors, lists indented under their key, long text as a block."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    def one_line(dumper: Any, value: Any) -> Any:
        if isinstance(value, dict):
            return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True)
        return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)

    def text(dumper: Any, value: str) -> Any:
        style = "|" if "\n" in value else None
        if any(sign in value for sign in UNUSUAL_BREAKS):
            style = '"'  # only here does YAML keep them as they are
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    PlanDumper.add_representer(str, text)
    PlanDumper.add_representer(_OneLine, one_line)
    PlanDumper.add_representer(_OneLineList, one_line)
    return PlanDumper
