"""What the callback route answers, and what it changes, asked by HTTP."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import contextmanager

import pytest

from chalicelib import bootstrap
from chalicelib.tokens import Tokens
from tests.scenarios import mail
from tests.scenarios.desk import ANSWER_BYTES, a_flow

pytestmark = [pytest.mark.moto, pytest.mark.slow]

ASK = "arn:aws:states:::lambda:invoke.waitForTaskToken"
PARTS = ["", "/success", "/failure", "/heartbeat"]


def asking(**facts):
    """Return a task whose function gets its token, and does not answer."""
    payload = {"box.$": "$.box", "token.$": "$$.Task.Token"}
    parameters = {"FunctionName": "receive", "Payload": payload}
    return {"Type": "Task", "Resource": ASK, "Parameters": parameters, **facts}


@pytest.fixture(scope="module", autouse=True)
def published(desk):
    desk.publish(a_flow(asking()), "asks")
    desk.publish(a_flow(asking(TimeoutSeconds=1)), "impatient")
    again = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    desk.publish(a_flow(asking(Retry=again)), "retries")
    late = [{**again[0], "ErrorEquals": ["States.Timeout"]}]
    desk.publish(a_flow(asking(Retry=late, TimeoutSeconds=1)), "insists")
    desk.publish(a_flow(asking(HeartbeatSeconds=1)), "listens")


class Waiting:
    """An execution that waits for its answer."""

    def __init__(self, desk, box, workflow="asks"):
        self.box = f"callback {box}"
        self.id = desk.start(workflow, {"box": self.box})
        self.token = mail.take(self.box)["token"]


@contextmanager
def counted(desk):
    """Yield a list that grows with each request that the table gets."""
    asked = []

    def note(model, **_):
        asked.append(model.name)

    events = desk.stage.clients("dynamodb").meta.events
    events.register("before-call.dynamodb", note)
    yield asked
    events.unregister("before-call.dynamodb", note)


def test_first_answer_decides_the_outcome(desk):
    waiting = Waiting(desk, "first")

    answer = desk.report(waiting.token, {"yes": True})

    assert (answer.status_code, answer.json()) == (200, {"replayed": False})
    assert desk.ended(waiting.id)["output"] == {"yes": True}


def test_same_answer_again_is_taken_for_the_first(desk):
    waiting = Waiting(desk, "again")
    desk.report(waiting.token, '{"a": 1, "b": 2}')

    at_once = desk.report(waiting.token, '{"b": 2, "a": 1}')
    ended = desk.ended(waiting.id)
    later = desk.report(waiting.token, '{"a": 1, "b": 2}', "/success")

    assert (at_once.status_code, later.status_code) == (200, 200)
    assert at_once.json() == later.json() == {"replayed": True}
    assert desk.execution(waiting.id) == ended
    assert desk.types(waiting.id).count("TaskSucceeded") == 1


@pytest.mark.parametrize("part", ["", "/failure"])
def test_other_answer_is_a_conflict_and_changes_nothing(desk, part):
    waiting = Waiting(desk, f"other {part}")
    desk.report(waiting.token, {"yes": True})
    ended = desk.ended(waiting.id)

    answer = desk.report(waiting.token, {"error": "No"}, part)

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:millrace:problem:token-decided"
    assert desk.execution(waiting.id) == ended


def test_same_failure_again_is_taken_for_the_first(desk):
    waiting, why = Waiting(desk, "failure"), {"error": "NoInk", "cause": "it is empty"}

    answers = [desk.report(waiting.token, why, "/failure") for _ in range(2)]

    ended = desk.ended(waiting.id)
    assert [each.json()["replayed"] for each in answers] == [False, True]
    assert (ended["status"], ended["error"]) == ("FAILED", "NoInk")
    assert ended["cause"] == "it is empty"


def test_answer_after_the_timeout_comes_too_late(desk):
    waiting = Waiting(desk, "late", "impatient")
    ended = desk.ended(waiting.id)

    answers = [desk.report(waiting.token, None, part) for part in PARTS]

    assert ended["error"] == "States.Timeout"
    assert [each.status_code for each in answers] == [410] * 4
    assert {each.json()["type"] for each in answers} == {
        "urn:millrace:problem:token-gone"
    }
    assert desk.execution(waiting.id) == ended


def test_answer_after_the_stop_comes_too_late(desk):
    waiting = Waiting(desk, "stopped")
    desk.ask("POST", f"/v1/executions/{waiting.id}/stop", {"error": "Enough"})
    ended = desk.ended(waiting.id)

    answers = [desk.report(waiting.token, None, part) for part in PARTS]

    assert [each.status_code for each in answers] == [410] * 4
    assert (ended["status"], ended["error"]) == ("ABORTED", "Enough")
    assert desk.execution(waiting.id) == ended


def test_answer_of_an_attempt_that_was_tried_again_comes_too_late(desk):
    waiting = Waiting(desk, "insists", "insists")
    newer = mail.take(waiting.box)["token"]

    answers = [desk.report(waiting.token, None, part) for part in PARTS]
    desk.report(newer, {"from": "the new one"})

    assert newer != waiting.token
    assert [each.status_code for each in answers] == [410] * 4
    assert desk.ended(waiting.id)["output"] == {"from": "the new one"}


def test_other_answer_of_a_failed_attempt_is_a_conflict_with_its_failure(desk):
    waiting = Waiting(desk, "retried", "retries")
    desk.report(waiting.token, {"error": "Busy"}, "/failure")
    newer = mail.take(waiting.box)["token"]

    other = desk.report(waiting.token, {"from": "the old one"})
    beat = desk.report(waiting.token, None, "/heartbeat")
    desk.report(newer, {"from": "the new one"})

    assert (other.status_code, beat.status_code) == (409, 410)
    assert desk.ended(waiting.id)["output"] == {"from": "the new one"}


def test_failure_of_the_older_attempt_again_is_taken_for_the_first(desk):
    waiting = Waiting(desk, "old failure", "retries")
    desk.report(waiting.token, {"error": "Busy"}, "/failure")
    newer = mail.take(waiting.box)["token"]

    again = desk.report(waiting.token, {"error": "Busy"}, "/failure")
    desk.report(newer, {"from": "the new one"})

    assert again.json() == {"replayed": True}
    assert desk.ended(waiting.id)["output"] == {"from": "the new one"}
    assert desk.types(waiting.id).count("TaskScheduled") == 2


def test_heartbeats_keep_a_task_alive_and_their_absence_ends_it(desk):
    waiting = Waiting(desk, "heartbeat", "listens")

    beat = desk.report(waiting.token, None, "/heartbeat")

    ended = desk.ended(waiting.id)
    assert (beat.status_code, beat.json()) == (200, {"replayed": False})
    assert ended["error"] == "States.HeartbeatTimeout"
    assert "TaskHeartbeat" in desk.types(waiting.id)


def forged(token):
    """Yield the token with each part changed, cut, or taken from another stage."""
    version, key, claims, signature = token.split(".")
    text = urlsafe_b64decode(claims + "=" * (-len(claims) % 4))

    def claiming(old, new):
        changed = urlsafe_b64encode(text.replace(old, new, 1)).rstrip(b"=").decode()
        return f"{version}.{key}.{changed}.{signature}"

    yield "version", f"t2.{key}.{claims}.{signature}"
    yield "key", f"{version}.other.{claims}.{signature}"
    yield "execution", claiming(b"asks:", b"asks2:")
    yield "scope", claiming(b'"r"', b'"r.1.1-0"')
    yield "activation", claiming(b'"r",1,', b'"r",2,')
    yield "attempt", claiming(b",1,1,", b",1,2,")
    yield "expiry", claiming(b"]", b"0]")
    yield "signature", f"{version}.{key}.{claims}.{'A' * len(signature)}"
    yield "last sign", token[:-1] + ("B" if token[-1] == "A" else "A")
    yield "cut", token[:-5]
    yield "cut in two", token[: len(token) // 2]
    yield "no signature", f"{version}.{key}.{claims}"
    yield "longer", f"{token}A"
    yield "endless", token + "A" * 5000
    yield "nothing of the kind", "nonsense"
    stranger = Tokens("another-stage", {key: b"k" * 32}, key)
    yield "other stage", stranger.mint("asks:x", "r", 1, 1, 4e9)


CHANGES = [change for change, _ in forged("t1.local.W10.c2ln")]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("change", CHANGES)
def test_forged_token_is_refused_and_nothing_is_read(desk, waits, change, part):
    token = dict(forged(waits.token))[change]

    with counted(desk) as asked:
        answer = desk.report(token, {"yes": True}, part)

    assert token != waits.token
    assert answer.status_code == 401
    assert answer.json()["detail"] == "this task token is not valid"
    assert asked == []


def test_expired_token_is_refused_and_nothing_is_read(desk, waits):
    expired = bootstrap.tokens().mint(waits.id, "r", 1, 1, 1_000.0)

    with counted(desk) as asked:
        answer = desk.report(expired, {"yes": True})

    assert (answer.status_code, asked) == (401, [])


def test_token_is_judged_before_the_body(desk):
    answers = [
        desk.report("nonsense", body) for body in ("{", "x" * (ANSWER_BYTES + 1))
    ]

    assert [each.status_code for each in answers] == [401, 401]


@pytest.fixture(scope="module")
def waits(desk, published):
    """An execution that goes on waiting, whatever forgers try."""
    return Waiting(desk, "patient")


@pytest.mark.parametrize("part", ["", "/success", "/failure"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("yes", 400),
        (b"\xff", 400),
        ("[1,", 400),
        ("NaN", 400),
        ('"' + "x" * ANSWER_BYTES + '"', 413),
    ],
)
def test_body_that_cannot_be_taken_changes_nothing(desk, waits, body, status, part):
    before = len(desk.history(waits.id))

    answer = desk.report(waits.token, body, part)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert desk.execution(waits.id)["status"] == "RUNNING"
    assert len(desk.history(waits.id)) == before


@pytest.mark.parametrize(
    "body", [["NoInk"], {"error": 1}, {"reason": "no ink"}, {"error": "x" * 257}]
)
def test_failure_that_says_something_else_is_refused(desk, waits, body):
    answer = desk.report(waits.token, body, "/failure")

    assert answer.status_code == 400
    assert desk.execution(waits.id)["status"] == "RUNNING"


def test_patient_execution_still_takes_its_answer(desk):
    waiting = Waiting(desk, "after nonsense")
    desk.report(waiting.token, "{")
    desk.report(waiting.token[:-1], {"yes": False})

    desk.report(waiting.token, {"yes": True})

    assert desk.ended(waiting.id)["output"] == {"yes": True}
