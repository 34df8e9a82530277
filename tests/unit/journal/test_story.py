from itertools import pairwise

import pytest

from chalicelib.engine.history import Happened, HistoryEvent
from chalicelib.journal import story
from chalicelib.journal.values import Values
from chalicelib.stores.blobs import MemoryBlobs
from chalicelib.stores.memory import MemoryTable
from chalicelib.testing import run
from tests.contracts.journals import RUN, T0, a_draft, a_journal, noise

TASK = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:echo"}
JOINED = ("r", "ChildrenJoined")


class Journals:
    """Records in a table, and what they tell."""

    def __init__(self):
        self.table, self.blobs = MemoryTable(), MemoryBlobs()
        self.journal = a_journal(self.table, self.blobs)

    def record(self, scope, *said, cause="start", at=T0, tags=()):
        before = self.journal.remembered(RUN, scope)
        draft = a_draft(cause=cause, at=at, tags=tags, history=said)
        self.journal.commit(RUN, scope, before, draft)

    def tell(self):
        return story.tell(self.table, Values(self.table, self.blobs), RUN)

    def in_short(self):
        return [(each["scope"], each["type"]) for each in self.tell()]


@pytest.fixture
def journals():
    return Journals()


def said(kind, at=T0, **facts):
    return HistoryEvent(kind, at, **facts)


def family(journals, skew=0.0, children=2):
    """A container and its children, whose clocks differ by ``skew`` seconds."""
    started = said(Happened.CHILDREN_STARTED, value=children)
    journals.record("r", started, tags=(["children", 1, 1],))
    for index in range(children):
        scope, at = f"r.1.1-{index}", T0 + skew
        journals.record(scope, said(Happened.SCOPE_STARTED, at), at=at)
        ended = said(Happened.SCOPE_SUCCEEDED, at)
        journals.record(scope, ended, at=at, cause="answer 1 1")
    journals.record("r", said(Happened.CHILDREN_JOINED), cause="joined 1 1")


@pytest.mark.parametrize(
    "skew",
    [
        pytest.param(0.0, id="all at the same time"),
        pytest.param(-30.0, id="the children's clocks are late"),
        pytest.param(30.0, id="the children's clocks are early"),
    ],
)
def test_children_begin_after_their_container_and_end_before_it_joins(journals, skew):
    family(journals, skew)
    told = journals.in_short()
    assert (told[0], told[-1]) == (("r", "ChildrenStarted"), JOINED)
    for child in ("r.1.1-0", "r.1.1-1"):
        own = [kind for scope, kind in told if scope == child]
        assert own == ["ScopeStarted", "ScopeSucceeded"]


def test_records_of_a_scope_stay_in_their_order_whatever_the_clocks_say(journals):
    for number, at in enumerate((T0, T0 - 50, T0 + 10)):
        journals.record(
            "r", said(Happened.STATE_ENTERED, at, state=f"S{number}"), at=at
        )
    assert [each["state"] for each in journals.tell()] == ["S0", "S1", "S2"]


def test_time_decides_between_scopes_that_do_not_wait_for_each_other(journals):
    journals.record("r", tags=(["children", 1, 1],))
    for index, at in ((0, T0 + 2), (1, T0 + 1), (2, T0 + 3)):
        scope = f"r.1.1-{index}"
        journals.record(scope, said(Happened.SCOPE_STARTED, at), at=at)
    assert [scope for scope, _ in journals.in_short()] == [
        "r.1.1-1",
        "r.1.1-0",
        "r.1.1-2",
    ]


def test_a_lost_child_is_told_before_its_container_and_the_stopped_one_after(journals):
    journals.record("r", tags=(["children", 1, 1],))
    journals.record("r.1.1-0", said(Happened.SCOPE_STARTED))
    journals.record("r.1.1-1", said(Happened.SCOPE_FAILED))
    journals.record(
        "r",
        said(Happened.STATE_FAILED),
        cause="lost 1 1 1",
        tags=(["cancel children", 1, 1, 2],),
    )
    journals.record("r.1.1-0", said(Happened.SCOPE_ABORTED), cause="stop")

    assert journals.in_short() == [
        ("r.1.1-0", "ScopeStarted"),
        ("r.1.1-1", "ScopeFailed"),
        ("r", "StateFailed"),
        ("r.1.1-0", "ScopeAborted"),
    ]


def test_a_second_attempt_of_a_container_waits_for_its_own_children(journals):
    journals.record("r", tags=(["children", 1, 1],))
    journals.record("r.1.1-0", said(Happened.SCOPE_FAILED))
    journals.record("r", cause="lost 1 1 0", tags=(["children", 1, 2],))
    journals.record("r.1.2-0", said(Happened.SCOPE_SUCCEEDED))
    journals.record("r", said(Happened.CHILDREN_JOINED), cause="joined 1 2")
    assert journals.in_short() == [
        ("r.1.1-0", "ScopeFailed"),
        ("r.1.2-0", "ScopeSucceeded"),
        JOINED,
    ]


