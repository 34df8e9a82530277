from chalicelib.cli.story import by_state, moment, told
from tests.unit.cli.histories import NOON, a_fan_out, a_task, happened


def test_visit_opens_when_the_state_is_entered_and_closes_when_it_is_left():
    story = told(a_task("split", 0, 2))

    (visit,) = story.visits
    assert (visit.state, visit.entered_at, visit.left_at) == ("split", NOON, NOON + 2)
    assert (visit.outcome, visit.seconds, visit.resource) == (
        "finished",
        2.0,
        "lambda:work",
    )


def test_visit_that_still_runs_has_no_end():
    story = told([happened("StateEntered", 0, "split")])

    (visit,) = story.visits
    assert visit.is_open
    assert (visit.outcome, visit.seconds) == ("running", 0.0)


def test_failed_state_keeps_its_error():
    story = told(
        [
            happened("StateEntered", 0, "pay"),
            happened("TaskFailed", 1, "pay", error="Card", cause="refused"),
            happened("StateFailed", 1, "pay"),
        ]
    )

    (visit,) = story.visits
    assert (visit.outcome, visit.error, visit.cause) == ("failed", "Card", "refused")


def test_retries_are_counted():
    retry = happened("RetryScheduled", 1, "pay", value=2)
    story = told([happened("StateEntered", 0, "pay"), retry, retry])

    assert story.visits[0].retries == 2


def test_skipped_state_is_a_visit_of_no_length():
    story = told([happened("StateSkipped", 3, "repair")])

    (visit,) = story.visits
    assert (visit.outcome, visit.seconds) == ("skipped", 0.0)


def test_wait_and_callback_are_waiting_not_working():
    story = told(
        [
            happened("StateEntered", 0, "pause"),
            happened("WaitStarted", 0, "pause", until="1970-01-01T12:00:09.000Z"),
            happened("StateEntered", 0, "approve"),
            happened("TaskSubmitted", 0, "approve"),
        ]
    )

    assert [visit.waits for visit in story.visits] == [True, True]


def test_same_state_twice_is_two_visits():
    story = told([*a_task("ask", 0, 1), *a_task("ask", 2, 5)])

    assert [visit.seconds for visit in story.visits] == [1.0, 3.0]


def test_iteration_knows_its_place():
    story = told(a_fan_out("each", 0, children=3))

    labels = [story.label(visit) for visit in story.visits]
    assert labels == ["each", "polish (1 of 3)", "polish (2 of 3)", "polish (3 of 3)"]


def test_only_child_needs_no_number():
    story = told(a_fan_out("each", 0, children=1))

    assert story.label(story.visits[-1]) == "polish"


def test_place_in_an_unknown_container_is_still_a_number():
    story = told(a_task("polish", 0, 1, scope="r.9.1-4"))

    assert story.label(story.visits[0]) == "polish (5)"


def test_nested_iteration_knows_both_places():
    inner = [
        happened("StateEntered", 0, "cells", "r.2.1-0"),
        happened("ChildrenStarted", 0, "cells", "r.2.1-0", children=2, activation=1),
        *a_task("fill", 0, 1, scope="r.2.1-0.1.1-1"),
    ]
    outer = [
        happened("StateEntered", 0, "rows"),
        happened("ChildrenStarted", 0, "rows", children=4, activation=2),
    ]
    story = told([*outer, *inner])

    assert story.label(story.visits[-1]) == "fill (1 of 4, 2 of 2)"


def test_container_counts_the_children_that_ended():
    events = a_fan_out("each", 0, children=3)
    story = told(events[:-1])

    assert (story.visits[0].children, story.visits[0].children_ended) == (3, 3)


def test_end_of_the_execution_ends_what_was_open():
    story = told(
        [
            happened("ExecutionStarted", 0),
            happened("StateEntered", 0, "approve"),
            happened("ExecutionTimedOut", 9, error="States.Timeout", cause="late"),
        ]
    )

    assert (story.visits[0].outcome, story.visits[0].seconds) == ("timed out", 9.0)
    assert (story.started_at, story.ended_at) == (NOON, NOON + 9)
    assert (story.ending, story.error, story.cause) == (
        "timed out",
        "States.Timeout",
        "late",
    )


def test_end_of_a_branch_ends_what_was_open_inside_it_only():
    story = told(
        [
            happened("StateEntered", 0, "both"),
            happened("ChildrenStarted", 0, "both", children=2, activation=1),
            happened("StateEntered", 0, "left", "r.1.1-0"),
            happened("StateEntered", 0, "right", "r.1.1-10"),
            happened("ScopeAborted", 2, scope="r.1.1-0"),
        ]
    )

    assert [visit.outcome for visit in story.visits] == [
        "running",
        "aborted",
        "running",
    ]


def test_event_of_an_unknown_kind_changes_nothing():
    events = a_task("split", 0, 1)

    assert told([happened("StarsAligned", 0, "split"), *events]).visits == (
        told(events).visits
    )


def test_states_are_grouped_in_the_order_they_began():
    story = told(
        [
            *a_task("split", 0, 1),
            *a_fan_out("each", 1, children=2),
            *a_task("join", 2, 3),
        ]
    )

    groups = [(name, len(visits)) for name, visits in by_state(story)]
    assert groups == [("split", 1), ("each", 1), ("  polish", 2), ("join", 1)]


def test_times_are_read_to_the_millisecond():
    assert moment("1970-01-01T12:00:00.250Z") == NOON + 0.25
