"""The record type of the taxonomy's words."""

from __future__ import annotations

from stateworks.kernel.records.types import Column, RecordType, register
from stateworks.modules.billing import models

register(
    RecordType(
        name="billing.taxonomy_term",
        model=models.TaxonomyTerm,
        title="Taxonomy of costs and services",
        key=("code",),
        columns=(
            Column("code", "code"),
            Column("name", "name"),
            Column("layer", "layer"),
            Column("parent", "parent__code", description="Code of the term it is part of; empty at the top."),
            Column("version", "version"),
            Column("retired_on", "retired_on"),
        ),
        list_columns=("code", "name", "layer", "parent", "version"),
        search=("code", "name"),
        filters=("layer", "parent"),
    )
)
