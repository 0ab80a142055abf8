"""Lines that are no part of the plan's text: the table of contents, page numbers, running footers, picture captions."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise

from stateworks.kernel.plans.importer.lines import CONTENTS, Line
from stateworks.kernel.plans.importer.source import PAGE_EDGE as PAGE

__all__ = ["CONTENTS", "PAGE", "PICTURE", "RULE", "TITLE_PAGE", "entry_title", "find_noise", "plain_title"]

_CONTENTS = re.compile(r"^(?:table of )?contents$", re.IGNORECASE)
_ENTRY_END = re.compile(
    r"(?:\t|\.{3,}|…|\s{3,})\s*(?:<[^>]+>|\*\*)?\s*(?:\d{1,3}|[ivxlc]{1,6})\s*(?:</[^>]+>|\*\*)?\s*$"
)
_LINK_ENTRY = re.compile(r"^\s*(?:[-*+]|\d+[.)])?\s*\[[^\]]+\]\(#[^)]*\)\s*$")
_PAGE = re.compile(r"^(?:page\s+)?[-–]?\s*\d{1,4}\s*[-–]?(?:\s*(?:of|/)\s*\d{1,4})?$", re.IGNORECASE)

PICTURE = "picture caption"
RULE = "ruled line or mark of the exporter"
TITLE_PAGE = "title page"


def find_noise(lines: list[Line]) -> dict[int, str]:
    """Return the reason for every line number that is no part of the text."""
    noise: dict[int, str] = {}
    for line in lines:
        if line.reason:
            noise[line.number] = line.reason
        elif line.kind in {"picture", "caption"}:
            noise[line.number] = PICTURE
        elif line.kind == "rule":
            noise[line.number] = RULE
        elif (
            line.kind not in {"blank", "joined"}
            and _PAGE.match(line.text)
            and line.kind in {"text", "heading"}
        ):
            noise[line.number] = PAGE
    contents = _contents(lines)
    for number in contents:
        noise[number] = CONTENTS
    _footers(lines, noise)
    if contents and min(contents) <= 400:
        _title_page(lines, noise, min(contents))
    return noise


def plain_title(text: str) -> str:
    """Return a heading's text without page number, dots and marks, in lower case, for comparison."""
    text = re.sub(r"(?:\t|\.{3,}|…).*$", "", text)
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def entry_title(line: Line) -> str:
    """Return a table of contents entry without its page number."""
    if line.cells:
        return line.cells[0]
    return re.sub(r"\s*(?:\.{3,}|…)\s*\d*$", "", line.text).strip()


def _contents(lines: list[Line]) -> set[int]:
    """Return the lines of a table of contents: its heading, and entries with a page number or that come again."""
    last_seen: dict[str, int] = {}
    for line in lines:
        if line.kind not in {"blank", "joined", "aside"}:
            last_seen[plain_title(line.text)] = line.number
    found = {line.number for line in lines if line.reason == CONTENTS}
    position = 0
    while position < len(lines):
        line = lines[position]
        if line.kind in {"heading", "text"} and _CONTENTS.match(line.text.strip(" :*")):
            found.add(line.number)
            position += 1
            while position < len(lines):
                entry = lines[position]
                if entry.kind not in {"blank", "joined", "aside"}:
                    is_entry = bool(_ENTRY_END.search(entry.raw) or _LINK_ENTRY.match(entry.raw))
                    repeated = len(entry.text) <= 250 and last_seen[plain_title(entry.text)] > entry.number
                    if not (is_entry or repeated or _PAGE.match(entry.text)):
                        break
                    found.add(entry.number)
                position += 1
        else:
            position += 1
    return found | _contents_without_heading(lines, last_seen)


def _contents_without_heading(lines: list[Line], last_seen: dict[str, int]) -> set[int]:
    """Return runs of four and more lines that end in a page number and come again later without it."""
    found: set[int] = set()
    run: list[Line] = []
    for line in [*lines, Line(0, "", "", "end")]:
        if line.kind in {"blank", "joined", "aside"}:
            continue
        title = entry_title(line)
        if (
            line.kind != "end"
            and _ENTRY_END.search(line.raw)
            and last_seen.get(plain_title(title), 0) > line.number
        ):
            run.append(line)
        else:
            if len(run) >= 4:
                found.update(entry.number for entry in run)
            run = []
    return found


def _footers(lines: list[Line], noise: dict[int, str]) -> None:
    """Mark short lines that come three times and more with only their rising page number changed."""
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for line in lines:
        if line.number in noise or line.kind not in {"text", "heading", "row"} or len(line.text) > 120:
            continue
        found = re.search(r"(?:^|\s|\|)(\d{1,4})$|^(\d{1,4})(?=\s)", line.text)
        if found:
            key = (line.text[: found.start()] + "#" + line.text[found.end() :]).strip().lower()
            groups[key].append((int(found[1] or found[2]), line.number))
    for key, members in groups.items():
        pages = [page for page, _ in members]
        rising = all(later > earlier for earlier, later in pairwise(pages))
        if (
            len(members) >= 3
            and rising
            and not re.match(r"^(?:program|activity|pillar|goal|objective)\s", key)
        ):
            for _, number in members:
                noise[number] = PAGE
    repeated = Counter(
        line.text for line in lines if "confidential" in line.text.lower() and len(line.text) < 80
    )
    for line in lines:
        if repeated.get(line.text, 0) >= 3:
            noise[line.number] = PAGE


def _title_page(lines: list[Line], noise: dict[int, str], until: int) -> None:
    """Mark what stands before the contents, unless it is prose: a letter is part of the plan."""
    if any(len(line.text) > 200 for line in lines[: until - 1]):
        return
    for line in lines:
        if line.number >= until:
            return
        if line.kind not in {"blank", "joined"} and line.number not in noise:
            noise[line.number] = TITLE_PAGE
