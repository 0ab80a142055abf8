"""Which organization a file's name or abbreviation means: by code, by name, by alias, by what was said for this import."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from stateworks.kernel.errors import Refused
from stateworks.kernel.org.aliases import alias_codes
from stateworks.kernel.org.models import Organization
from stateworks.kernel.records.connected import Option

FREE = Option("organization:", "Which organization a name in the file means, as organization:NAME=CODE.")
AGENCY = Option(
    "agency", "Code of the agency that new rows belong to where the file names none that is known here."
)


class Owners:
    """The organizations of one import."""

    def __init__(self, source: str, options: Mapping[str, str], at: datetime) -> None:
        self._codes = set(Organization.objects.values_list("code", flat=True))
        today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
        self._meanings: dict[str, str] = {}
        for one in sorted(alias_codes(source).meanings, key=lambda one: one.rank):
            if (one.since is None or one.since <= today) and (one.until is None or today < one.until):
                self._meanings.setdefault(one.text, one.code)
        self._said = {
            name[len(FREE.name) :].strip().lower(): self._checked(name, code)
            for name, code in options.items()
            if name.startswith(FREE.name)
        }
        self.default = self._checked("agency", options["agency"]) if options.get("agency") else ""

    def _checked(self, option: str, code: str) -> str:
        if code in self._codes:
            return code
        from rapidfuzz import process

        near = [name for name, *_ in process.extract(code, sorted(self._codes), limit=3, score_cutoff=50)]
        remedy = f"; did you mean {' or '.join(near)}?" if near else "; load the organizations first."
        raise Refused(f"Option {option}: there is no organization “{code}”{remedy}")

    def of(self, *names: str) -> str:
        """Return the code of the first name that is known, else of the option `agency`, else an empty text."""
        return self.known(*names) or self.default

    def known(self, *names: str) -> str:
        """Return the code of the first name that is known; empty if none is."""
        for name in names:
            key = name.strip().lower()
            if key and (found := self._said.get(key) or self._meanings.get(key)):
                return found
        return ""


def unknown(names: tuple[str, ...]) -> str:
    """Say that none of these names is an organization here, and what to do."""
    said = " nor ".join(f"“{name}”" for name in names if name.strip())
    what = (
        f"{'neither ' if ' nor ' in said else ''}{said} is no organization here"
        if said
        else "it names no organization"
    )
    what = what.replace("is no organization", "is an organization") if " nor " in said else what
    return (
        f"{what}; add the name as an alias of the right one, say --option “organization:NAME=CODE”, "
        "or give a default with --option agency=CODE."
    )
