import threading

import pytest
from chalice import Chalice, Rate

from chalicelib.clock import SystemClock
from chalicelib.local.pump import (
    Patrol,
    Pump,
    QueueSource,
    ScheduleSource,
    failed_ids,
    pause_after,
)


class SteppedClock:
    def __init__(self, now=1000.0):
        self.time = now

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.time += seconds


class FakeSqs:
    """One queue: a list of visible messages, and what became of the others."""

    def __init__(self, *bodies):
        self.visible = [
            {
                "MessageId": f"m-{number}",
                "ReceiptHandle": f"r-{number}",
                "Body": body,
                "Attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "5"},
                "MessageAttributes": {
                    "trace": {"StringValue": "t", "DataType": "String"}
                },
            }
            for number, body in enumerate(bodies)
        ]
        self.deleted = []
        self.put_back = []

    def receive_message(self, **arguments):
        count = arguments["MaxNumberOfMessages"]
        found, self.visible = self.visible[:count], self.visible[count:]
        return {"Messages": found} if found else {}

    def delete_message_batch(self, **arguments):
        self.deleted += [entry["ReceiptHandle"] for entry in arguments["Entries"]]

    def change_message_visibility(self, **arguments):
        handle = arguments["ReceiptHandle"]
        self.put_back.append((handle, arguments["VisibilityTimeout"]))


def a_source(sqs, handler, **facts):
    facts = {"name": "steps", "limit": 10, "clock": SteppedClock()} | facts
    return QueueSource(
        url="http://sqs/steps", sqs=sqs, handler=handler, context=dict, **facts
    )


def a_pump(*sources, clock=None):
    return Pump(sources=sources, clock=clock or SteppedClock())


def test_handler_of_the_app_gets_the_message_as_lambda_sends_it():
    app, seen = Chalice("probe"), []

    @app.on_sqs_message(queue="steps", batch_size=10)
    def on_steps(event):
        seen.extend(record.body for record in event)
        seen.append(event.to_dict()["Records"][0])

    pump = a_pump(a_source(FakeSqs("one"), app.handler_map["on_steps"]))
    pump.ring("steps")
    assert pump.serve_next()

    body, record = seen
    assert body == "one"
    assert record["messageId"] == "m-0"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["eventSourceARN"] == "arn:aws:sqs:us-east-1:123456789012:steps"
    assert record["messageAttributes"]["trace"]["stringValue"] == "t"


def test_message_that_was_handled_is_deleted():
    sqs = FakeSqs("one", "two")
    pump = a_pump(a_source(sqs, lambda event, context: None))
    pump.ring("steps", count=2)

    assert pump.serve_next()

    assert sqs.deleted == ["r-0", "r-1"]
    assert sqs.put_back == []


def test_invocation_is_counted_with_its_messages_and_its_time():
    clock, counted = SteppedClock(), []
    source = a_source(
        FakeSqs("one", "two"),
        lambda event, context: clock.sleep(3),
        clock=clock,
        on_invoked=lambda *what: counted.append(what),
    )
    pump = a_pump(source)
    pump.ring("steps", count=2)

    pump.serve_next()

    assert counted == [(["one", "two"], 3.0)]


