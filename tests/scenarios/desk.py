"""How does a test talk to a whole stage? Over HTTP, as everybody does."""

import json
import os
from contextlib import contextmanager
from pathlib import Path

import requests

from chalicelib.clock import SystemClock
from chalicelib.local import account
from chalicelib.local.stage import Stage
from tests.scenarios import mail

#: Bytes; small, so that a test need not send megabytes to go beyond them.
ANSWER_BYTES, INPUT_BYTES = 20_000, 30_000
#: The folder whose folder has ``functions.py``.
ROOT = Path(__file__).parents[1]
#: Seconds between two questions.
_PAUSE = 0.02
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function"


class Desk:
    """A stage, with its key in hand."""

    def __init__(self, stage):
        self.stage = stage
        self.url = stage.url
        self._clock = SystemClock()
        self._session = requests.Session()
        self._session.trust_env = False

    def ask(self, method, path, body=None, *, key=None, headers=None, **query):
        """Return the answer to one request; ``body``: bytes, a text, or JSON."""
        if not isinstance(body, str | bytes | None):
            body = json.dumps(body)
        bearer = self.stage.key if key is None else key
        given = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return self._session.request(
            method,
            path if path.startswith("http") else self.url + path,
            params=query,
            data=body.encode() if isinstance(body, str) else body,
            headers=given | {"Content-Type": "application/json"} | (headers or {}),
            timeout=20,
        )

    def report(self, token, body=None, part="", **options):
        """Return the answer to a callback, which needs no key."""
        return self.ask("POST", f"/v1/tasks/{token}{part}", body, key="", **options)

    def publish(self, definition, name=""):
        """Publish a definition that has no problems; return its name."""
        options = {"name": name} if name else {}
        answer = self.ask("POST", "/v1/workflows", definition, **options)
        assert answer.status_code == 201, answer.text
        return answer.json()["name"]

    def start(self, workflow, given=None, **options):
        """Start an execution; return its id."""
        path = f"/v1/workflows/{workflow}/executions"
        answer = self.ask("POST", path, {} if given is None else given, **options)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def execution(self, execution):
        """Return an execution as it is now."""
        return self.ask("GET", f"/v1/executions/{execution}").json()

    def history(self, execution):
        """Return what has happened in an execution."""
        path = f"/v1/executions/{execution}/history"
        return self.ask("GET", path, limit=1000).json()["events"]

    def types(self, execution):
        """Return the types of what has happened in an execution."""
        return [event["type"] for event in self.history(execution)]

    def until(self, execution, is_true, within=12):
        """Return an execution, once ``is_true`` of it; fail with its history."""
        ends_at = self._clock.now() + within
        while not is_true(found := self.execution(execution)):
            if self._clock.now() > ends_at:
                story = "\n".join(map(str, self.history(execution)))
                raise AssertionError(f"after {within} s: {found}\n{story}")
            self._clock.sleep(_PAUSE)
        return found

    def agree(self, is_true, within=12):
        """Return once ``is_true``; fail if it does not become so."""
        ends_at = self._clock.now() + within
        while not is_true():
            assert self._clock.now() < ends_at, f"not so after {within} s"
            self._clock.sleep(_PAUSE)

    def ended(self, execution, within=12):
        """Return an execution, once it has ended."""
        return self.until(execution, lambda now: now["status"] != "RUNNING", within)

    def reached(self, execution, event):
        """Return an execution, once ``event`` has happened in it."""
        # Another execution starts it, maybe only now.
        self.agree(lambda: "id" in self.execution(execution))
        return self.until(execution, lambda _: event in self.types(execution))

    def left(self, queue):
        """Return how many messages a queue of the stage has, but for delayed ones."""
        sqs = self.stage.clients("sqs")
        url = sqs.get_queue_url(QueueName=f"millrace-dev-{queue}")["QueueUrl"]
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)

    def run(self, definition, given=None, name="probe"):
        """Publish a definition, and return an execution of it at its end."""
        return self.ended(self.start(self.publish(definition, name), given))


@contextmanager
def a_desk(**environ):
    """Yield the desk of a stage with small limits, and with ``environ``."""
    limits = f"answer_bytes={ANSWER_BYTES},input_bytes={INPUT_BYTES}"
    around = account.environment({**os.environ, "LIMITS": limits, **environ})
    with around, Stage(ROOT) as stage:
        try:
            yield Desk(stage)
        finally:
            mail.close()


def a_task(resource, **facts):
    """Return a Task state of a Lambda function, or of a URL."""
    is_url = resource.startswith("http")
    where = resource if is_url else f"{LAMBDA}:{resource}"
    return {"Type": "Task", "Resource": where, **facts}


def a_flow(state, **others):
    """Return a definition that begins, and ends, with ``state``; ``others`` by name."""
    first = state if "Next" in state else {**state, "End": True}
    return {"StartAt": "Only", "States": {"Only": first, **others}}


def rescued(state, *errors):
    """Return a definition that goes on when ``state`` fails with one of ``errors``."""
    catch = [{"ErrorEquals": list(errors), "ResultPath": "$.caught", "Next": "Rescue"}]
    return a_flow({**state, "Catch": catch}, Rescue={"Type": "Pass", "End": True})
