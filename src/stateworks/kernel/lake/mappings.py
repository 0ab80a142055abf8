"""Finds mappings by name: those that modules bring, those that data stewards saved, and files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Max

from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.mapping import MappingDocument, bundled, mapping_from, read_mapping_file
from stateworks.kernel.lake.models import Mapping

if TYPE_CHECKING:
    from stateworks.kernel.access.models import Account


def names(dataset: str | None = None) -> list[str]:
    """Return the names of all mappings, or of those for a dataset."""
    saved = Mapping.objects.all() if dataset is None else Mapping.objects.filter(dataset=dataset)
    found = set(saved.values_list("name", flat=True))
    found |= {
        name
        for name, path in bundled().items()
        if dataset is None or read_mapping_file(path).dataset == dataset
    }
    return sorted(found)


def mapping_named(name: str) -> MappingDocument:
    """Return a mapping: a file's if the name is a path, else the last version saved under it, else the bundled one."""
    if name.endswith((".yaml", ".yml")):
        path = Path(name)
        if not path.exists():
            raise Refused(f"There is no mapping file {name}; check its path.")
        return read_mapping_file(path)
    path_bundled = bundled().get(name)
    saved = Mapping.objects.filter(name=name, bundled=False).order_by("-version").first()
    if saved is not None:
        return mapping_from(saved.document, name)
    if path_bundled is not None:
        return read_mapping_file(path_bundled)
    known = ", ".join(sorted(set(bundled()) | set(Mapping.objects.values_list("name", flat=True))))
    raise Refused(
        f"There is no mapping {name}; there are {known or 'none'}. A path to a .yaml file works, too."
    )


def mapping_for(dataset: str, source: str) -> MappingDocument | None:
    """Return the mapping that last brought rows of a source into a dataset; None if there was none."""
    from stateworks.kernel.lake.models import Import, ImportState

    last = (
        Import.objects.filter(dataset=dataset, source=source, state=ImportState.DONE)
        .exclude(mapping=None)
        .select_related("mapping")
        .order_by("-pk")
        .first()
    )
    return (
        None
        if last is None or last.mapping is None
        else mapping_from(last.mapping.document, last.mapping.name)
    )


def kept(document: MappingDocument, *, by: Account | None) -> Mapping:
    """Return the stored version with this very content, storing it as the next version if it is new."""
    content: dict[str, Any] = document.document
    with transaction.atomic():
        # Two imports that begin together would both find it new.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"stateworks.mapping.{document.name}"],
            )
        same = Mapping.objects.filter(name=document.name, document=content).order_by("-version").first()
        if same is not None:
            return same
        last = Mapping.objects.filter(name=document.name).aggregate(last=Max("version"))["last"] or 0
        return Mapping.objects.create(
            name=document.name,
            version=last + 1,
            dataset=document.dataset,
            title=document.title[:200],
            document=content,
            bundled=document.name in bundled(),
            created_by=by,
        )


def save_mapping(document: dict[str, Any], *, by: Account | None) -> Mapping:
    """Check a mapping that somebody wrote and keep it as the next version of its name."""
    made = mapping_from(document, str(document.get("name") or "mapping"))
    if made.name in bundled():
        raise Refused(
            f"{made.name} comes with the product and stays as it is; give your mapping another name."
        )
    return kept(made, by=by)