def test_only_the_failed_part_of_a_batch_comes_again():
    sqs = FakeSqs("good", "bad")
    answer = {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
    clock = SteppedClock()
    pump = a_pump(a_source(sqs, lambda event, context: answer), clock=clock)
    pump.ring("steps", count=2)

    pump.serve_next()

    assert sqs.deleted == ["r-0"]
    assert sqs.put_back == [("r-1", 1)]
    assert not pump.serve_next()
    clock.sleep(1)
    assert pump.serve_next()


def test_handler_that_raises_fails_its_whole_batch(caplog):
    def explode(event, context):
        raise ValueError("no such luck")

    sqs = FakeSqs("one", "two")
    pump = a_pump(a_source(sqs, explode))
    pump.ring("steps", count=2)

    pump.serve_next()

    assert sqs.deleted == []
    assert sqs.put_back == [("r-0", 1), ("r-1", 1)]
    assert "no such luck" in caplog.text


def test_message_that_vanished_is_looked_for_among_the_dead_letters():
    served = []
    letters = a_source(
        FakeSqs("poison"), lambda event, context: served.append(event), name="letters"
    )
    steps = a_source(FakeSqs(), served.append, dead_letters="letters")
    pump = a_pump(steps, letters)
    pump.ring("steps")

    assert pump.serve_next()
    assert pump.serve_next()

    assert served[0]["Records"][0]["body"] == "poison"


def test_queue_without_an_announced_message_is_not_asked():
    pump = a_pump(a_source(None, None))

    assert not pump.serve_next()


def test_delayed_message_is_served_when_it_is_due():
    clock, sqs = SteppedClock(), FakeSqs("later")
    pump = a_pump(a_source(sqs, lambda event, context: None), clock=clock)
    pump.ring("steps", delay=5)

    assert not pump.serve_next()
    clock.sleep(5)
    assert pump.serve_next()
    assert sqs.deleted == ["r-0"]


def test_message_for_a_queue_without_handler_is_ignored():
    pump = a_pump(a_source(FakeSqs(), None))

    pump.ring("somebody-elses-queue")

    assert not pump.serve_next()


def test_queue_that_does_not_answer_is_asked_again(caplog):
    clock = SteppedClock()
    pump = a_pump(a_source(None, None), clock=clock)
    pump.ring("steps")

    assert pump.serve_next()
    assert "cannot serve steps" in caplog.text
    assert not pump.serve_next()
    clock.sleep(1)
    assert pump.serve_next()


def test_schedule_is_called_at_the_full_minute_with_the_rules_event():
    app, seen = Chalice("probe"), []

    @app.schedule(Rate(1, unit=Rate.MINUTES))
    def tick(event):
        seen.append(event)

    clock = SteppedClock(now=90.0)
    source = ScheduleSource(
        name="tick", handler=app.handler_map["tick"], context=dict, clock=clock
    )
    pump = a_pump(source, clock=clock)
    pump.ring("tick")

    assert pump.serve_next()
    assert seen[0].time == "1970-01-01T00:01:30Z"
    assert seen[0].detail_type == "Scheduled Event"
    clock.sleep(29)
    assert not pump.serve_next()
    clock.sleep(1)
    assert pump.serve_next()


def test_schedule_survives_a_handler_that_raises(caplog):
    def explode(event, context):
        raise ValueError("no tick today")

    clock = SteppedClock()
    source = ScheduleSource(name="tick", handler=explode, context=dict, clock=clock)
    pump = a_pump(source, clock=clock)
    pump.ring("tick")

    assert pump.serve_next()
    assert "no tick today" in caplog.text
    clock.sleep(60)
    assert pump.serve_next()


def test_patrol_finds_what_nobody_announced():
    clock, sqs = SteppedClock(), FakeSqs("sent behind our back")
    pump = a_pump(
        a_source(sqs, lambda event, context: None),
        Patrol(names=["steps"]),
        clock=clock,
    )
    pump.ring("patrol")

    assert pump.serve_next()
    assert pump.serve_next()
    assert sqs.deleted == ["r-0"]


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        pytest.param(None, set(), id="no answer is success"),
        pytest.param({"other": 1}, set(), id="an answer without the list is success"),
        pytest.param({"batchItemFailures": []}, set(), id="an empty list is success"),
        pytest.param(
            {"batchItemFailures": [{"itemIdentifier": "a"}]}, {"a"}, id="one named"
        ),
        pytest.param(
            {"batchItemFailures": [{"itemIdentifier": "x"}]},
            {"a", "b"},
            id="an unknown id fails all",
        ),
    ],
)
def test_failed_ids(answer, failed):
    assert failed_ids(answer, frozenset({"a", "b"})) == failed


def test_pause_grows_and_is_capped():
    assert [pause_after(received) for received in (1, 4, 40)] == [1, 8, 30]


def test_threads_serve_what_is_announced_and_stop_when_told():
    served = threading.Event()
    sqs = FakeSqs("one")
    source = a_source(sqs, lambda event, context: served.set())
    pump = Pump(sources=[source], clock=SystemClock(), workers=2)
    pump.start()

    pump.ring("steps")
    assert served.wait(5)
    pump.stop()

    assert not any(thread.is_alive() for thread in pump._threads)
