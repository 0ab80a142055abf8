"""Inventories of uses of artificial intelligence: the long yearly one, and the short one of commercial products."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from stateworks.connectors.codes import slug
from stateworks.connectors.days import day, local_day
from stateworks.connectors.directory import Directory
from stateworks.connectors.documents import Sheet, sheet, wide_sheet
from stateworks.connectors.owners import AGENCY, FREE, Owners
from stateworks.connectors.systems import Told, tell
from stateworks.kernel.errors import Refused
from stateworks.kernel.org.models import Vendor
from stateworks.kernel.records.connected import Asked, Connector, Found, Glance

STAGES = {
    "initiated": "planned",
    "planned": "planned",
    "ideation": "planned",
    "acquisition and/or development": "development",
    "implementation and assessment": "development",
    "operation and maintenance": "production",
    "in production": "production",
    "in mission": "production",
    "retired": "retired",
}
NAME, STAGE = "Use Case Name", "Stage of Development"
PRODUCT, USED = "Name of Commercial Product or Service Used", "Agency Use (Y/N)?"
_NOTHING = re.compile(r"(n/?a|none|various|multiple|tbd|unknown|other|not applicable|-)[.\s]*", re.IGNORECASE)
_APART = re.compile(r"\s*[,;\n]\s*(?![^()]*\))")


def recognise_use_cases(glance: Glance) -> str | None:
    """Tell the inventory by its first and its tenth question."""
    plain = {" ".join(name.split()) for name in glance.header}
    if {NAME, STAGE, "Agency", "Bureau"} <= plain:
        return f"Its columns “{NAME}” and “{STAGE}” are those of the federal inventory of AI use cases."
    return None


def recognise_products(glance: Glance) -> str | None:
    """Tell the list of commercial products by its columns."""
    if {"Agency", "AI Use Case", PRODUCT} <= set(glance.header):
        return f"Its columns “AI Use Case” and “{PRODUCT}” are those of the federal list of commercial AI products."
    return None


def read_use_cases(path: Path, asked: Asked) -> Found:
    """Read every use case as a system of the kind AI."""
    table = _required(wide_sheet(path, asked.filename), asked, NAME, "Agency", "Bureau", STAGE)
    source = "ai-use-cases"
    found, directory, owners = Found(), Directory(source), Owners(source, asked.options, asked.at)
    _bad(found, table)
    dated = 0
    told = []
    for line, row in table.rows:
        name = " ".join(row[NAME].split())
        if not name:
            found.refuse(
                "inventory.system", line, "name.empty", f"Line {line} has no name; give it one.", _some(row)
            )
            continue
        short = row.get("Agency Abbreviation", "")
        stage = STAGES.get(" ".join(row[STAGE].split()).lower())
        purpose = row.get("What is the intended purpose and expected benefits of the AI?", "")
        says: dict[str, str | None] = {
            "kind": "ai", "lifecycle": stage, "purpose": purpose or None, "started_on": day(row.get("Date Implemented")),
        }  # fmt: skip
        starts: dict[str, str | None] = {}
        if stage == "retired":
            says["retired_on"] = day(row.get("Date Retired"))
            if not says["retired_on"]:
                dated += 1
                starts["retired_on"] = local_day(asked.at)
        told.append(
            Told(
                line, f"{short or row['Agency']} · {row['Bureau']} · {name}", name,
                (row["Bureau"], f"{short} {row['Bureau']}", short, row["Agency"]), says, starts,
                text=f"{short} {name}", raw=_some(row),
            )
        )  # fmt: skip
    if dated:
        found.notes.append(
            f"{dated:,} retired use cases have no readable day; where the record has none either, the day of this import was "
            "put down."
        )
    tell(found, directory, owners, told)
    return found


def read_products(path: Path, asked: Asked) -> Found:
    """Read every commercial product that an agency says it uses as a system of the kind AI, once an agency."""
    table = _required(sheet(path, asked.filename), asked, "Agency", "AI Use Case", PRODUCT, USED)
    source = "ai-products"
    found, directory, owners = (
        Found(notes=table.notes),
        Directory(source),
        Owners(source, asked.options, asked.at),
    )
    _bad(found, table)
    vendors = {name.lower(): code for code, name in Vendor.objects.values_list("code", "name")}
    licences = table.column("Estimated # of Licenses/Users")
    uses: dict[tuple[str, str], tuple[int, str, list[str], list[int]]] = {}
    passed = 0
    for line, row in table.rows:
        products = [one for one in _APART.split(row[PRODUCT]) if one and not _NOTHING.fullmatch(one)]
        if row[USED].strip().lower() not in ("y", "yes") or not products:
            passed += 1
            continue
        for product in products:
            of = uses.setdefault((row["Agency"], product.lower()), (line, product, [], []))
            of[2].append(row["AI Use Case"])
            # A range such as 101-1000; its upper end, so that nobody is forgotten.
            if count := re.findall(r"\d[\d,]*", row.get(licences, "")):
                of[3].append(int(count[-1].replace(",", "")))
    told = []
    for (agency, key), (line, product, cases, counts) in uses.items():
        says: dict[str, str | None] = {
            "kind": "ai", "purpose": "\n".join(dict.fromkeys(cases)), "users": str(max(counts)) if counts else None,
        }  # fmt: skip
        vendor = next((code for name, code in vendors.items() if f"{key} ".startswith(f"{name} ")), None)
        starts = {"hosting": "saas", "vendor": vendor, "lifecycle": "production"}
        told.append(
            Told(line, f"{agency} · {key}", product, (agency,), says, starts, f"{slug(_initials(agency))} {product}",
                 {"Agency": agency, PRODUCT: product})
        )  # fmt: skip
    if passed:
        found.notes.append(
            f"{passed:,} rows say that no product is used, or name none, and were passed over."
        )
    tell(found, directory, owners, told)
    return found


def _initials(agency: str) -> str:
    return "".join(word[0] for word in re.findall(r"[A-Za-z]+", agency) if word[0].isupper())


def _required(table: Sheet, asked: Asked, *names: str) -> Sheet:
    missing = [name for name in names if name not in table.header]
    if missing:
        raise Refused(
            f"{asked.filename} has no column {', '.join(f'“{name}”' for name in missing)}; it is no such inventory."
        )
    return table


def _bad(found: Found, table: Sheet) -> None:
    for bad in table.bad:
        found.refuse("inventory.system", bad.line, bad.code, bad.reason, bad.values)


def _some(row: Mapping[str, str]) -> dict[str, str]:
    return {name: row[name][:300] for name in (NAME, "Agency", "Bureau", STAGE) if row.get(name)}


USE_CASES = Connector(
    name="ai-use-cases",
    title="AI use cases (federal inventory of 2024)",
    reads="The consolidated inventory of AI use cases: each becomes a system of the kind AI with its stage and dates.",
    datasets=("inventory.system", "inventory.alias"),
    recognise=recognise_use_cases,
    read=read_use_cases,
    options=(AGENCY,),
    free=(FREE,),
)
PRODUCTS = Connector(
    name="ai-products",
    title="Commercial AI products (federal list of 2025)",
    reads="The list of commercial AI products in use: each product of an agency becomes a system of the kind AI.",
    datasets=("inventory.system", "inventory.alias"),
    recognise=recognise_products,
    read=read_products,
    options=(AGENCY,),
    free=(FREE,),
)
