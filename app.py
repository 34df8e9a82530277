"""Where AWS enters: one function per kind of event, each handed on at once.

    API Gateway        -> app            -> chalicelib.api
    step queue         -> on_step        -> orchestrator.handle
    dead-letter queue  -> on_dead_letter -> orchestrator.bury
    every minute       -> on_tick        -> scheduler.tick

Rule 1  A handler has the name that it is registered by: AWS calls it by the former.
Rule 2  What fails is logged with its executions and raised again, so that it comes
        again. Nothing else in this project catches everything.
Rule 3  What fails comes again soon, and later each time: the queue's own patience is
        six times the longest invocation.
Rule 4  ``batchItemFailures`` is said only where the queue's mapping listens to it
        (``PARTIAL_BATCH``): another mapping deletes the failed messages too. There,
        what was done is deleted here, and the rest is raised.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from chalice.app import Chalice, CloudWatchEvent, SQSEvent

from chalicelib import bootstrap, logs
from chalicelib.errors import Unavailable
from chalicelib.orchestrator import Delivery
from chalicelib.queues.sqs import wait_after
from chalicelib.settings import QueueNames

LOG = logging.getLogger("millrace")
QUEUES = QueueNames.of(os.environ)
logs.set_up(os.environ)

# Chalice's own logging would silence warnings of the logger that is named like the app.
app = Chalice(app_name="millrace", configure_logs=False)
# Every body is text. With the default list, a route could not take a definition both
# as text and as application/octet-stream: Chalice refuses to deploy such a mix.
app.api.binary_types = []


def _serve() -> None:
    """Have the routes of the API served."""
    from chalicelib.api import entrance, faces, problems

    app.register_middleware(problems.as_problems, "http")
    app.api.cors = entrance.cors(os.environ) or False
    app.register_blueprint(faces.blueprint(entrance.authorizer(os.environ)))


# Lambda says what a container is for. No message needs the routes.
if os.environ.get("_HANDLER", "app.app") == "app.app":
    _serve()


@app.middleware("http")
def _counted(request: Any, get_response: Any) -> Any:
    """Write down what was counted while a request was answered."""
    answer = get_response(request)
    _write_metrics()
    return answer


@app.on_sqs_message(queue=QUEUES.steps, batch_size=10, name="on_step")
def on_step(event: SQSEvent) -> dict[str, Any] | None:
    """Take each step message to its scope."""
    deliveries = _deliveries(event)
    context: Any = event.context
    left = context.get_remaining_time_in_millis() / 1000
    with _logged(deliveries):
        deadline_at = bootstrap.clock().now() + left
        failed = set(bootstrap.orchestrator().handle(deliveries, deadline_at))
    return _answer(deliveries, failed)


@app.on_sqs_message(queue=QUEUES.dead_letters, batch_size=10, name="on_dead_letter")
def on_dead_letter(event: SQSEvent) -> None:
    """Fail the executions of messages that failed every time."""
    deliveries = _deliveries(event)
    with _logged(deliveries):
        bootstrap.orchestrator().bury(deliveries)


@app.schedule("rate(1 minute)", name="on_tick")
def on_tick(_event: CloudWatchEvent) -> None:
    """Do what is due."""
    with _logged(()):
        bootstrap.scheduler().tick()


def _deliveries(event: SQSEvent) -> list[Delivery]:
    return [_delivery(record) for record in event.to_dict()["Records"]]


def _delivery(record: dict[str, Any]) -> Delivery:
    attributes = record["attributes"]
    return Delivery(
        id=record["messageId"],
        body=record["body"],
        receipt=record["receiptHandle"],
        sent_at=int(attributes["SentTimestamp"]) / 1000,
        receives=int(attributes["ApproximateReceiveCount"]),
    )


def _answer(
    deliveries: Sequence[Delivery], failed: Collection[str]
) -> dict[str, Any] | None:
    """Return, or raise, what makes exactly ``failed`` come again."""
    waits = {
        each.receipt: wait_after(each.receives)
        for each in deliveries
        if each.id in failed
    }
    if waits:
        bootstrap.queue().put_off(waits)
    if bootstrap.settings().partial_batch:
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}
    if not failed:
        return None
    done = [each.receipt for each in deliveries if each.id not in failed]
    if done:
        bootstrap.queue().delete(done)
    raise Unavailable(f"what {len(failed)} of {len(deliveries)} messages need")


@contextmanager
def _logged(deliveries: Sequence[Delivery]) -> Iterator[None]:
    """Log what goes wrong inside with the executions it concerns; raise it again."""
    try:
        yield
    except Exception:
        about = [_execution(each) for each in deliveries]
        LOG.exception("executions %s", ", ".join(about) or "unknown")
        raise
    finally:
        _write_metrics()


def _write_metrics() -> None:
    """Write what was counted since the last time, where CloudWatch reads it."""
    if bootstrap.settings().metrics:
        for line in bootstrap.metrics().lines(bootstrap.clock().now()):
            print(line, flush=True)


def _execution(delivery: Delivery) -> str:
    """Return the execution that a message names (``x``), for the log."""
    try:
        return str(json.loads(delivery.body)["x"])
    except (ValueError, LookupError, TypeError):
        return f"of message {delivery.id}"
