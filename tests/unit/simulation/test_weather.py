import pytest

from chalicelib.errors import StaleRecord, Unavailable
from chalicelib.ports import Message
from chalicelib.simulation import seams
from chalicelib.simulation.faults import (
    RECEIVES,
    Chances,
    Crash,
    Fault,
    Plan,
    Storm,
    Weather,
    possible,
)
from chalicelib.simulation.loop import Loop
from chalicelib.stores.blobs import MemoryBlobs
from chalicelib.stores.memory import MemoryTable

ITEM = {"pk": "p", "sk": "s"}
PLACES = ["table.get", "table.put", "queue.send", "dispatcher.dispatch"] * 50


def drawn(storm):
    faults = [storm.strike(place) for place in PLACES]
    rest = [storm.chance(), storm.order(), storm.pause(), storm.deliveries(1.0)]
    return faults, rest, storm.pick(10), storm.contradicts()


class Outbox:
    def __init__(self):
        self.sent = []

    def send(self, messages):
        self.sent.extend(messages)


class Recorder:
    def __init__(self):
        self.calls = []

    def dispatch(self, call):
        self.calls.append(call)
        return "outcome"

    def cancel(self, call):
        self.calls.append(call)
        return True


# -- what is decided -----------------------------------------------------------------


def test_the_same_seed_is_the_same_storm():
    assert drawn(Storm(7)) == drawn(Storm(7)) != drawn(Storm(8))


def test_calm_weather_changes_nothing():
    calm = Weather()

    assert drawn(calm) == ([None] * 200, [0.5, 0.0, 0.0, [1.0]], 0, False)
    assert not calm.faults
    assert calm.is_calm


def test_a_storm_ends_when_it_has_done_its_most():
    storm = Storm(1, Chances(error=1.0, crash_before=0, crash_after=0, most=3))

    assert [storm.strike("table.get") for _ in range(5)] == [Fault.ERROR] * 3 + [
        None
    ] * 2
    assert storm.faults == {"table.get: error": 3}
    assert storm.places == ["table.get"] * 5


@pytest.mark.parametrize(("most", "receives"), [(1, RECEIVES), (4, 6), (25, 27)])
def test_no_message_can_die_of_a_storm(most, receives):
    assert Storm(1, Chances(most=most)).receives == receives


def test_nothing_strikes_while_the_weather_is_paused():
    storm = Storm(1, Chances(error=1.0, crash_before=0, crash_after=0))

    with storm.paused():
        assert storm.strike("table.get") is None
    assert storm.places == []
    assert storm.strike("table.get") is Fault.ERROR


def test_a_plan_strikes_where_it_says():
    plan = Plan({1: Fault.CRASH_AFTER})

    assert [plan.strike("table.put") for _ in range(3)] == [
        None,
        Fault.CRASH_AFTER,
        None,
    ]


def test_a_plan_does_nothing_that_cannot_happen_there():
    plan = Plan({0: Fault.TWICE})

    assert plan.strike("dispatcher.dispatch") is None


def test_only_what_client_libraries_repeat_happens_twice():
    assert Fault.TWICE in possible("queue.send")
    assert Fault.TWICE not in possible("dispatcher.dispatch")


@pytest.mark.parametrize(
    ("weather", "text"),
    [
        (Weather(), "Weather()"),
        (Storm(17), "Storm(17)"),
        (Plan({3: Fault.ERROR}), "Plan({3: Fault.ERROR})"),
    ],
)
def test_a_weather_prints_as_what_makes_it_again(weather, text):
    assert repr(weather) == text


def test_a_storm_of_other_chances_prints_them():
    assert "most=9" in repr(Storm(17, Chances(most=9)))


def test_a_message_may_come_twice_and_late():
    storm = Storm(3, Chances(duplicate=1.0, late=1.0, lateness=10.0))

    first, second = storm.deliveries(5.0)

    assert 5.0 < first <= 15.0
    assert 5.0 < second <= 15.0


# -- what it does at an I/O ----------------------------------------------------------


def a_table(fault):
    inner = MemoryTable()
    seam = seams.Seam(Plan({0: fault} if fault else {}), Loop())
    return inner, seams.WeatherTable(inner, seam)


@pytest.mark.parametrize(
    ("fault", "raised", "is_written"),
    [
        (Fault.CRASH_BEFORE, Crash, False),
        (Fault.CRASH_AFTER, Crash, True),
        (Fault.ERROR, Unavailable, False),
        (Fault.LOST_ANSWER, Unavailable, True),
        (Fault.TWICE, StaleRecord, True),
    ],
)
def test_a_fault_is_what_it_is_called(fault, raised, is_written):
    inner, table = a_table(fault)

    with pytest.raises(raised):
        table.put(ITEM, unless_exists=True)
    assert (inner.get(("p", "s")) is not None) is is_written


def test_without_a_fault_every_call_of_a_table_is_handed_on():
    _, table = a_table(None)

    table.put({**ITEM, "slots": {"0": 0}, "next": 1})
    assert table.claim(("p", "s"), "0", 0)["next"] == 2
    assert table.add(("p", "t"), frozenset({3}))["done"] == {3}
    assert [item["sk"] for item in table.query("p", prefix="")] == ["s", "t"]
    table.delete(("p", "s"))
    assert table.get(("p", "s")) is None


def test_a_batch_of_messages_gets_through_in_part():
    outbox = Outbox()
    queue = seams.WeatherQueue(outbox, seams.Seam(Plan({1: Fault.ERROR}), Loop()))

    with pytest.raises(Unavailable):
        queue.send([Message(body=number) for number in range(3)])
    assert [each.body for each in outbox.sent] == [0]


def test_a_message_that_vanishes_is_thought_to_be_sent():
    outbox = Outbox()
    queue = seams.WeatherQueue(outbox, seams.Seam(Plan({0: Fault.LOST}), Loop()))

    queue.send([Message(body=1)])

    assert outbox.sent == []


def test_blobs_and_dispatchers_are_in_the_weather_too():
    seam = seams.Seam(Plan({2: Fault.CRASH_AFTER, 4: Fault.ERROR}), Loop())
    blobs, recorder = seams.WeatherBlobs(MemoryBlobs(), seam), Recorder()
    dispatcher = seams.WeatherDispatcher(recorder, seam)

    blobs.put("name", b"content")
    assert blobs.get("name") == b"content"
    with pytest.raises(Crash):
        dispatcher.dispatch("call")
    assert dispatcher.cancel("call")
    with pytest.raises(Unavailable):
        dispatcher.cancel("call")
    assert recorder.calls == ["call", "call"]


def test_others_run_while_an_io_takes_its_time():
    loop, told = Loop(), []
    storm = Storm(1, Chances(interleave=1.0, crash_before=0, crash_after=0, error=0))
    blobs = seams.WeatherBlobs(MemoryBlobs(), seams.Seam(storm, loop))

    def slow():
        blobs.put("name", b"")
        told.append("slow")

    loop.at(loop.now, slow)
    loop.at(loop.now + 1e-9, lambda: told.append("quick"))
    while loop.step():
        pass
    loop.close()

    assert told == ["quick", "slow"]
