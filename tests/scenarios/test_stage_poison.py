"""Messages that cannot be handled: their execution fails, and nobody else does."""

import json

import pytest
from chalice.local import LambdaContext

import app
from chalicelib import bootstrap
from chalicelib.local import account, event_shapes
from chalicelib.orchestrator import beginnings
from tests.scenarios.desk import a_desk, a_flow, a_task

pytestmark = [pytest.mark.moto, pytest.mark.slow]

WAITS = a_flow({"Type": "Wait", "Seconds": 800})
POISON = "Millrace.PoisonMessage"
BREAKS = {
    "workspace": "tests",
    "dagName": "breaks",
    "type": "flow",
    "tasks": [
        {
            "name": "only",
            "category": "function",
            "pattern": "task_sync",
            "resourceName": "broken://anything",
        }
    ],
}


class Queues:
    """The step queue, as anybody reaches it who may send."""

    def __init__(self, desk):
        self.sqs = desk.stage.clients("sqs")
        self.steps = self.sqs.get_queue_url(QueueName="millrace-dev-steps")["QueueUrl"]

    def send(self, *bodies):
        """Send messages at once, so that they come in one batch."""
        texts = [each if isinstance(each, str) else json.dumps(each) for each in bodies]
        entries = [
            {"Id": str(number), "MessageBody": text}
            for number, text in enumerate(texts)
        ]
        self.sqs.send_message_batch(QueueUrl=self.steps, Entries=entries)

    def give_up_after(self, receives):
        """Have a message buried sooner than in a real stage; nobody waits here."""
        arn = account.queue_arn("millrace-dev-dead-letters")
        policy = {"deadLetterTargetArn": arn, "maxReceiveCount": receives}
        self.sqs.set_queue_attributes(
            QueueUrl=self.steps, Attributes={"RedrivePolicy": json.dumps(policy)}
        )


@pytest.fixture(scope="module")
def desk():
    """A stage with a dispatcher that fails whenever it is asked."""
    with a_desk(DISPATCHERS="broken=tests.scenarios.functions:Broken") as made:
        yield made


@pytest.fixture(scope="module")
def queues(desk):
    return Queues(desk)


@pytest.fixture(scope="module", autouse=True)
def published(desk):
    desk.publish(WAITS, "waits")
    desk.publish(a_flow(a_task("shout")), "shouts")
    desk.publish(BREAKS)


@pytest.fixture
def waiting(desk):
    """Starts an execution that waits; returns its id."""

    def start(name):
        execution = desk.start("waits", {"name": name}, name=name)
        desk.reached(execution, "WaitStarted")
        return execution

    return start


def a_step(execution, do, **facts):
    return {"v": 1, "do": do, "x": execution, "s": "r", **facts}


@pytest.mark.parametrize(
    ("name", "message", "diagnosis"),
    [
        ("unknown-kind", {"do": "dance"}, "nothing is known of 'dance'"),
        ("no-version", {"v": "one"}, "no schema number"),
        ("no-scope", {"s": None}, "'timer' without 's'"),
        ("no-facts", {"do": "timer"}, "'timer' without 'a'"),
        ("odd-facts", {"do": "timer", "k": "?", "a": 1, "n": 1}, "timer without '?'"),
    ],
)
def test_message_that_nobody_can_read_fails_its_execution_with_the_diagnosis(
    desk, queues, waiting, name, message, diagnosis
):
    harmed, neighbour = waiting(name), waiting(f"beside-{name}")

    queues.send({**a_step(harmed, "timer"), **message}, a_step(neighbour, "carry", q=1))

    ended = desk.ended(harmed)
    assert (ended["status"], ended["error"]) == ("FAILED", POISON)
    assert diagnosis in ended["cause"]
    assert desk.types(harmed)[-1] == "ExecutionFailed"
    assert desk.execution(neighbour)["status"] == "RUNNING"


@pytest.mark.parametrize(
    "body",
    [
        "this is no step",
        "[]",
        "{",
        '{"v": 1, "x": ""}',
        '{"v": 1, "x": {"a": 1}}',
        json.dumps({"v": 1, "do": "dance", "x": "x" * 3000, "s": "r"}),
        json.dumps(a_step("waits:nobody", "dance")),
    ],
)
def test_message_of_no_execution_is_dropped_and_harms_nobody(desk, queues, body):
    queues.send(body, body)

    ended = desk.ended(desk.start("shouts", {"text": "a"}))

    assert ended["output"] == {"text": "A"}
    desk.agree(lambda: desk.left("steps") == 0)
    assert desk.left("dead-letters") == 0


def test_poison_for_an_execution_that_has_ended_changes_nothing(desk, queues):
    ended = desk.ended(desk.start("shouts", {"text": "a"}))

    queues.send(a_step(ended["id"], "dance"))
    desk.agree(lambda: desk.left("steps") == 0)

    assert desk.execution(ended["id"]) == ended


def test_message_that_fails_every_time_fails_its_execution(desk, queues):
    queues.give_up_after(2)
    harmed = desk.start("tests-breaks", {})
    neighbour = desk.start("shouts", {"text": "a"})

    ended = desk.ended(harmed)

    assert desk.ended(neighbour)["status"] == "SUCCEEDED"
    assert (ended["status"], ended["error"]) == ("FAILED", POISON)
    assert "the message 'start' of scope 'r' failed each of the" in ended["cause"]
    assert desk.types(harmed)[-1] == "ExecutionFailed"
    assert desk.left("dead-letters") == 0


def test_batch_with_a_poison_message_is_done_but_for_that(desk):
    names = [desk.start(each, {"text": "a"}) for each in ("tests-breaks", "shouts")]
    heads = [bootstrap.journal().head(each) for each in names]
    world = bootstrap.orchestrator().world
    bodies = [beginnings.message(world, head).body for head in heads]

    answer = on_step([json.dumps(body) for body in bodies] + ["this is no step"])

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}


def on_step(bodies):
    """Have one invocation handle all of ``bodies``."""
    messages = [
        {
            "MessageId": f"message-{number}",
            "ReceiptHandle": "",
            "Body": body,
            "Attributes": {"SentTimestamp": "0", "ApproximateReceiveCount": "1"},
        }
        for number, body in enumerate(bodies)
    ]
    event = event_shapes.sqs_event("millrace-dev-steps", messages)
    return app.on_step(event, LambdaContext("on_step", 512, max_runtime_ms=900_000))


def test_failed_execution_of_a_poison_message_can_be_started_again(desk, queues):
    first = desk.start("waits", {}, name="first")
    queues.send(a_step(first, "dance"))
    desk.ended(first)

    again = desk.start("waits", {}, name="second")

    assert desk.execution(again)["status"] == "RUNNING"
