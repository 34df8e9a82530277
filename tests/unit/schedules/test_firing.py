"""What does a schedule start, when the one before still runs, or when it is late?"""

import pytest

from chalicelib.errors import ScheduleRefused
from chalicelib.schedules.firing import BATCH, Progress, decide
from chalicelib.schedules.schedule import Overlap, Schedule

T0 = 1_767_225_600.0
MINUTE = 60.0


def a_schedule(**facts):
    return Schedule(
        **{"workflow": "w", "name": "s", "when": "* * * * *", "catch_up": 600.0} | facts
    )


def a_progress(done_until=T0, **facts):
    return Progress(created_at=T0, done_until=done_until, **facts)


def minutes(decision):
    return [(due - T0) / MINUTE for due in decision.starts]


def test_nothing_is_started_before_it_is_due():
    decision = decide(a_schedule(), a_progress(), T0 + 59, is_running=False)
    assert (decision.starts, decision.next_at) == ((), T0 + 60)


def test_every_due_time_is_started_where_overlaps_are_allowed():
    decision = decide(a_schedule(), a_progress(), T0 + 150, is_running=True)
    assert minutes(decision) == [1, 2]
    assert decision.progress.done_until == T0 + 120
    assert decision.progress.last == "s-20260101T000200Z"
    assert decision.next_at == T0 + 180


@pytest.mark.parametrize(
    ("overlap", "is_running", "started", "buffered", "missed"),
    [
        (Overlap.SKIP, True, [], None, 2),
        (Overlap.SKIP, False, [1], None, 1),
        (Overlap.BUFFER_ONE, True, [], T0 + 60, 1),
        (Overlap.BUFFER_ONE, False, [1], T0 + 120, 0),
        (Overlap.CANCEL_PREVIOUS, True, [1], None, 0),
    ],
)
def test_what_happens_beside_a_running_one(
    overlap, is_running, started, buffered, missed
):
    schedule = a_schedule(overlap=overlap)
    decision = decide(schedule, a_progress(), T0 + 150, is_running=is_running)
    assert minutes(decision) == started
    assert decision.progress.buffered == buffered
    assert decision.progress.missed == missed


def test_the_one_that_waits_is_started_when_the_other_has_ended():
    schedule = a_schedule(overlap=Overlap.BUFFER_ONE)
    waiting = a_progress(done_until=T0 + 120, buffered=T0 + 60)
    decision = decide(schedule, waiting, T0 + 130, is_running=False)
    assert minutes(decision) == [1]
    assert decision.progress.buffered is None


def test_only_the_previous_one_is_stopped_and_each_gets_its_turn():
    schedule = a_schedule(overlap=Overlap.CANCEL_PREVIOUS)
    first = decide(schedule, a_progress(), T0 + 150, is_running=True)
    assert (first.cancels, first.next_at) == (True, T0 + 150)
    second = decide(schedule, first.progress, T0 + 150, is_running=True)
    assert minutes(second) == [2]


def test_what_is_later_than_the_catch_up_window_is_left_out():
    schedule = a_schedule(catch_up=90.0)
    decision = decide(schedule, a_progress(), T0 + 300, is_running=False)
    assert minutes(decision) == [4, 5]
    assert decision.progress.missed == 3


def test_a_long_absence_is_passed_over_in_one_go():
    schedule = a_schedule(when="@every 1s", catch_up=10.0)
    far = decide(schedule, a_progress(), T0 + 10_000, is_running=False)
    assert (far.starts, far.next_at) == ((), T0 + 10_000)
    near = decide(schedule, far.progress, T0 + 10_000, is_running=False)
    assert len(near.starts) == 11


def test_a_crowd_of_due_times_is_started_in_batches():
    schedule = a_schedule(when="@every 1s")
    decision = decide(schedule, a_progress(), T0 + 100, is_running=False)
    assert len(decision.starts) == BATCH
    assert decision.next_at == T0 + 100


def test_jitter_delays_alike_each_time():
    schedule = a_schedule(jitter=30.0)
    begins = schedule.begins_at(T0 + 60)
    assert T0 + 60 <= begins <= T0 + 90
    assert begins == schedule.begins_at(T0 + 60)
    early = decide(schedule, a_progress(), begins - 0.01, is_running=False)
    assert (early.starts, early.next_at) == ((), begins)
    assert minutes(decide(schedule, a_progress(), begins, is_running=False)) == [1]


def test_nothing_is_due_outside_of_start_and_end():
    schedule = a_schedule(starts_at=T0 + 120, ends_at=T0 + 180)
    decision = decide(schedule, a_progress(), T0 + 600, is_running=False)
    assert minutes(decision) == [2, 3]
    assert decision.next_at is None


def test_an_interval_is_counted_from_the_start_that_was_asked_for():
    schedule = a_schedule(when="rate(5 minutes)", starts_at=T0 + 30)
    assert schedule.next_after(T0, anchor=T0) == T0 + 30
    assert schedule.next_after(T0 + 30, anchor=T0) == T0 + 330


def test_the_input_tells_the_due_time():
    schedule = a_schedule(
        time_zone="Asia/Tokyo",
        input={
            "at": "<schedule.due>",
            "here": ["on <schedule.localDue>"],
            "by": "<schedule.workflow>/<schedule.name>",
            "n": 1,
        },
    )
    assert schedule.filled_input(T0) == {
        "at": "2026-01-01T00:00:00Z",
        "here": ["on 2026-01-01T09:00:00+09:00"],
        "by": "w/s",
        "n": 1,
    }


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ({"when": "0 0 30 2 *"}, "is never due"),
        ({"when": "at(2020-01-01T00:00:00)", "starts_at": T0}, "is never due"),
        ({"starts_at": T0, "ends_at": T0}, "it is not after the beginning"),
        ({"starts_at": -1.0}, "a time from 1970 to 2199"),
        ({"ends_at": 2.5e11}, "a time from 1970 to 2199"),
        ({"catch_up": -1.0}, "catchUp: a year at most"),
        ({"jitter": 1e9}, "jitter: a day at most"),
    ],
)
def test_a_schedule_without_sense_is_refused(facts, complaint):
    with pytest.raises(ScheduleRefused, match=complaint):
        a_schedule(**facts).require_sense()
