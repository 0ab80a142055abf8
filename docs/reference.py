"""Writes the reference pages from the code itself each time the documentation is built; no page can go stale."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those that people wrote."""
    for name, page in PAGES.items():
        files.append(File.generated(config, f"reference/{name}.md", content=page()))
    return files


def settings() -> str:
    """Return the page of all settings."""
    from stateworks.config import environment

    rows = [
        f"| `{one.name}` | {one.purpose} | {f'`{one.default}`' if one.default else ''} |"
        for one in environment.ALL
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "All come from the environment. `stateworks doctor` shows what is in force and checks that the parts work.",
            "",
            "| variable | what it is for | without it |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def commands() -> str:
    """Return the page of all commands."""
    from typer.main import get_command

    from stateworks.cli.main import app

    lines = [
        "# Commands",
        "",
        "Exit status: 0 done, all accepted; 1 finished, and there is something to see (rows quarantined, differences, "
        "findings, notes owed); 2 refused, nothing changed. Data goes to stdout, progress and errors to stderr; an error is "
        "one sentence.",
        "",
    ]
    for name, command in walk(get_command(app), "stateworks"):
        lines += [f"## {name}", "", (command.help or "").strip(), ""]
        usage = [name, *(_usage(one) for one in command.params if one.param_type_name == "argument")]
        lines += [f"`{' '.join(usage)}`", ""]
        rows = [_row(one) for one in command.params if not getattr(one, "hidden", False)]
        rows = [row for row in rows if row]
        if rows:
            lines += ["| | |", "| --- | --- |", *rows, ""]
    return "\n".join(lines)


def walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Return each command below this one that is not hidden, with its full name."""
    for part, child in getattr(command, "commands", {}).items():
        if child.hidden:
            continue
        full = f"{name} {part}"
        if getattr(child, "commands", None):
            yield from walk(child, full)
        else:
            yield full, child


def _usage(argument: Any) -> str:
    name = argument.name.upper().replace("_", "-")
    return name if argument.required else f"[{name}]"


def _row(parameter: Any) -> str:
    if parameter.name == "help":
        return ""
    kind = getattr(parameter, "type", None)
    choices = getattr(kind, "choices", None)
    told = [parameter.help or ""]
    if choices:
        told.append(f"One of {', '.join(str(getattr(one, 'value', one)) for one in choices)}.")
    default = parameter.default
    if default not in (None, "", False) and not callable(default) and not parameter.required:
        told.append(f"Default: {getattr(default, 'value', default)}.")
    if parameter.param_type_name == "argument":
        return f"| {parameter.name.upper().replace('_', '-')} | {_cell(' '.join(told))} |"
    if parameter.required:
        told.append("Required.")
    return f"| `{', '.join(parameter.opts)}` | {_cell(' '.join(told))} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def datasets() -> str:
    """Return the page of all datasets: their columns, keys and rules."""
    _django()
    from stateworks.kernel.lake.describe import described
    from stateworks.kernel.lake.feeds import feeds
    from stateworks.kernel.records.fields import describe
    from stateworks.kernel.records.types import record_types

    lines = [
        "# Datasets",
        "",
        "Records are what people edit, feeds what machines append. `stateworks data describe DATASET --format json` prints the "
        "same, and every dataset has a page *Describe* in the browser.",
        "",
    ]
    found = [("feed", described(one.name)) for one in feeds()]
    found += [("record", describe(one)) for one in record_types()]
    for kind, one in sorted(found, key=lambda pair: str(pair[1]["dataset"])):
        lines += [f"## {one['dataset']}", ""]
        about = " ".join(str(one.get("description") or one.get("title") or "").split())
        lines += [f"A {kind}. {about}".strip(), ""]
        lines += [f"Key: {', '.join(f'`{name}`' for name in one['key'])}.", ""]
        lines += ["| column | type | must be filled | meaning |", "| --- | --- | --- | --- |"]
        for column in one["columns"]:
            meaning = _cell(str(column["description"] or ""))
            if column["values"]:
                meaning = f"{meaning} One of {', '.join(f'`{value}`' for value in column['values'])}.".strip()
            filled = "yes" if column["required"] else ""
            lines.append(f"| `{column['name']}` | {column['type']} | {filled} | {meaning} |")
        lines.append("")
        rules = one.get("rules") or []
        if rules:
            lines += ["Rules:", "", *(f"- {_cell(str(rule))}" for rule in rules), ""]
    return "\n".join(lines)


def measures() -> str:
    """Return the page of all measures with their definitions."""
    _django()
    from stateworks.kernel.indicators.measures import all_measures

    lines = [
        "# Measures",
        "",
        "A measure is a function in a module's `indicators.py`; its docstring is the definition below. A run stores the slices "
        "named first; those named second are computed when somebody asks.",
        "",
    ]
    for one in all_measures():
        lines += [f"## {one.name}", "", f"**{one.title}**, version {one.version}.", "", one.definition, ""]
        facts = {
            "reads": ", ".join(f"`{name}`" for name in one.reads),
            "unit": one.unit,
            "better": "higher" if one.direction == "up" else "lower",
            "stored by": ", ".join(one.by),
            "on demand by": ", ".join(one.also_by),
            "parameters": ", ".join(f"`{name}` ({value!r})" for name, value in one.parameters.items()),
        }
        lines += [
            "| | |",
            "| --- | --- |",
            *(f"| {name} | {told} |" for name, told in facts.items() if told),
            "",
        ]
    return "\n".join(lines)


def mappings() -> str:
    """Return the page of the mappings and first-contact rules that come with the product."""
    _django()
    from stateworks.kernel.lake.mapping import bundled, read_mapping_file
    from stateworks.modules.desk.first_contact import DEFAULT, rules

    lines = ["# Bundled mappings and rules", "", "## Mappings", ""]
    lines += ["| mapping | into | for |", "| --- | --- | --- |"]
    for name, path in sorted(bundled().items()):
        one = read_mapping_file(path)
        lines.append(f"| `{name}` | `{one.dataset}` | {_cell(f'{one.title}. {one.about}')} |")
    lines += ["", "## First-contact rules", ""]
    for name, rule in sorted(rules().items()):
        usual = " The usual one, where a mapping names none." if name == DEFAULT else ""
        lines += [f"### {name}", "", f"**{rule.title}**, version {rule.version}. {rule.about}{usual}", ""]
    return "\n".join(lines)


def api() -> str:
    """Return the page of the API, from its OpenAPI document."""
    _django()
    from stateworks.web.api.assembly import made

    document = made().get_openapi_schema(path_prefix="/api/v1/")
    lines = [
        "# API",
        "",
        "What the pages show, as JSON, below `/api/v1/`. The whole contract is at `/api/v1/openapi.json`. Records are read, "
        "added and changed; files and plans come in by pages and commands. A change needs the cookie's token in the header "
        "`X-CSRFToken`. An account signs in by its session, a program by `Authorization: Bearer` with a "
        "[token](../how-to/sign-in.md#programs), which needs no such header; without either the answers hold published "
        'figures only. An error is `{"error": sentence, "details": [sentence, …]}` with status 400, 401, 403, 404, 409 or 422.',
        "",
    ]
    for path, methods in sorted(document["paths"].items()):
        for method, one in methods.items():
            lines += [
                f"## {method.upper()} {path}",
                "",
                _cell(str(one.get("description") or one.get("summary") or "")),
                "",
            ]
            rows = [_parameter(parameter) for parameter in one.get("parameters", ())]
            if rows:
                lines += ["| parameter | in | type | |", "| --- | --- | --- | --- |", *rows, ""]
            answer = one["responses"].get(200) or one["responses"].get("200") or {}
            fields = _fields(answer, document["components"]["schemas"])
            if fields:
                lines += [f"Answers {fields}", ""]
    return "\n".join(lines)


def _parameter(one: dict[str, Any]) -> str:
    schema = one["schema"]
    kinds = [part.get("type", "") for part in schema.get("anyOf", [schema])]
    told = str(one.get("description") or schema.get("description") or "")
    if one.get("required"):
        told = f"{told} Required.".strip()
    return f"| `{one['name']}` | {one['in']} | {' or '.join(kind for kind in kinds if kind and kind != 'null')} | {_cell(told)} |"


def _fields(answer: dict[str, Any], schemas: dict[str, Any]) -> str:
    contents: list[dict[str, Any]] = list(answer.get("content", {}).values())
    schema: dict[str, Any] = contents[0].get("schema", {}) if contents else {}
    many = schema.get("type") == "array"
    reference = (schema.get("items", {}) if many else schema).get("$ref", "")
    named = schemas.get(reference.rpartition("/")[2], {})
    names = ", ".join(f"`{name}`" for name in named.get("properties", {}))
    return f"{'a list of objects' if many else 'an object'} with {names}." if names else ""


def _django() -> None:
    """Make Django ready without an instance: declarations are read, no database is asked."""
    os.environ.setdefault("STATEWORKS_HOME", os.path.join(tempfile.gettempdir(), "stateworks-documentation"))
    from stateworks.cli.instance import open_django

    open_django()


PAGES: dict[str, Callable[[], str]] = {
    "commands": commands,
    "settings": settings,
    "api": api,
    "datasets": datasets,
    "measures": measures,
    "mappings": mappings,
}
