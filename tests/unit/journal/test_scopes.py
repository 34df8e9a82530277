from chalicelib.journal.scopes import REMEMBERED
from chalicelib.stores.blobs import MemoryBlobs
from chalicelib.stores.memory import MemoryTable
from tests.contracts.journals import RUN, a_draft, a_journal, a_scope, noise


def test_scopes_of_long_ago_are_forgotten_and_found_again():
    journal = a_journal(MemoryTable(), MemoryBlobs())
    for index in range(REMEMBERED + 1):
        journal.commit(RUN, f"r.1.1-{index}", None, a_draft(cause=f"{index}"))

    assert journal.remembered(RUN, "r.1.1-0") is None
    assert journal.remembered(RUN, "r.1.1-1").causes == ("1",)
    assert journal.load(RUN, "r.1.1-0").record.causes == ("0",)


def test_what_a_process_committed_is_not_forgotten_for_what_it_reads_late():
    table, blobs = MemoryTable(), MemoryBlobs()
    journal = a_journal(table, blobs)
    first = journal.commit(RUN, "r", None, a_draft())
    journal.commit(RUN, "r", first, a_draft(cause="second"))
    table.delete((RUN, "r#00000002"))  # a read that does not see it yet

    journal.load(RUN, "r")
    assert journal.remembered(RUN, "r").causes == ("second",)


def test_a_record_that_is_one_unit_either_way_is_written_whole():
    journal = a_journal(MemoryTable(), MemoryBlobs())
    kept = {"kept": noise(900)}
    first = journal.commit(RUN, "r", None, a_draft(a_scope(variables=kept)))
    second = journal.commit(
        RUN, "r", first, a_draft(a_scope(variables=kept, transitions=1))
    )
    assert second.base == second.seq


def test_a_record_that_a_delta_makes_cheaper_is_a_delta():
    journal = a_journal(MemoryTable(), MemoryBlobs())
    kept = {"kept": noise(1900), "more": noise(1900, 1)}
    first = journal.commit(RUN, "r", None, a_draft(a_scope(variables=kept)))
    second = journal.commit(
        RUN, "r", first, a_draft(a_scope(variables=kept, transitions=1))
    )
    assert (second.base, second.delta_bytes < 200) == (1, True)


def test_a_delta_as_large_as_the_whole_is_not_written():
    journal = a_journal(MemoryTable(), MemoryBlobs())
    state = a_scope(variables={"one": noise(1900), "two": noise(1900, 1)})
    first = journal.commit(RUN, "r", None, a_draft(state))
    fresh = a_scope(variables={"one": noise(1900, 2), "two": noise(1900, 3)})
    second = journal.commit(RUN, "r", first, a_draft(fresh))
    assert second.base == 2
