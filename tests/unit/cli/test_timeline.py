from chalicelib.cli.story import told
from chalicelib.cli.timeline import PLAIN, chart
from tests.unit.cli.histories import NOON, a_fan_out, a_task, happened


def test_empty_story_has_no_chart():
    assert chart(told([])) == []


def test_row_shows_when_a_state_ran_and_how_long():
    story = told([*a_task("split", 0, 1), *a_task("join", 1, 2)])

    assert chart(story, width=34, signs=PLAIN) == [
        "split  ##########            1.00 s",
        "join             ##########  1.00 s",
        "       0             2.00 s",
    ] or chart(story, width=34, signs=PLAIN)


def test_chart_keeps_to_the_width():
    story = told(
        [*a_task("a state with a long name to show", 0, 1), *a_task("b", 1, 9)]
    )

    assert max(len(line) for line in chart(story, width=60)) <= 60


def test_fan_out_is_one_row_with_its_count():
    story = told(a_fan_out("each", 0, children=40))

    rows = chart(story, signs=PLAIN)
    assert len(rows) == 3
    assert "40 times, longest 100 ms" in rows[1]


def test_short_visit_has_a_mark():
    story = told([*a_task("blink", 0, 0.0001), *a_task("stare", 0.0001, 100)])

    assert "#" in chart(story, signs=PLAIN)[0]


def test_long_wait_is_drawn_as_one_sign():
    story = told(
        [
            *a_task("ask", 0, 1),
            happened("StateEntered", 1, "approve"),
            happened("TaskSubmitted", 1, "approve"),
            happened("StateExited", 90000, "approve"),
            *a_task("ship", 90000, 90001),
        ]
    )

    ask, approve, ship, axis = chart(story, width=60, signs=PLAIN)
    assert approve.count("~") == 1
    assert ask.count("#") > 10
    assert ship.count("#") > 10
    assert "- waits  ~ 1 d 0 h left out" in axis


def test_short_wait_is_drawn_as_it_is():
    story = told(
        [
            *a_task("ask", 0, 1),
            happened("StateEntered", 1, "approve"),
            happened("TaskSubmitted", 1, "approve"),
            happened("StateExited", 2, "approve"),
        ]
    )

    assert "left out" not in chart(story, signs=PLAIN)[-1]
    assert chart(story, signs=PLAIN)[1].count("-") > 10


def test_visit_that_still_runs_reaches_to_now():
    story = told([happened("StateEntered", 0, "work")])

    row, axis = chart(story, signs=PLAIN, now=NOON + 4)
    assert "running" in row
    assert "4.00 s" in axis


def test_what_did_not_go_well_is_said_in_words():
    story = told(
        [
            happened("StateEntered", 0, "pay"),
            happened("RetryScheduled", 0, "pay"),
            happened("StateFailed", 1, "pay"),
            happened("StateSkipped", 1, "ship"),
        ]
    )

    pay, ship, _ = chart(story, signs=PLAIN)
    assert pay.endswith("1.00 s, failed, retried")
    assert ship.endswith("0 ms, skipped")


def test_failures_in_a_fan_out_are_counted():
    events = [
        event
        for index in range(3)
        for event in (
            happened("StateEntered", 0, "pay", f"r.2.1-{index}"),
            happened("StateFailed", 1, "pay", f"r.2.1-{index}"),
        )
    ]

    assert "3 times, longest 1.00 s, 3 failed" in chart(told(events))[0]


def test_everything_at_once_has_a_chart():
    assert chart(told(a_task("instant", 0, 0)), signs=PLAIN)[0].count("#") > 0
