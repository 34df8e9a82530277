"""What a journal must do on every table: the fence, and records of every size.

A test module subclasses this. ``journal_reach_contract`` has the other half.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.engine.history import Happened, HistoryEvent
from chalicelib.engine.state import Phase, Ready
from chalicelib.errors import StaleRecord, Unavailable
from chalicelib.item_size import item_size
from chalicelib.journal import keys, records
from tests.contracts.journals import (
    RUN,
    T0,
    JournalFixtures,
    a_draft,
    a_scope,
    an_activation,
    an_origin,
    entered,
    noise,
    without_history,
)


def with_variables(number):
    """A scope that keeps what each of its tasks answered."""
    kept = {f"answer {n}": {"n": n, "text": noise(100, n)} for n in range(number)}
    return {"variables": kept}


def with_done(number):
    """A wide DAG: finished states, and the edges they left."""
    edges = (True, False, ("Refund",))
    return {"done": {f"Task {n}": edges[n % 3] for n in range(number)}}


def with_active(number):
    """Ever more of it is under way; what began first is done first."""
    return {"active": {n: an_activation(n) for n in range(number // 2, number)}}


GROWTHS = [with_variables, with_done, with_active]


class JournalContract(JournalFixtures):
    # The fence

    def test_nothing_is_found_of_a_scope_that_never_began(self, journal):
        found = journal.load(RUN, "r")
        assert (found.record, found.inbox) == (None, ())
        assert journal.remembered(RUN, "r") is None

    def test_a_record_is_found_by_another_process(self, journal, new_process):
        draft = a_draft(
            a_scope(transitions=3),
            at=T0 + 1.5,
            tags=(["call", 1, 1],),
            history=[entered(at=T0 + 1.25, activation=1)],
        )
        journal.commit(RUN, "r", None, draft)

        record = new_process().load(RUN, "r").record
        assert (record.seq, record.at, record.causes) == (1, T0 + 1.5, ("start",))
        assert record.tags == (["call", 1, 1],)
        assert record.state == a_scope(transitions=3)
        assert record.history == (entered(at=T0 + 1.25, activation=1),)

    def test_of_two_writers_of_a_record_one_loses(self, journal, new_process):
        other = new_process()
        journal.commit(RUN, "r", None, a_draft(cause="first"))
        with pytest.raises(StaleRecord):
            other.commit(RUN, "r", None, a_draft(cause="second"))
        assert new_process().load(RUN, "r").record.causes == ("first",)

    def test_the_loser_loads_and_decides_again(self, journal, new_process):
        first = journal.commit(RUN, "r", None, a_draft())
        other = new_process()
        seen = other.load(RUN, "r").record
        journal.commit(RUN, "r", first, a_draft(a_scope(transitions=1), cause="a"))
        with pytest.raises(StaleRecord):
            other.commit(RUN, "r", seen, a_draft(a_scope(transitions=1), cause="b"))

        now = other.load(RUN, "r").record
        other.commit(RUN, "r", now, a_draft(a_scope(transitions=2), cause="b"))
        last = new_process().load(RUN, "r").record
        assert (last.seq, last.causes, last.state.transitions) == (3, ("b",), 2)

    def test_scopes_do_not_fence_each_other(self, journal, new_process):
        for scope in ("r", "r.1.1-0", "r.1.1-1", "r.1.1-0.2.1-0"):
            journal.commit(RUN, scope, None, a_draft(cause=scope))
        journal.commit("orders:run-2", "r", None, a_draft(cause="run-2"))
        found = {
            scope: new_process().load(RUN, scope).record.causes
            for scope in ("r", "r.1.1-0", "r.1.1-1", "r.1.1-0.2.1-0")
        }
        assert all(causes == (scope,) for scope, causes in found.items())

    # What a process remembers

    def test_a_warm_process_commits_without_reading(self, journal, meter):
        record = None
        for number in range(5):
            record = journal.commit(RUN, "r", record, a_draft(cause=f"{number}"))
            assert journal.remembered(RUN, "r") == record
        assert (meter.bill(RUN).writes, meter.bill(RUN).reads) == (5, 0)

    def test_what_is_forgotten_is_asked_of_the_table(self, journal):
        journal.commit(RUN, "r", None, a_draft())
        journal.forget(RUN, "r")
        assert journal.remembered(RUN, "r") is None
        assert journal.load(RUN, "r").record.seq == 1

    def test_a_process_that_fell_behind_reads_only_the_news(
        self, journal, new_process, meter
    ):
        record = _far_from_its_base(journal)
        behind = new_process()
        behind.load(RUN, "r")
        record = _grown(journal, with_variables, record.seq + 3, record)

        before = meter.bill(RUN).reads
        assert without_history(behind.load(RUN, "r").record) == record
        news = meter.bill(RUN).reads - before
        new_process().load(RUN, "r")
        everything = meter.bill(RUN).reads - before - news
        assert (news, everything > 4) == (2, True)

    # Whole records, and deltas

    def test_a_small_state_is_always_written_whole(self, journal):
        record = None
        for number in range(20):
            state = a_scope(transitions=number, active={number: an_activation(number)})
            record = journal.commit(RUN, "r", record, a_draft(state))
        assert record.base == record.seq == 20

    @pytest.mark.parametrize("growth", GROWTHS)
    def test_a_large_state_is_written_as_what_changed(self, journal, growth):
        record = _grown(journal, growth, 60)
        assert 0 < record.seq - record.base < 60
        assert record.delta_bytes < 5 * max(record.base_bytes, 1200)

    @pytest.mark.parametrize("growth", GROWTHS)
    @pytest.mark.parametrize("number", [1, 9, 10, 33, 60])
    def test_another_process_finds_what_the_writer_remembers(
        self, journal, new_process, growth, number
    ):
        record = _grown(journal, growth, number)
        assert without_history(new_process().load(RUN, "r").record) == record

    def test_what_shrinks_again_is_found_as_it_is(self, journal, new_process):
        record = _grown(journal, with_variables, 30)
        kept = {"answer 3": {"other": 3}, "answer 4": None}
        for number in range(3):
            state = a_scope(variables=kept, transitions=number, ready=_READY)
            record = journal.commit(RUN, "r", record, a_draft(state))
        assert new_process().load(RUN, "r").record.state == state

    @pytest.mark.parametrize("growth", GROWTHS)
    def test_the_thousandth_record_costs_what_the_tenth_did(
        self, journal, meter, growth
    ):
        record = _grown(journal, growth, 10)
        tenth = meter.bill(RUN).writes / 10
        record = _grown(journal, growth, 600, record)
        before = meter.bill(RUN).writes
        _grown(journal, growth, 1000, record)
        assert (meter.bill(RUN).writes - before) / 400 <= 1.1 * tenth

    def test_an_ordinary_record_is_one_write_unit(self, journal, table):
        value = _ordinary(1)
        first = journal.commit(RUN, "r", None, _ordinary_turn(value, 1))
        journal.commit(RUN, "r", first, _ordinary_turn(value, 2))
        assert [item_size(item) <= 1024 for item in table.query(RUN)] == [True, True]

    def test_a_record_too_large_for_an_item_is_kept_in_parts(
        self, journal, new_process, table
    ):
        many = {f"answer {n}": noise(1900, n) for n in range(400)}
        first = journal.commit(RUN, "r", None, a_draft(a_scope(variables=many)))
        state = a_scope(variables={**many, "last": 1})
        second = journal.commit(RUN, "r", first, a_draft(state))

        assert (first.base_bytes > 300_000, second.base) == (True, 1)
        assert max(item_size(item) for item in table.query(RUN)) < 400_000
        assert without_history(new_process().load(RUN, "r").record) == second

    def test_a_record_of_newer_code_is_left_for_newer_code(self, journal, table):
        newer = records.pack({"v": records.SCHEMA + 1})
        table.put({"pk": RUN, "sk": keys.record("r", 1), "d": newer})
        with pytest.raises(Unavailable, match="schema 2"):
            journal.load(RUN, "r")


_READY = (Ready(state="Next", input={"n": 1}),)


def _grown(journal, growth, number, record=None):
    """Commit a scope that grows by one thing with each record."""
    last = record.state if record else None
    for count in range(record.seq + 1 if record else 1, number + 1):
        fresh = a_scope(**growth(count))
        state = fresh if last is None else _sharing(fresh, last)
        said = [entered(f"Task {count}", activation=count)]
        record = journal.commit(RUN, "r", record, a_draft(state, history=said))
        last = state
    return record


def _far_from_its_base(journal):
    """Commit records until there is much more to read in deltas than in the whole."""
    record = _grown(journal, with_variables, 300)
    while record.delta_bytes < 2 * record.base_bytes:
        record = _grown(journal, with_variables, record.seq + 1, record)
    return record


def _sharing(state, before):
    """What did not change is the very object that it was, as the engine leaves it."""
    shared = {
        name: {key: there.get(key, each) for key, each in getattr(state, name).items()}
        for name in ("variables", "done", "active")
        for there in [getattr(before, name)]
    }
    return replace(state, **shared)


def _ordinary(number):
    """About 1 KB of what services send each other."""
    skus = ("BK-1001", "BK-1038", "TY-2210", "GM-0917", "EL-5503", "KT-7720")
    return {
        "orderId": f"ORD-2026-{number:06d}",
        "placedAt": "2026-01-14T09:31:07Z",
        "customer": {
            "id": "c-88213",
            "name": "Ada Lovelace",
            "email": "ada.lovelace@example.com",
            "address": {"street": "12 St James's Square", "city": "London"},
        },
        "items": [
            {"sku": sku, "quantity": n % 3 + 1, "price": 12.5 + 3.75 * n, "tax": 0.2}
            for n, sku in enumerate(skus)
        ],
        "payment": {"method": "card", "authorisation": "auth_3PqY7sKZ1mXw0d2L"},
        "shipping": {"carrier": "Royal Mail", "service": "standard", "boxes": 1},
        "notes": "Leave it with the neighbour at number 14 if nobody answers the door.",
    }


def _ordinary_turn(value, number):
    """A task that was answered, and the next one that was called."""
    resource = "lambda:arn:aws:lambda:us-east-1:123456789012:function:charge-card"
    after = {**value, "paid": True}
    held = an_activation(number, state="ShipTheOrder", phase=Phase.CALLED, input=after)
    said = [
        HistoryEvent(Happened.TASK_SUCCEEDED, T0, "ChargeTheCard", value=after),
        HistoryEvent(Happened.STATE_EXITED, T0, "ChargeTheCard", value=after),
        entered("ShipTheOrder", value=after),
        HistoryEvent(
            Happened.TASK_SCHEDULED, T0, "ShipTheOrder", value=after, note=resource
        ),
    ]
    state = a_scope(an_origin(input=value), active={number: held}, next_id=number + 1)
    cause = f"answer {number} 1"
    tags = (["call", number, 1],)
    return a_draft(state, cause=cause, tags=tags, history=said)
