"""Days as other tools write them."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def day(text: str | None) -> str | None:
    """Return the day that a text begins with (2026-07-31, 7/31/2026), in ISO form; None where there is none.

    An instant with an offset counts on the day it was here.
    """
    text = (text or "").strip()
    if "T" in text and (text.endswith("Z") or re.search(r"[+-]\d{2}:?\d{2}$", text)):
        try:
            return local_day(datetime.fromisoformat(text.replace("Z", "+00:00")))
        except ValueError:
            pass
    if found := _ISO.match(text):
        parts = [int(part) for part in found.groups()]
    elif found := _AMERICAN.match(text):
        month, of_month, year = (int(part) for part in found.groups())
        parts = [year, month, of_month]
    else:
        return None
    try:
        return date(*parts).isoformat()
    except ValueError:
        return None


def local_day(at: datetime) -> str:
    """Return the day of an instant in the instance's zone."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date().isoformat()
