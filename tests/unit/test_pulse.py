import pytest

from chalicelib.errors import Unavailable
from chalicelib.pulse import Health, Pulse, worst
from chalicelib.scheduler import CURSOR
from chalicelib.stores.memory import MemoryTable

T0 = 1_767_225_600.0
ALL = {"table": Health.OK, "tick": Health.OK, "queue": Health.OK}


class Clock:
    def __init__(self, now):
        self.time = now

    def now(self):
        return self.time


class NoTable:
    def get(self, key):
        raise Unavailable("the table")


def no_queue():
    raise ConnectionError("the queue")


def parts(table=None, now=T0, queue=lambda: 3):
    if table is None:
        table = MemoryTable()
        table.put({"pk": CURSOR[0], "sk": CURSOR[1], "minute": 1, "at": T0})
    faults = (ConnectionError,)
    pulse = Pulse(table=table, clock=Clock(now), queue_length=queue, faults=faults)
    return pulse.parts()


def test_a_stage_that_ticks_is_well():
    assert parts() == ALL
    assert worst(parts()) is Health.OK


@pytest.mark.parametrize(
    ("age", "health"),
    [(120, Health.OK), (121, Health.LATE), (180, Health.LATE), (181, Health.DEAD)],
)
def test_a_tick_that_stops_is_late_and_then_dead(age, health):
    assert parts(now=T0 + age) == {**ALL, "tick": health}


def test_a_tick_that_never_ran_is_dead():
    assert parts(MemoryTable())["tick"] is Health.DEAD


def test_without_a_table_nobody_knows_of_the_tick():
    found = parts(NoTable())

    assert found == {**ALL, "table": Health.DEAD, "tick": Health.DEAD}


def test_a_queue_that_does_not_answer_is_dead():
    assert parts(queue=no_queue) == {**ALL, "queue": Health.DEAD}


def test_a_stage_is_as_its_worst_part():
    assert worst({"a": Health.LATE, "b": Health.DEAD, "c": Health.OK}) is Health.DEAD
