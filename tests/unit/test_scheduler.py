import json

import pytest

from chalicelib.errors import Unavailable
from chalicelib.orchestrator.timers import bucket
from chalicelib.scheduler import CURSOR, LOOK_BACK, STRIDE, Scheduler
from chalicelib.stores.memory import MemoryTable

T0 = 1_767_225_600.0
MINUTE = 60.0


class Clock:
    def __init__(self, now=T0):
        self.time = now

    def now(self):
        return self.time


class Outbox:
    """A queue that can be down."""

    def __init__(self):
        self.sent = []
        self.is_down = False

    def send(self, messages):
        if self.is_down:
            raise Unavailable("the queue")
        self.sent.extend(messages)

    @property
    def delays(self):
        return {message.body["n"]: message.delay for message in self.sent}


class Stage:
    """A table of timers, a queue, and as many clocks as there are processes."""

    def __init__(self):
        self.table, self.queue, self.clock = MemoryTable(), Outbox(), Clock()

    def timer(self, due_at, number=1):
        self.table.put(
            {
                "pk": bucket(due_at),
                "sk": f"{due_at:017.6f}#{number}",
                "due_at": due_at,
                "body": json.dumps({"n": number}),
            }
        )

    def tick(self, clock=None, table=None):
        return Scheduler(table or self.table, self.queue, clock or self.clock).tick()

    @property
    def cursor(self):
        return self.table.get(CURSOR)["minute"]

    def timers(self, due_at):
        return len(self.table.query(bucket(due_at)))


@pytest.fixture
def stage():
    return Stage()


@pytest.mark.parametrize(
    ("rest", "delay"),
    [
        pytest.param(300.0, 300, id="near"),
        pytest.param(300.2, 301, id="never too early"),
        pytest.param(0.0, 0, id="now"),
        pytest.param(-45.0, 0, id="overdue"),
        pytest.param(599.0, 599, id="the end of the last minute looked at"),
    ],
)
def test_a_near_timer_is_sent_with_the_rest_as_its_delay(stage, rest, delay):
    stage.timer(T0 + rest)
    assert stage.tick() == 1
    assert stage.queue.delays == {1: delay}
    assert stage.timers(T0 + rest) == 0


def test_a_far_timer_waits(stage):
    stage.timer(T0 + 600)
    assert stage.tick() == 0
    assert (stage.queue.sent, stage.timers(T0 + 600)) == ([], 1)


def test_every_timer_comes_once_and_on_time(stage):
    for number in range(40):
        stage.timer(T0 + 901 + 37 * number, number)
    arrivals = {}
    for _ in range(45):
        stage.tick()
        for number, delay in stage.queue.delays.items():
            arrivals.setdefault(number, []).append(stage.clock.time + delay)
        stage.queue.sent.clear()
        stage.clock.time += MINUTE
    assert arrivals == {n: [T0 + 901 + 37 * n] for n in range(40)}


def test_a_missed_minute_is_caught_up(stage):
    stage.tick()
    stage.timer(T0 + 1000, 1)
    stage.timer(T0 + 1100, 2)
    stage.clock.time += 1050
    assert stage.tick() == 2
    assert stage.queue.delays == {1: 0, 2: 50}


def test_the_first_tick_of_all_looks_back_an_hour(stage):
    stage.timer(T0 - 50 * MINUTE, 1)
    stage.timer(T0 - (LOOK_BACK + 1) * MINUTE, 2)
    stage.tick()
    assert list(stage.queue.delays) == [1]


def test_a_tick_looks_only_at_what_is_new(stage):
    stage.tick()
    reached = stage.cursor
    stage.clock.time += MINUTE
    stage.tick()
    assert stage.cursor == reached + 1


def test_two_ticks_at_once_send_twice_at_most_and_lose_nothing(stage):
    stage.timer(T0 + 120, 1)
    other = Stage()
    other.table, other.queue = Snapshot(stage.table), stage.queue
    stage.tick()
    other.tick()
    assert [message.body["n"] for message in stage.queue.sent] == [1, 1]
    assert stage.tick() == 0


class Snapshot:
    """What a process read before the others wrote."""

    def __init__(self, table):
        self._table = table
        self._timers = {
            bucket(T0 + 60 * n): table.query(bucket(T0 + 60 * n)) for n in range(12)
        }

    def get(self, key):
        return None

    def query(self, partition):
        return self._timers.get(partition, [])

    def put(self, item):
        self._table.put(item)

    def delete(self, key):
        self._table.delete(key)


def test_a_queue_that_is_down_keeps_the_timers_for_the_next_tick(stage):
    stage.timer(T0 + 120)
    stage.queue.is_down = True
    with pytest.raises(Unavailable):
        stage.tick()
    assert (stage.table.get(CURSOR), stage.timers(T0 + 120)) == (None, 1)

    stage.queue.is_down = False
    stage.clock.time += MINUTE
    assert stage.tick() == 1
    assert stage.queue.delays == {1: 60}


class Forgetful(MemoryTable):
    """A table that goes down when something is to be deleted."""

    def __init__(self, table):
        self.__dict__ = table.__dict__

    def delete(self, key):
        raise Unavailable("the table")


def test_a_crash_between_sending_and_deleting_sends_again(stage):
    stage.timer(T0 + 120)
    with pytest.raises(Unavailable):
        stage.tick(table=Forgetful(stage.table))
    assert stage.tick() == 1
    assert [message.delay for message in stage.queue.sent] == [120, 120]


def test_a_crash_repeats_no_more_than_one_request(stage):
    for number in range(25):
        stage.timer(T0 + 120, number)
    with pytest.raises(Unavailable):
        stage.tick(table=Forgetful(stage.table))
    assert len(stage.queue.sent) == 10


def test_a_process_whose_clock_is_late_moves_nothing_back(stage):
    stage.tick()
    reached = stage.cursor
    assert stage.tick(clock=Clock(T0 - 250)) == 0
    assert stage.cursor == reached


def test_a_timer_of_a_late_clock_is_not_put_into_a_minute_looked_at(stage):
    # Only a wait of more than 900 seconds makes an item.
    stage.tick(clock=Clock(T0 + 299))
    stage.timer(T0 + 900.1)
    for _ in range(10):
        stage.clock.time += MINUTE
        stage.tick()
    assert stage.queue.delays == {1: 541}


def test_an_early_clock_sends_no_delay_that_a_queue_refuses(stage):
    stage.timer(T0 + 599)
    stage.tick(clock=Clock(T0 - 3))
    stage.tick(clock=Clock(T0 + 250))
    assert all(0 <= message.delay <= 900 for message in stage.queue.sent)
    assert len(stage.queue.sent) == 1


class Tired(Outbox):
    """A queue whose process is cut off after so many requests."""

    def __init__(self, requests):
        super().__init__()
        self.requests = requests

    def send(self, messages):
        super().send(messages)
        self.requests -= 1
        self.is_down = not self.requests


def test_a_long_way_back_is_made_in_several_ticks(stage):
    stage.tick()
    start = stage.cursor
    stage.clock.time += 3 * STRIDE * MINUTE
    for number in range(3 * STRIDE):
        stage.timer((start + 1 + number) * MINUTE, number)
    stage.queue = Tired(2 * STRIDE + 10)
    with pytest.raises(Unavailable):
        stage.tick()
    assert stage.cursor == start + 2 * STRIDE

    stage.queue.is_down = False
    stage.queue.requests = -1
    stage.tick()
    assert sorted(stage.queue.delays) == list(range(3 * STRIDE))
    assert stage.cursor == start + 3 * STRIDE
