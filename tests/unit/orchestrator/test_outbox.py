"""Who is told of an end is told until it is acknowledged."""

import hashlib
import hmac
import json
from base64 import b64encode

import pytest

from chalicelib.engine.events import Answer
from chalicelib.errors import Unavailable
from chalicelib.formats.rillflow.callback import read_callback
from chalicelib.orchestrator import outbox, undelivered
from chalicelib.simulation.stage import Stage

SECRET = b"0" * 32
URL = "https://hooks.example/done"
#: A rule that fails: there is no list whose elements it could replace.
STRICT = {"source": "1", "target": "$.input.none[*]", "tolerance": "false"}


class Receiver:
    """Answers notices with the statuses it was given, then with the last of them."""

    def __init__(self, *statuses):
        self.statuses = list(statuses)
        self.calls = []
        self.times = []

    def dispatch(self, call):
        assert call.resource == URL
        self.calls.append(call)
        self.times.append(self.clock.now())
        found = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if isinstance(found, Exception):
            raise found
        return Answer(status=found)

    def cancel(self, call):
        return False


def a_dag(callback, *tasks, **facts):
    tasks = list(tasks) or [{"name": "only", "category": "pass"}]
    names = {"workspace": "tests", "dagName": "tells", "type": "flow"}
    return {**names, "tasks": tasks, "callback": callback, **facts}


def told(dag, *statuses, given=None, start=None):
    """Run a DAG until all is quiet; return who was told, and what was given up."""
    receiver = Receiver(*(statuses or (200,)))
    with Stage(dispatcher=lambda stage: receiver) as stage:
        receiver.clock = stage.loop.clock
        workflow = stage.publish(dag, format="rillflow")
        stage.orchestrator.start(workflow, given, name="run", **(start or {}))
        stage.settle()
        records = stage.orchestrator.undelivered(f"{workflow}:run")
    return receiver, records


def body(call):
    return json.loads(call.payload["body"])


def test_end_is_told_once_when_it_is_acknowledged():
    receiver, records = told(a_dag({"resourceName": URL}), 204)

    (call,) = receiver.calls
    assert body(call) == {"execution_id": "tests:tells_c_run", "dag_status": "succeed"}
    assert call.payload["method"] == "POST"
    assert call.payload["query"] == {"execution_id": "tests:tells_c_run"}
    assert records == []


def test_parts_of_the_input_travel_in_their_places():
    rules = [
        {"source": "$.context.who", "target": "$.input.query.who"},
        {"source": "7", "target": "$.input.header.X-Level"},
        {"source": "spoof", "target": "$.input.header.Webhook-Id"},
        {"source": "$.context.n", "target": "$.input.count"},
    ]
    dag = a_dag({"resourceName": URL, "inputMappings": rules, "fullContext": True})

    receiver, _ = told(dag, given={"who": "Ann", "n": 3})

    (call,) = receiver.calls
    assert call.payload["query"]["who"] == "Ann"
    assert call.payload["headers"]["X-Level"] == "7"
    assert "Webhook-Id" not in call.payload["headers"]
    assert body(call)["count"] == 3
    assert body(call)["data"]["who"] == "Ann"


def test_body_of_the_input_is_the_body_and_its_tasks_may_be_told():
    rules = [{"source": "1", "target": "$.input.body.a"}]
    dag = a_dag({"resourceName": URL, "inputMappings": rules, "fullDAGInfo": True})

    (call,) = told(dag)[0].calls

    assert body(call)["a"] == 1
    info = body(call)["dag_info"]
    assert info["dag_status"] == "SUCCEED"
    assert info["tasks"] == {"only": {"name": "only", "status": "SUCCEEDED"}}


def test_failure_is_told_with_the_tasks_that_failed():
    bad = {"name": "bad", "category": "pass", "inputMappings": [STRICT]}
    each = {
        "name": "each",
        "category": "foreach",
        "iterationMapping": {"collection": "$.input.list", "item": "one"},
        "inputMappings": [{"source": "[1,2]", "target": "$.input.list"}],
        "tasks": [bad],
    }

    (call,) = told(a_dag({"resourceName": URL}, each))[0].calls

    said = body(call)
    assert said["dag_status"] == "failed"
    failed = said["error_info"]["failed_tasks_invoke_info"]
    assert {"each_0-bad", "each_1-bad"} <= set(failed)
    assert said["error_info"]["dag_invoke_info"]


def test_notice_is_signed_as_standard_webhooks_are():
    (call,) = told(a_dag({"resourceName": URL}))[0].calls

    headers = call.payload["headers"]
    content = (
        f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{call.payload['body']}"
    )
    made = hmac.digest(SECRET, content.encode(), hashlib.sha256)
    assert headers["webhook-signature"] == f"v1,{b64encode(made).decode()}"
    assert headers["webhook-id"].startswith("msg_")


def test_what_is_not_acknowledged_is_sent_again_at_growing_intervals():
    receiver, records = told(a_dag({"resourceName": URL}), 500, 404, 302, 200)

    pauses = [
        later - earlier
        for earlier, later in zip(receiver.times, receiver.times[1:], strict=False)
    ]
    ids = {call.payload["headers"]["webhook-id"] for call in receiver.calls}
    assert [round(each) for each in pauses] == list(outbox.WAITS[:3])
    assert len(ids) == 1
    assert records == []


def test_notice_that_nobody_takes_is_given_up_with_a_record():
    receiver, (record,) = told(a_dag({"resourceName": URL}), 503)

    assert len(receiver.calls) == len(outbox.WAITS) + 1
    lasted = receiver.times[-1] - receiver.times[0]
    assert lasted == pytest.approx(sum(outbox.WAITS), rel=0.01)
    assert (record.name, record.error) == ("0", undelivered.UNDELIVERED)
    assert record.cause == "it was answered with status 503"
    assert record.tries == len(outbox.WAITS) + 1


def test_receiver_that_is_gone_for_good_is_not_asked_again():
    receiver, (record,) = told(a_dag({"resourceName": URL}), 410)

    assert len(receiver.calls) == 1
    assert record.cause == "it was answered with status 410"


def test_try_that_breaks_down_is_made_again_by_its_message():
    receiver, records = told(a_dag({"resourceName": URL}), Unavailable("DNS"), 200)

    assert len(receiver.calls) == 2
    assert records == []


def test_request_that_cannot_be_made_is_given_up():
    dag = a_dag({"resourceName": URL, "inputMappings": [STRICT]})

    receiver, (record,) = told(dag)

    assert receiver.calls == []
    assert record.cause.startswith("mapping_failed: ")


def test_submission_brings_a_callback_of_its_own():
    own = read_callback({"resourceName": URL, "fullContext": "true"})
    dag = a_dag({"resourceName": "https://nobody.example/"})

    receiver, _ = told(dag, given={"a": 1}, start={"notices": [own]})

    (call,) = receiver.calls
    assert body(call)["data"]["a"] == 1


def test_end_of_an_execution_that_is_not_known_is_told_to_nobody():
    receiver = Receiver(200)
    with Stage(dispatcher=lambda stage: receiver) as stage:
        found = outbox.steps.read(
            outbox.steps.step("notify", "no:body", "r", i=0, n=0).body
        )
        outbox.tell(stage.orchestrator.world, found)

    assert receiver.calls == []
