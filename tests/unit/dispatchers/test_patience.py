"""How one waits no longer than a given time."""

import threading

import pytest

from chalicelib.dispatchers.patience import within


def test_a_result_in_time_is_returned():
    assert within(5, lambda: "done") == "done"


def test_what_is_raised_in_time_is_raised():
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 / 0)


def test_work_that_takes_longer_is_left_alone():
    gate = threading.Event()

    with pytest.raises(TimeoutError):
        within(0.01, lambda: gate.wait(5))
    gate.set()


def test_threads_are_used_again():
    threads = {within(5, threading.get_ident) for _ in range(20)}

    assert len(threads) < 20


def test_work_that_hangs_holds_up_no_other():
    gate = threading.Event()

    with pytest.raises(TimeoutError):
        within(0.01, lambda: gate.wait(5))
    assert within(5, lambda: "done") == "done"
    gate.set()
