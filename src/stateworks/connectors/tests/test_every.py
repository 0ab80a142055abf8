"""What holds for every connector: it knows its own files alone, a preview is the import, and a second load changes nothing."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from stateworks.connectors.every import CONNECTORS
from stateworks.connectors.tests.conftest import AT, Load, counts, reasons
from stateworks.connectors.tests.files import FILES, File
from stateworks.kernel.access.models import AuditEntry
from stateworks.kernel.access.scope import SYSTEM, entered
from stateworks.kernel.errors import Refused
from stateworks.kernel.lake.models import Import, ImportState
from stateworks.kernel.records.connected import connectors, recognised
from stateworks.kernel.records.connecting import import_connected
from stateworks.kernel.records.types import record_type

pytestmark = pytest.mark.django_db
every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.filename)


def test_every_connector_is_registered_has_a_file_and_yields_what_exists() -> None:
    assert (
        {one.name for one in CONNECTORS}
        == {one.name for one in connectors()}
        == {file.connector for file in FILES}
    )
    for one in CONNECTORS:
        assert all(record_type(dataset) for dataset in one.datasets)
        assert one.main in ("", *one.datasets)
        assert one.title
        assert one.reads.endswith(".")
        assert all(option.title.endswith(".") for option in (*one.options, *one.free)), one.name


@every_file
def test_a_file_is_recognised_by_its_own_connector_with_a_reason(file: File, tmp_path: Path) -> None:
    for name, content in (
        (file.filename, file.content.encode()),
        (f"{file.filename}.gz", gzip.compress(file.content.encode())),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        found = recognised(path)
        assert [one.name for one, _ in found] == [file.connector]
        assert found[0][1].endswith(".")


@every_file
def test_preview_import_and_import_again(file: File, load: Load) -> None:
    preview = load(file.connector, file.content, file.filename, file.options, dry_run=True)
    assert preview.state == ImportState.PREVIEW
    done = load(file.connector, file.content, file.filename, file.options)
    # The preview left nothing, and counted what the import then did.
    assert done.state == ImportState.DONE
    assert (counts(preview), preview.derived) == (counts(done), done.derived)
    assert reasons(done) == []
    assert done.inserted == file.new
    for told in (counts(done), *(counts(done, dataset) for dataset in done.derived)):
        assert told[0] == sum(told[1:])
    again = load(file.connector, file.content, file.filename, file.options)
    for dataset in (again.dataset, *again.derived):
        told = counts(again, dataset)
        assert told == (told[0], 0, 0, told[0], 0), dataset
    with entered(SYSTEM):
        assert AuditEntry.objects.filter(import_id=done.pk).count() == 1


@every_file
def test_packed_or_with_a_byte_order_mark_it_reads_the_same(file: File, load: Load) -> None:
    done = load(file.connector, gzip.compress(file.content.encode()), f"{file.filename}.gz", file.options)
    assert (done.inserted, done.quarantined) == (file.new, 0)
    if not file.content.startswith("<?xml"):
        again = load(file.connector, "\ufeff" + file.content, file.filename, file.options)
        assert again.unchanged == again.read


@every_file
def test_other_files_are_refused_with_a_sentence(file: File, load: Load) -> None:
    for content in ("", "   ", "{}", "[]", '{"a": [1, 2', "<x/>", "name\nvalue\n", "- a\n- b\n", "a" * 50):
        with pytest.raises(Refused) as refused:
            load(file.connector, content, file.filename, file.options)
        assert refused.value.sentence.endswith("."), (content, refused.value.sentence)


@pytest.mark.parametrize("name", ["backstage", "graphml", "servicenow-items"])
def test_all_or_nothing_over_all_datasets(name: str, load: Load) -> None:
    file = next(one for one in FILES if one.connector == name)
    content = file.content.replace("dol", "nobody").replace("Department of Labor", "Nobody")
    with pytest.raises(Refused, match=r"nothing was loaded"):
        load(name, content, file.filename, {}, refusals="nothing")
    with entered(SYSTEM):
        assert Import.objects.get().state == ImportState.REFUSED
        assert record_type("inventory.system").model._default_manager.count() == 3


def test_an_option_that_is_unknown_missing_or_wrong(load: Load) -> None:
    with pytest.raises(
        Refused, match="has no option “stat”; its options are state, domain, agency, organization:…"
    ):
        load("dotgov", "x", options={"stat": "LA"})
    with pytest.raises(Refused, match=r"needs to be told: Code, name or alias .* --option system=VALUE"):
        load("gsa-rationalization", "x")
    with pytest.raises(Refused, match="Option agency: there is no organization “dole”; did you mean dol"):
        load("dotgov", FILES[3].content, options={"agency": "dole"})
    with pytest.raises(Refused, match="There is no connector nothing; there are ai-products"):
        load("nothing", "x")
    with pytest.raises(Refused, match=r"gives inventory\.website, not inventory\.system"):
        load("dotgov", "x", dataset="inventory.system")


def test_the_counts_at_the_top_are_those_of_the_dataset_that_was_named(load: Load) -> None:
    file = next(one for one in FILES if one.connector == "backstage")
    done = load("backstage", file.content, file.filename, dataset="inventory.dependency")
    assert (done.dataset, done.inserted) == ("inventory.dependency", 3)
    assert counts(done, "inventory.system")[1] == 2


def test_a_liaison_loads_only_what_is_of_his_agency(load: Load, tmp_path: Path) -> None:
    from stateworks.kernel.access.models import Account, Grant, Role
    from stateworks.kernel.org.models import Organization

    with entered(SYSTEM):
        steward = Account.objects.create_user("steward@meridian.example", name="Steward")
        Grant.objects.create(
            account=steward,
            role=Role.DATA_STEWARD,
            organization=Organization.objects.get(code="dol"),
            since="2024-01-01",
        )
    path = tmp_path / "edges.csv"
    path.write_text("source,target\nClaims,State sign-in\nLedger host,Claims\n")
    done = import_connected("edge-list", path, by=steward, at=AT)
    # Sign-in and the ledger belong to others: he does not see them, so they are not named either.
    assert counts(done) == (2, 0, 0, 0, 2)
    assert not any("sign-in)" in reason or "ledger-host" in reason for reason in reasons(done))
