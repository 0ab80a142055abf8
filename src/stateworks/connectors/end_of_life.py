"""Release cycles of products with the days on which their support ends, as endoflife.date publishes them, in one table."""

from __future__ import annotations

from pathlib import Path

from stateworks.connectors.codes import assigned
from stateworks.connectors.days import day
from stateworks.connectors.documents import sheet
from stateworks.connectors.systems import shortened
from stateworks.kernel.errors import Refused
from stateworks.kernel.records.connected import Asked, Connector, Found, Glance, Option
from stateworks.modules.inventory.models import Technology

TECHNOLOGY = "inventory.technology"
NEEDED = ("product", "releaseCycle", "eol")
PRODUCTS = Option(
    "products", "Only these products, by their codes with blanks between, such as postgresql rhel."
)


def recognise(glance: Glance) -> str | None:
    """Tell the table by its columns."""
    if {"product", "releaseCycle", "eol", "releaseDate"} <= set(glance.header):
        return "Its columns “product”, “releaseCycle” and “eol” are those of endoflife.date."
    return None


def read(path: Path, asked: Asked) -> Found:
    """Read every release cycle as a technology; an end is a day, True (it has ended) or False (none is announced)."""
    table = sheet(path, asked.filename)
    if missing := [name for name in NEEDED if name not in table.header]:
        raise Refused(
            f"{asked.filename} has no column {', '.join(f'“{name}”' for name in missing)}; it is no such table."
        )
    found = Found(notes=table.notes)
    for bad in table.bad:
        found.refuse(TECHNOLOGY, bad.line, bad.code, bad.reason, bad.values)
    chosen = set(asked.option("products").lower().replace(",", " ").split())
    rows = [(line, row) for line, row in table.rows if not chosen or row["product"].lower() in chosen]
    known = {
        (product, cycle): code
        for product, cycle, code in Technology.objects.values_list("product", "cycle", "code")
    }
    codes = _codes([(row["product"], row["releaseCycle"]) for _, row in rows], known)
    for line, row in rows:
        ends, ends_on = _end(row["eol"])
        support = next((row[name] for name in ("eoas", "support") if row.get(name)), "")
        long_term = row.get("lts", "")
        found.add(
            TECHNOLOGY, line,
            {
                "code": codes[(row["product"], row["releaseCycle"])], "product": row["product"], "cycle": row["releaseCycle"],
                "name": _name(row), "released_on": day(row.get("releaseDate")), "end_of_life": ends, "ends_on": ends_on,
                "support_ends_on": day(support) or "", "latest": row.get("latest") or None,
                "long_term": "true" if day(long_term) or long_term.lower() == "true" else "false",
            },
        )  # fmt: skip
    return found


def _codes(pairs: list[tuple[str, str]], known: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Return product-cycle as it stands; only where two pairs would share it, or another record has it, a marked one."""
    bodies: dict[str, list[tuple[str, str]]] = {}
    for pair in dict.fromkeys(pairs):
        bodies.setdefault(f"{pair[0]}-{pair[1]}", []).append(pair)
    there = set(known.values())
    found = {}
    for body, ones in bodies.items():
        for pair in ones:
            if pair in known:
                found[pair] = known[pair]
            elif len(ones) == 1 and body not in there:
                found[pair] = body
            else:
                identity = "\x1f".join(pair)
                found[pair] = assigned(
                    {identity: body}, {}, lambda codes: set(codes), source="end-of-life", limit=150
                )[identity]
    return found


def _end(text: str) -> tuple[str, str]:
    """Return what is known about the end of support, and its day."""
    if on := day(text):
        return "dated", on
    return {"true": "ended", "false": "none"}.get(text.strip().lower(), "unknown"), ""


def _name(row: dict[str, str]) -> str:
    title, cycle = row.get("title") or row["product"], row["releaseCycle"]
    label = row.get("releaseLabel") or cycle
    for mark, column in (
        ("__RELEASE_CYCLE__", "releaseCycle"),
        ("__CODENAME__", "codename"),
        ("__LATEST__", "latest"),
    ):
        label = label.replace(mark, row.get(column, ""))
    label = " ".join(label.replace("()", "").split())
    return shortened(label if label.lower().startswith(title.lower()) else f"{title} {label}", 200)


CONNECTOR = Connector(
    name="end-of-life",
    title="Release cycles (endoflife.date)",
    reads="Release cycles of products: each becomes a technology with the days on which its support ends.",
    datasets=(TECHNOLOGY,),
    recognise=recognise,
    read=read,
    options=(PRODUCTS,),
)
