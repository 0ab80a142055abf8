"""Writes the reference pages from the code itself each time the documentation is built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those that people wrote."""
    for name, content in {"commands": commands(), "settings": settings()}.items():
        files.append(File.generated(config, f"reference/{name}.md", content=content))
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
        "Exit status: 0 done, all accepted; 1 finished, and there is something to see; 2 refused, nothing changed. An "
        "error is one sentence on stderr.",
        "",
    ]
    for name, command in walk(get_command(app), "stateworks"):
        lines += [f"## {name}", "", (command.help or "").strip(), ""]
        options = [
            parameter
            for parameter in command.params
            if getattr(parameter, "help", "") and not parameter.hidden
        ]
        if options:
            lines += ["| option | |", "| --- | --- |"]
            lines += [f"| `{' '.join(one.opts)}` | {one.help} |" for one in options]
            lines.append("")
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