@pytest.mark.parametrize("cause", ["joined 1 1", "lost 1 1 4", "stop"])
def test_what_was_deleted_holds_nothing_up(journals, cause):
    journals.record("r.1.1-0.2.1-3", said(Happened.SCOPE_STARTED))
    journals.record("r", said(Happened.STATE_EXITED), cause=cause)
    assert len(journals.tell()) == 2


def test_events_are_numbered_and_know_the_one_before_them(journals):
    family(journals)
    told = journals.tell()
    assert [each["id"] for each in told] == [1, 2, 3, 4, 5, 6]
    before = {each["id"]: each["previousEventId"] for each in told}
    assert before == {1: 0, 2: 1, 3: 1, 4: 2, 5: 3, 6: 1}


def test_a_child_of_a_silent_child_follows_what_was_told_above_it(journals):
    journals.record("r", said(Happened.CHILDREN_STARTED, value=1))
    journals.record("r.1.1-0.2.1-0", said(Happened.SCOPE_STARTED))
    assert journals.tell()[1]["previousEventId"] == 1


def test_an_event_of_an_inline_scope_names_it(journals):
    journals.record("r", said(Happened.SCOPE_STARTED, scope="r.1.1-0", value=1))
    assert journals.tell()[0]["scope"] == "r.1.1-0"


def test_an_event_tells_its_facts_and_leaves_out_the_others(journals):
    journals.record(
        "r",
        said(
            Happened.TASK_SCHEDULED,
            state="Ship",
            value={"n": 1},
            note="lambda:ship",
            activation=3,
            attempt=2,
        ),
        said(Happened.TASK_FAILED, error="Broken", cause="on purpose"),
    )
    scheduled, failed = journals.tell()
    assert scheduled == {
        "id": 1,
        "previousEventId": 0,
        "type": "TaskScheduled",
        "timestamp": T0,
        "scope": "r",
        "state": "Ship",
        "parameters": {"n": 1},
        "resource": "lambda:ship",
        "activation": 3,
        "attempt": 2,
    }
    assert (failed["error"], failed["cause"]) == ("Broken", "on purpose")
    assert "resource" not in failed


def test_a_large_value_is_told_whole_and_a_lost_one_by_its_name(journals):
    value = {"text": noise(9000)}
    journals.record("r", said(Happened.STATE_ENTERED, value=value))
    assert journals.tell()[0]["input"] == value

    (kept,) = journals.table.query(RUN, prefix="value#")
    journals.table.delete((RUN, kept["sk"]))
    lost = journals.tell()[0]["input"]
    assert kept["sk"].removeprefix("value#") in lost["lost"]


def test_the_inbox_is_not_history(journals):
    journals.record("r", said(Happened.STATE_ENTERED))
    journals.journal.post(RUN, "r", "1 1", {})
    assert len(journals.tell()) == 1


def test_children_in_every_partition_are_told(journals):
    started = said(Happened.CHILDREN_STARTED, value=450)
    journals.record("r", started, tags=(["children", 1, 1],))
    for index in range(450):
        journals.record(f"r.1.1-{index}", said(Happened.SCOPE_STARTED))
    assert len(journals.tell()) == 451


def only(name, state):
    return {"StartAt": name, "States": {name: {**state, "End": True}}}


def a_map(processor):
    return {"Type": "Map", "ItemProcessor": processor}


def test_nested_maps_are_told_in_the_order_of_cause():
    definition = only("Outer", a_map(only("Inner", a_map(only("Do", TASK)))))
    items = [[index, index + 1] for index in range(103)]
    done = run(definition, items, functions={"echo": lambda event: event})

    assert (done.status, done.output) == ("SUCCEEDED", items)
    where = {(each["scope"], each["type"]): each["id"] for each in done.history}
    moments = [
        [
            where["r", "ChildrenStarted"],
            where[child, "ScopeStarted"],
            where[child, "ChildrenStarted"],
            where[f"{child}.1.1-1", "ScopeStarted"],
            where[f"{child}.1.1-1", "ScopeSucceeded"],
            where[child, "ChildrenJoined"],
            where[child, "ScopeSucceeded"],
            where["r", "ChildrenJoined"],
        ]
        for child in (f"r.1.1-{index}" for index in range(103))
    ]
    assert moments == [sorted(each) for each in moments]


def test_an_event_comes_after_the_one_it_follows():
    both = {"Type": "Parallel", "Branches": [only("A", TASK), only("B", TASK)]}
    told = run(only("Both", both), functions={"echo": lambda event: event}).history
    assert [each["id"] for each in told] == list(range(1, len(told) + 1))
    assert all(each["previousEventId"] < each["id"] for each in told)
    assert all(a["timestamp"] <= b["timestamp"] for a, b in pairwise(told))
