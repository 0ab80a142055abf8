"""The table of who gets what as a page of the documentation."""

from __future__ import annotations

from tests.conformance.authorization import (
    ALL_MAY,
    DATASETS,
    FORMATS,
    LISTS,
    LISTS_BY_API,
    MEASURES,
    OPERATIONS,
    OTHERS,
    PAGES,
    RECORDS,
    WHO,
    Row,
    behind,
)

Line = tuple[str, str, tuple[int, ...]]
INTRO = """\
# Who gets what

A test asks for everything below as six people and compares the answers with this table. Whatever comes back is searched for words
that stand in every record, feed, file name, job and saved view of agencies that the asker does not reach. Whoever is refused has
changed no table. A new address, operation, dataset, file format, measure or slice without a row fails the test.

| who | is |
| --- | --- |
| anonymous | not signed in |
| nobody | signed in, with no role |
| wrong | liaison of another agency than the one asked about |
| right | liaison of the agency asked about |
| approver, auditor | so for the whole state |

200 is shown; 302 is sent on, without an account to sign in; 400 is a form that lacks something; 401 and 403 are refused; 404 is
not there or not to be seen; 405 is a method that the address does not take. Pages refuse PUT, PATCH and DELETE with 405.
"""
WHOSE = {
    "agency": "Rows of agencies, of which each sees their own",
    "feed": "Feeds with rows of agencies, of which each sees their own",
    "office": "The office's own rows, which all see who have signed in",
}


def page() -> str:
    """The page as it must stand in `docs/reference/authorization.md`."""
    api = [
        (f"`{name.partition(' ')[2]}`", name.partition(" ")[0], one.get)
        for name, one in sorted(OPERATIONS.items())
    ]
    lines = [
        INTRO,
        *_section("Pages", _read_and_sent(PAGES)),
        *_section("Other addresses", _read_and_sent(OTHERS)),
    ]
    lines += _section("API", api)
    files = f"list, description, file as {', '.join(FORMATS)}"
    lines += _section(
        "Datasets", [(files, "GET", LISTS), ("list and description by API", "GET", LISTS_BY_API)]
    )
    for kind, words in WHOSE.items():
        named = ", ".join(f"`{name}`" for name, one in sorted(DATASETS.items()) if one == kind)
        lines += [f"{words}: {named}.", ""]
    for place, title in enumerate(("One record of an agency", "One record of the office's own")):
        lines += _section(title, [(what, method, both[place]) for (what, method), both in RECORDS.items()])
    figures: list[Line] = [("figure, and its file", "GET", ALL_MAY), ("values by API", "GET", LISTS_BY_API)]
    for told, dimension in (
        ("the statewide figure", ""),
        ("a slice by agency", "agency"),
        ("another slice", "category"),
    ):
        figures.append((f"rows behind {told}", "GET", behind("rows", dimension, True)))
    lines += [*_section("Figures", figures), "Of each measure, by each slice:", ""]
    lines += [
        f"- `{name}`: {', '.join(slices) or 'statewide alone'}" for name, slices in sorted(MEASURES.items())
    ]
    return "\n".join([*lines, ""])


def _read_and_sent(rows: dict[str, Row]) -> list[Line]:
    return [
        (f"{name} `{one.path}`", method, statuses)
        for name, one in sorted(rows.items())
        for method, statuses in (("GET", one.get), ("POST", one.post))
    ]


def _section(title: str, rows: list[Line]) -> list[str]:
    head = ("what", "method", *WHO)
    made = [f"## {title}", "", f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    return [
        *made,
        *(f"| {what} | {method} | {' | '.join(map(str, statuses))} |" for what, method, statuses in rows),
        "",
    ]
