from chalicelib.cli.progress import Progress
from tests.unit.cli.histories import NOON, a_fan_out, a_task, happened

STARTED = happened("ExecutionStarted", 0)


def test_state_that_began_and_ended_meanwhile_gets_one_line():
    lines = Progress().tell([STARTED, *a_task("split", 0, 0.25)])

    assert lines == ["    0.25 s  split                       finished after 250 ms"]


def test_state_that_still_runs_says_that_it_started():
    progress = Progress()
    begun, *rest = a_task("split", 1, 3)

    assert progress.tell([STARTED, begun]) == [
        "    1.00 s  split                       started"
    ]
    assert progress.tell(rest) == [
        "    3.00 s  split                       finished after 2.00 s"
    ]


def test_state_says_once_that_it_started():
    progress = Progress()
    entered, scheduled, *_ = a_task("split", 1, 3)
    progress.tell([entered])

    assert progress.tell([scheduled]) == []


def test_history_that_begins_in_the_middle_is_told_too():
    assert "finished after 1.00 s" in Progress().tell(a_task("split", 5, 6))[0]


def test_state_that_waits_says_so():
    events = [happened("StateEntered", 0, "ask"), happened("TaskSubmitted", 0, "ask")]

    assert "waits for its answer" in Progress().tell(events)[0]


def test_wait_says_until_when():
    until = "1970-01-01T12:01:00.000Z"
    wait = happened("WaitStarted", 0, "rest", until=until)

    line = Progress().tell([happened("StateEntered", 0, "rest"), wait])[0]

    assert "waits until 1970-01-01 12:01:00.000Z" in line


def test_iterations_have_their_position():
    lines = Progress().tell(a_fan_out("each", 0, children=2)[:-1])

    assert "each                        started, 2 inside" in lines[0]
    assert "polish (1 of 2)             finished" in lines[1]
    assert "polish (2 of 2)             finished" in lines[2]


def test_lines_of_one_moment_are_in_the_order_of_time():
    entered, *rest = a_task("long", 0, 5)

    lines = Progress().tell([STARTED, entered, *a_task("short", 1, 2), *rest])

    assert [line.split()[2] for line in lines] == ["short", "long"]


def test_wide_fan_out_is_told_in_tenths():
    progress = Progress()
    events = a_fan_out("each", 0, children=200)

    lines = progress.tell(events)

    assert len(lines) == 11
    assert "polish                      20 of 200 finished" in lines[0]
    assert "200 of 200 finished" in lines[9]
    assert "each" in lines[10]


def test_wide_fan_out_does_not_say_what_started():
    progress = Progress()
    progress.tell(a_fan_out("each", 0, children=200)[:2])

    assert progress.tell([happened("StateEntered", 0, "polish", "r.2.1-7")]) == []


def test_failure_is_told_with_its_reason_also_in_a_wide_fan_out():
    progress = Progress()
    progress.tell(a_fan_out("each", 0, children=200)[:2])

    (line,) = progress.tell(
        [
            happened("StateEntered", 0, "polish", "r.2.1-7"),
            happened("TaskFailed", 1, "polish", "r.2.1-7", error="Bad", cause="Luck"),
            happened("StateFailed", 1, "polish", "r.2.1-7"),
        ]
    )

    assert "polish (8 of 200)" in line
    assert "failed after 1.00 s: Bad: Luck" in line


def test_retries_and_skipped_states_are_told():
    retry = happened("RetryScheduled", 1, "pay", value=2)
    entered, *rest = a_task("pay", 0, 3)
    skipped = happened("StateSkipped", 3, "repair")

    once, skip = Progress().tell([entered, retry, *rest, skipped])
    (twice,) = Progress().tell([entered, retry, retry, *rest])

    assert once.endswith("finished after 3.00 s, tried again once")
    assert skip.endswith("repair                      skipped")
    assert twice.endswith("tried again 2 times")


def test_colour_repeats_the_word():
    (line,) = Progress(colours=True).tell(a_task("split", 0, 1))

    assert "\x1b[32mfinished\x1b[0m" in line


def test_bar_counts_states_and_names_those_at_work():
    progress = Progress(states=4)
    progress.tell([STARTED, *a_task("split", 0, 1), happened("StateEntered", 1, "dub")])

    bar = progress.bar(NOON + 2, 80, full="#", empty=".")

    assert bar == "######..................  1 of 4 states  2.00 s  dub"


def test_bar_moves_with_the_iterations():
    progress = Progress(states=1)
    progress.tell(a_fan_out("each", 0, children=4)[:14])

    assert progress.bar(NOON, 80, full="#", empty=".").startswith("############....")


def test_bar_names_three_of_many_at_work():
    progress = Progress()
    names = ("a", "b", "c", "d", "e")
    progress.tell([STARTED, *(happened("StateEntered", 0, each) for each in names)])

    assert progress.bar(NOON, 80).endswith("a, b, c and 2 more")


def test_bar_fits_the_terminal():
    progress = Progress()
    progress.tell([STARTED, happened("StateEntered", 0, "a long name " * 9)])

    assert len(progress.bar(NOON, 60)) == 60


def test_bar_of_nothing_is_empty():
    assert Progress().bar(NOON, 80, empty=".").startswith("........................  0")
