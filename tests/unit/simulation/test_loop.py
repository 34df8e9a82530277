import threading

import pytest

from chalicelib.simulation.loop import BEGINNING, Loop


@pytest.fixture
def loop():
    made = Loop()
    yield made
    made.close()


def run(loop):
    while loop.step():
        pass


def test_deeds_are_done_in_the_order_of_their_times(loop):
    done = []
    for delay in (3, 1, 2):
        loop.at(BEGINNING + delay, lambda delay=delay: done.append((delay, loop.now)))

    run(loop)

    assert done == [(delay, BEGINNING + delay) for delay in (1, 2, 3)]


def test_of_equal_times_the_order_decides_and_then_who_asked_first(loop):
    done = []
    for name, order in (("last", 1.0), ("first", 0.0), ("second", 0.0)):
        loop.at(BEGINNING, lambda name=name: done.append(name), order=order)

    run(loop)

    assert done == ["first", "second", "last"]


def test_a_deed_that_is_late_is_done_now(loop):
    loop.at(BEGINNING + 5, lambda: loop.at(BEGINNING + 1, lambda: None))

    run(loop)

    assert loop.now == BEGINNING + 5


def test_while_a_deed_pauses_the_world_goes_on(loop):
    told = []

    def slow():
        told.append("begins")
        loop.clock.sleep(10)
        told.append("goes on")

    loop.at(BEGINNING, slow)
    loop.at(BEGINNING + 5, lambda: told.append("meanwhile"))

    run(loop)

    assert told == ["begins", "meanwhile", "goes on"]
    assert loop.now == BEGINNING + 10


def test_a_pause_in_which_nothing_else_is_due_only_moves_the_clock(loop):
    loop.at(BEGINNING, lambda: loop.pause(7))

    assert loop.step()
    assert loop.now == BEGINNING + 7
    assert loop.next_at is None


def test_outside_of_a_deed_a_pause_only_moves_the_clock(loop):
    loop.at(BEGINNING + 1, lambda: None)

    loop.pause(3)

    assert loop.now == BEGINNING + 3
    assert loop.next_at == BEGINNING + 1


def test_what_a_deed_raises_is_raised_by_the_step(loop):
    def broken():
        raise ZeroDivisionError("broken")

    loop.want(BEGINNING, broken)

    with pytest.raises(ZeroDivisionError, match="broken"):
        loop.step()
    assert loop.wanted == 0


def test_only_wanted_deeds_keep_a_run_going(loop):
    loop.at(BEGINNING, lambda: None)
    assert loop.wanted == 0

    loop.want(BEGINNING, lambda: None)
    assert loop.wanted == 1

    run(loop)
    assert loop.wanted == 0


def test_closing_ends_what_has_paused_and_every_thread():
    before = threading.active_count()
    loop, ended = Loop(), []

    def slow():
        try:
            loop.clock.sleep(10)
        finally:
            ended.append(loop.is_closed)

    for _ in range(3):
        loop.at(BEGINNING, slow)
    loop.at(BEGINNING + 1, lambda: None)
    for _ in range(4):
        loop.step()
    assert threading.active_count() > before

    loop.close()

    assert ended == [True, True, True]
    assert threading.active_count() == before


def test_what_ends_with_the_loop_cannot_pause_again():
    loop, tried = Loop(), []

    def stubborn():
        try:
            loop.pause(10)
        finally:
            tried.append("once more")
            loop.pause(10)

    loop.at(BEGINNING, stubborn)
    loop.at(BEGINNING + 1, lambda: None)
    loop.step()

    loop.close()

    assert tried == ["once more"]
    assert not loop.step()
