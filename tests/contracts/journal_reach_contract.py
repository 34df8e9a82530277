"""What a journal must do on every table: large values, the inbox, the past, children.

A test module subclasses this. ``journal_contract`` has the other half.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.engine.state import Failure, Ready, Status, Stored
from chalicelib.errors import StaleRecord, ValueLost
from tests.contracts.journals import (
    RUN,
    JournalFixtures,
    a_draft,
    a_scope,
    an_activation,
    an_origin,
    entered,
    noise,
    without_history,
)

LARGE = {"rows": [{"id": number, "text": noise(60, number)} for number in range(60)]}


class JournalReachContract(JournalFixtures):
    # Large values

    def test_a_large_value_in_any_slot_is_found_as_a_reference(
        self, journal, new_process, table
    ):
        origin = an_origin(input=LARGE, item=[LARGE])
        state = a_scope(
            origin,
            variables={"all": {"of": LARGE}},
            active={1: an_activation(input=LARGE)},
            ready=(Ready(state="Next", input=(LARGE, 1)),),
            output={"last": LARGE},
        )
        said = [entered(value=LARGE)]
        journal.commit(RUN, "r", None, a_draft(state, history=said))

        other = new_process()
        record = other.load(RUN, "r").record
        found = record.state
        slots = {
            "input": found.origin.input,
            "item": found.origin.item,
            "variable": found.variables["all"],
            "active": found.active[1].input,
            "ready": found.ready[0].input,
            "output": found.output,
            "history": record.history[0].value,
        }
        assert {name: type(slot) for name, slot in slots.items()} == dict.fromkeys(
            slots, Stored
        )
        restored = {name: other.restore(RUN, slot) for name, slot in slots.items()}
        assert restored == {
            "input": LARGE,
            "item": [LARGE],
            "variable": {"of": LARGE},
            "active": LARGE,
            "ready": [LARGE, 1],
            "output": {"last": LARGE},
            "history": LARGE,
        }
        assert len(table.query(RUN, prefix="value#")) == 1

    def test_a_reference_that_is_passed_on_is_not_read(
        self, journal, new_process, meter
    ):
        state = a_scope(active={1: an_activation(input=LARGE)})
        journal.commit(RUN, "r", None, a_draft(state))
        other = new_process()
        record = other.load(RUN, "r").record
        before = meter.bill(RUN).reads

        slot = record.state.active[1].input
        after = replace(record.state, active={2: an_activation(2, input=slot)})
        other.commit(RUN, "r", record, a_draft(after))
        assert meter.bill(RUN).reads == before
        found = new_process().load(RUN, "r").record.state.active[2].input
        assert other.restore(RUN, found) == LARGE

    def test_a_small_value_is_its_own_restoration(self, journal):
        assert journal.restore(RUN, [1]) == [1]

    def test_a_user_s_value_that_looks_like_a_reference_is_none(
        self, journal, new_process
    ):
        value = {"@": ["0" * 64, 9000, "table"]}
        journal.commit(RUN, "r", None, a_draft(a_scope(output=value)))
        other = new_process()
        found = other.load(RUN, "r").record.state.output
        assert other.restore(RUN, found) == value

    def test_a_value_that_is_gone_is_lost_when_it_is_wanted(
        self, journal, new_process, table
    ):
        journal.commit(RUN, "r", None, a_draft(a_scope(output=LARGE)))
        for item in table.query(RUN, prefix="value#"):
            table.delete((RUN, item["sk"]))
        other = new_process()
        found = other.load(RUN, "r").record
        with pytest.raises(ValueLost):
            other.restore(RUN, found.state.output)

    # The inbox

    def test_an_event_waits_in_the_inbox_until_it_is_settled(
        self, journal, new_process
    ):
        record = journal.commit(RUN, "r", None, a_draft())
        journal.post(RUN, "r", "3 1", {"cause": "report 3 1 ab", "value": [1]})

        found = new_process().load(RUN, "r")
        assert without_history(found.record) == record
        assert found.inbox == (("3 1", {"cause": "report 3 1 ab", "value": [1]}),)
        journal.settle(RUN, "r", ["3 1"])
        assert new_process().load(RUN, "r").inbox == ()

    def test_the_inbox_may_be_first(self, journal):
        journal.post(RUN, "r", "3 1", {})
        found = journal.load(RUN, "r")
        assert (found.record, found.inbox) == (None, (("3 1", {}),))

    def test_a_place_in_the_inbox_is_taken_once(self, journal, new_process):
        journal.post(RUN, "r", "3 1", {"by": "first"})
        with pytest.raises(StaleRecord):
            new_process().post(RUN, "r", "3 1", {"by": "second"})
        assert journal.load(RUN, "r").inbox == (("3 1", {"by": "first"}),)

    def test_a_hundred_events_wait_in_the_order_of_their_places(self, journal, meter):
        record = journal.commit(RUN, "r", None, a_draft())
        for number in reversed(range(100)):
            journal.post(RUN, "r", f"{number:03d} 1", {"n": number})
        found = journal.load(RUN, "r").inbox
        assert [body["n"] for _, body in found] == list(range(100))

        journal.commit(RUN, "r", record, a_draft(cause="all"))
        journal.settle(RUN, "r", [place for place, _ in found])
        assert meter.bill(RUN).writes / 100 <= 3

    def test_the_inbox_of_a_child_is_its_own(self, journal):
        journal.post(RUN, "r.1.1-0", "3 1", {})
        journal.commit(RUN, "r", None, a_draft())
        assert journal.load(RUN, "r").inbox == ()

    # Going back

    def test_records_are_walked_back_over_several_pages(self, journal, new_process):
        record = None
        for number in range(1, 121):
            draft = a_draft(cause=f"event {number}", history=[entered(f"S{number}")])
            record = journal.commit(RUN, "r", record, draft)
        journal.commit(RUN, "r.1.1-0", None, a_draft())
        journal.post(RUN, "r", "3 1", {})

        walked = list(new_process().walk_back(RUN, "r"))
        assert [each.seq for each in walked] == list(range(120, 0, -1))
        assert walked[7].causes == ("event 113",)
        assert walked[7].history == (entered("S113"),)

    def test_one_record_tells_what_happened_in_it(self, journal, new_process):
        first = journal.commit(RUN, "r", None, a_draft(history=[entered("S1")]))
        again = a_draft(cause="event 2", history=[entered("S2")])
        journal.commit(RUN, "r", first, again)
        found = new_process().said(RUN, "r", 2)
        assert (found.causes, found.history) == (("event 2",), (entered("S2"),))
        assert new_process().said(RUN, "r", 3) is None

    def test_a_scope_that_never_began_has_nowhere_to_go_back(self, journal):
        assert list(journal.walk_back(RUN, "r")) == []

    # Children

    @pytest.mark.parametrize("children", [1, 100, 150, 1000])
    def test_the_outcomes_of_all_children_are_found(
        self, journal, new_process, children
    ):
        for index in range(children):
            state = a_scope(status=Status.SUCCEEDED, output={"n": index})
            journal.commit(RUN, f"r.3.1-{index}", None, a_draft(state))
        found = new_process().outcomes(RUN, "r.3.1", children)
        assert found == {
            index: (Status.SUCCEEDED, {"n": index}, None, 0)
            for index in range(children)
        }

    def test_children_of_a_container_far_out_are_found(self, journal, new_process):
        ended = a_scope(status=Status.SUCCEEDED, output="far")
        for index in range(120):
            journal.commit(RUN, f"r.3.1-110.2.1-{index}", None, a_draft(ended))
        found = new_process().outcomes(RUN, "r.3.1-110.2.1", 120)
        assert found == dict.fromkeys(range(120), (Status.SUCCEEDED, "far", None, 0))

    def test_the_last_record_of_a_child_tells_how_it_is(self, journal, new_process):
        failure = Failure(error="Broken", cause="on purpose")
        began = journal.commit(RUN, "r.3.1-0", None, a_draft())
        failed = a_scope(status=Status.FAILED, failure=failure)
        journal.commit(RUN, "r.3.1-0", began, a_draft(failed))
        journal.commit(RUN, "r.3.1-1", None, a_draft())
        ended = a_scope(status=Status.SUCCEEDED, output=LARGE)
        journal.commit(RUN, "r.3.1-2", None, a_draft(ended))
        journal.post(RUN, "r.3.1-2", "1 1", {})

        other = new_process()
        found = other.outcomes(RUN, "r.3.1", 3)
        assert found[0] == (Status.FAILED, None, failure, 0)
        assert found[1] == (Status.RUNNING, None, None, 0)
        assert other.restore(RUN, found[2][1]) == LARGE

    def test_other_families_are_left_out(self, journal):
        ended = a_draft(a_scope(status=Status.SUCCEEDED))
        for scope in ("r.3.1-0", "r.3.1-0.1.1-7", "r.3.2-1", "r.3.10-2", "r.30.1-3"):
            journal.commit(RUN, scope, None, ended)
        assert list(journal.outcomes(RUN, "r.3.1", 5)) == [0]
