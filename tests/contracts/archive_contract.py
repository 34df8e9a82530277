"""What an archive must do on every table; a test module subclasses this."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.engine.state import Status, Stored
from chalicelib.errors import ExecutionNotFound, StaleRecord, WorkflowNotFound
from chalicelib.journal.archive import Archive
from chalicelib.journal.values import Values
from chalicelib.meter import Meter, MeteredTable
from chalicelib.stores.blobs import MemoryBlobs
from chalicelib.values import compact
from tests.contracts.archives import Broken, StoppedClock, a_definition, a_head
from tests.contracts.journals import RUN, T0, noise

LARGE = {"text": noise(9000)}


class ArchiveContract:
    @pytest.fixture
    def table(self):
        raise NotImplementedError

    @pytest.fixture
    def clock(self):
        return StoppedClock()

    @pytest.fixture
    def meter(self):
        return Meter()

    @pytest.fixture
    def new_process(self, table, clock, meter):
        """Makes an archive that remembers nothing."""
        metered, blobs = MeteredTable(table, meter), MemoryBlobs()
        return lambda: Archive(metered, Values(metered, blobs), clock)

    @pytest.fixture
    def archive(self, new_process):
        return new_process()

    # Executions

    def test_an_execution_is_found_as_it_began(self, archive, new_process):
        head = a_head(
            input={"@": [1]},
            trace="00-ab-cd-01",
            parent="t1.x",
            depth=2,
            input_digest="d",
        )
        archive.begin(head)
        assert new_process().head("orders:run-1") == head

    def test_an_execution_begins_once(self, archive, new_process):
        archive.begin(a_head(input="first"))
        with pytest.raises(StaleRecord):
            new_process().begin(a_head(input="second"))
        assert archive.head("orders:run-1").input == "first"

    def test_an_execution_ends_once(self, archive, new_process):
        archive.begin(a_head(input=LARGE))
        ended = a_head(
            input=LARGE, output=LARGE, status=Status.SUCCEEDED, stopped_at=T0 + 60
        )
        assert archive.end(ended) is True
        late = replace(ended, status=Status.FAILED, error="Late", output=None)
        assert new_process().end(late) is False
        assert new_process().head("orders:run-1") == ended

    def test_an_execution_that_never_began_does_not_end(self, archive):
        assert archive.end(a_head(status=Status.SUCCEEDED)) is False
        with pytest.raises(ExecutionNotFound, match="run-1"):
            archive.head("orders:run-1")

    def test_a_long_cause_is_found_whole(self, archive, new_process):
        archive.begin(a_head())
        failed = a_head(status=Status.FAILED, error="Broken", cause=noise(500_000))
        archive.end(failed)
        assert new_process().head("orders:run-1") == failed

    def test_a_value_that_was_kept_before_is_not_kept_again(self, archive, table):
        archive.begin(a_head(input=LARGE))
        kept = table.query(RUN, prefix="value#")
        digest = kept[0]["sk"].removeprefix("value#")
        slot = Stored(compact({"text": {"@": [digest, 9002, "table"]}}))
        archive.end(a_head(input=slot, output=slot, status=Status.SUCCEEDED))
        assert len(table.query(RUN, prefix="value#")) == 1
        assert archive.head("orders:run-1").output == LARGE

    def test_an_execution_costs_four_units_with_its_place_in_the_list(
        self, archive, meter
    ):
        archive.begin(a_head(input={"n": 1}))
        archive.end(a_head(input={"n": 1}, output=2, status=Status.SUCCEEDED))
        assert meter.bill(RUN).writes == 4

    # The list

    def test_executions_are_listed_newest_first(self, archive):
        for number in (2, 3, 1):
            archive.begin(a_head(number, input=LARGE))
        found, more = archive.heads("orders")
        assert [each.name for each in found] == ["run-3", "run-2", "run-1"]
        assert (found[0].input, more) == (None, None)

    def test_a_list_is_read_page_by_page(self, archive):
        for number in range(7):
            archive.begin(a_head(number))
        pages, more = [], ""
        while more is not None:
            found, more = archive.heads("orders", limit=3, after=more)
            pages.append([each.name for each in found])
        assert pages == [
            ["run-6", "run-5", "run-4"],
            ["run-3", "run-2", "run-1"],
            ["run-0"],
        ]

    def test_executions_of_the_same_time_are_all_listed(self, archive):
        for number in range(5):
            archive.begin(a_head(number, started_at=T0))
        first, more = archive.heads("orders", limit=3)
        rest, _ = archive.heads("orders", limit=3, after=more)
        assert len({each.name for each in first + rest}) == 5

    def test_a_list_may_be_of_one_status(self, archive):
        for number in range(9):
            archive.begin(a_head(number))
        for number in (1, 4, 7):
            archive.end(a_head(number, status=Status.FAILED))
        first, more = archive.heads("orders", status=Status.FAILED, limit=2)
        rest, end = archive.heads("orders", status=Status.FAILED, limit=2, after=more)
        assert [each.name for each in first] == ["run-7", "run-4"]
        assert ([each.name for each in rest], end) == (["run-1"], None)

    def test_the_list_knows_what_became_of_an_execution(self, archive):
        archive.begin(a_head())
        ended = a_head(status=Status.SUCCEEDED, stopped_at=T0 + 60, output=1)
        archive.end(ended)
        (listed,), _ = archive.heads("orders")
        assert listed == replace(ended, output=None)

    def test_other_workflows_and_none_have_lists_of_their_own(self, archive):
        archive.begin(a_head())
        archive.begin(a_head(execution="refunds:run-1", workflow="refunds"))
        assert len(archive.heads("orders")[0]) == 1
        assert archive.heads("nobody") == ([], None)

    def test_a_page_of_the_list_costs_what_it_shows(self, archive, meter):
        for number in range(40):
            archive.begin(a_head(number, input=noise(2000)))
        before = meter.total().reads
        archive.heads("orders", limit=20)
        # 20 rows of some 140 bytes; half a unit for 4 KB, for the list may lag.
        assert meter.total().reads - before <= 0.5

    # Definitions

    def test_a_definition_is_found_as_it_was_published(
        self, archive, new_process, clock
    ):
        workflow, text = a_definition()
        version = archive.publish(workflow, text)
        found = new_process().definition("orders")
        assert (found.name, found.version, found.format) == ("orders", version, "asl")
        assert (found.text, found.published_at) == (text, clock.at)
        assert new_process().workflow("orders", version) == workflow

    def test_publishing_the_same_again_changes_nothing(self, archive, clock, meter):
        version = archive.publish(*a_definition())
        clock.at += 60
        before = meter.total().writes
        assert archive.publish(*a_definition()) == version
        assert archive.definition("orders").published_at == T0
        assert archive.definitions()[0].published_at == T0
        assert meter.total().writes - before <= 1  # a lost fence is paid for

    def test_an_older_version_stays_as_it_was(self, archive, new_process):
        old = archive.publish(*a_definition("old"))
        new = archive.publish(*a_definition("new"))
        other = new_process()
        assert other.current("orders") == new != old
        assert '"old"' in other.definition("orders", old).text
        assert '"new"' in other.definition("orders").text

    def test_publishing_an_older_version_again_goes_back_to_it(self, archive):
        old = archive.publish(*a_definition("old"))
        archive.publish(*a_definition("new"))
        assert archive.publish(*a_definition("old")) == old
        assert archive.current("orders") == old
        assert [each.version for each in archive.definitions()] == [old]

    @pytest.mark.parametrize("writes", [0, 1, 2])
    def test_publishing_that_broke_off_is_mended_by_publishing_again(
        self, table, clock, new_process, writes
    ):
        broken = Broken(table, writes)
        with pytest.raises(ConnectionError):
            Archive(broken, Values(broken, MemoryBlobs()), clock).publish(
                *a_definition()
            )
        archive = new_process()
        version = archive.publish(*a_definition())
        assert archive.current("orders") == version
        assert [each.version for each in archive.definitions()] == [version]

    def test_a_workflow_that_was_withdrawn_keeps_its_versions(self, archive):
        version = archive.publish(*a_definition())
        archive.withdraw("orders")
        assert archive.definitions() == []
        with pytest.raises(WorkflowNotFound):
            archive.current("orders")
        assert archive.definition("orders", version).version == version

    def test_a_workflow_that_was_withdrawn_can_be_published_again(self, archive):
        version = archive.publish(*a_definition())
        archive.withdraw("orders")
        assert archive.publish(*a_definition()) == version
        assert archive.current("orders") == version
        assert [each.version for each in archive.definitions()] == [version]

    def test_every_workflow_is_listed_without_its_text(self, archive):
        archive.publish(*a_definition())
        found = archive.definitions()
        assert [(each.name, each.format, each.text) for each in found] == [
            ("orders", "asl", "")
        ]

    def test_a_compiled_version_is_read_once(self, archive, meter):
        version = archive.publish(*a_definition())
        first = archive.workflow("orders", version)
        before = meter.total().reads
        assert archive.workflow("orders", version) is first
        assert meter.total().reads == before

    @pytest.mark.parametrize(
        "ask",
        [
            pytest.param(lambda archive: archive.current("nobody"), id="current"),
            pytest.param(lambda archive: archive.definition("nobody"), id="definition"),
            pytest.param(
                lambda archive: archive.workflow("nobody", "v"), id="workflow"
            ),
            pytest.param(lambda archive: archive.workflow("nobody", ""), id="any"),
        ],
    )
    def test_an_unknown_workflow_is_not_found(self, archive, ask):
        with pytest.raises(WorkflowNotFound, match="nobody"):
            ask(archive)

    @pytest.mark.parametrize("version", ["v9", "CURRENT"])
    def test_an_unknown_version_is_not_found(self, archive, version):
        archive.publish(*a_definition())
        with pytest.raises(WorkflowNotFound, match=version):
            archive.definition("orders", version)

    def test_an_execution_without_records_has_no_history(self, archive):
        assert archive.history(RUN) == []
