"""Python functions as the resources of tasks.

A resource is named by the last part of its name: ``lambda:…:function:resize``,
``http://…/function/resize/large`` and ``sqs:resize`` all are ``resize``. An action of a
service is named whole: ``dynamodb:putItem``, ``aws-sdk:s3:getObject``. A function gets
the event, body, message or request; one that raises fails its task the way a Python
Lambda function does. ``function.takes`` (seconds) is how long it seems to work.

A task that waits for its token is answered with what the function returns, through the
same report that the callback route makes. No function: nobody answers.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.engine.events import Answer, TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.model.workflow import Mode
from chalicelib.ports import Call, Clock, Limits, Outcome
from chalicelib.simulation import invocations
from chalicelib.tokens import Failed, Report, Succeeded
from chalicelib.values import Json, compact, parse, short_hash, size

Function = Callable[[Json], Json]
#: (task token, report, seconds from now)
Answering = Callable[[str, Report, float], None]
#: (body of a message of the step queue, seconds from now)
Telling = Callable[[str, float], None]

#: Resources that are actions of services: a function of that name stands in for them.
_ACTIONS = (
    "aws-sdk:",
    "aws:",
    "eks:",
    "elasticmapreduce:",
    "acs:api:",
    "dynamodb:",
    "sns:",
    "events:",
    "apigateway:",
    "bedrock:",
)
#: Resources that take a message and answer with its id.
_MESSAGES = ("sqs:", "acs:mns:")
_WITH_DESTINATIONS = ("lambda:", "acs:fc:")
_PATH = re.compile(r"^https?://[^/]+/(?:async-function/|function/|http/)?([^/?#]+)")


def names_of(resource: str) -> list[str]:
    """Return what the function behind ``resource`` may be called, likeliest first.

    >>> names_of("lambda:arn:aws:lambda:us-east-1:1:function:resize:live")[0]
    'resize'
    >>> names_of("http://gateway:8080/function/resize/large")
    ['resize', 'large']
    >>> names_of("dynamodb:putItem"), names_of("aws-sdk:s3:getObject")
    (['dynamodb:putItem', 'putItem'], ['aws-sdk:s3:getObject', 's3:getObject'])
    """
    if found := _PATH.match(resource):
        return [found[1], resource.split("?")[0].rstrip("/").rsplit("/", 1)[-1]]
    text = resource.partition(":")[2]
    if resource.startswith(_ACTIONS):
        return list(dict.fromkeys([resource, text, text.removeprefix("api:")]))
    if resource.startswith("acs:fc"):
        return _function_compute(text)
    if resource.startswith("acs:mns"):
        return [text.split("/")[-2]]
    parts = re.split(r"[:/]", text)
    last = parts[-1]
    if resource.startswith(("lambda:", "lambda.invoke:")) and "function" in parts[:-2]:
        last = parts[parts.index("function") + 1]
    return [last, text]


def _function_compute(text: str) -> list[str]:
    name = re.search(r"functions/([^/]+)", text)
    service = re.search(r"services/([^/.]+)", text)
    last = name[1] if name else text
    return [f"{service[1]}-{last}", f"{service[1]}/{last}", last] if service else [last]


class FunctionDispatcher:
    """See ``ports.Dispatcher``."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        clock: Clock,
        answer: Answering,
        workflows: Any = None,
        objects: Any = None,
        limits: Limits | None = None,
        tell: Telling | None = None,
    ) -> None:
        """``workflows``: takes the calls of ``workflow:`` resources; ``objects``: of
        ``s3:`` resources. ``tell``: the destination of functions; None: they have none.
        """
        self._tell = tell
        self._functions = functions
        self._clock = clock
        self._answer = answer
        self._workflows = workflows
        self._objects = objects
        self._limits = limits or Limits()
        #: Every request that reached its resource, in order.
        self.calls: list[Call] = []

    def dispatch(self, call: Call) -> Outcome:
        """See ``ports.Dispatcher``."""
        self.calls.append(call)
        if call.resource.startswith("workflow:") and self._workflows is not None:
            outcome: Outcome = self._workflows.dispatch(call)
            return outcome
        if call.resource.startswith("s3:") and self._objects is not None:
            served: Outcome = self._objects.dispatch(call)
            return served
        function = self._find(call.resource)
        if call.mode is Mode.SYSTEM and call.resource.startswith(_WITH_DESTINATIONS):
            return self._run_later(function, call)
        if call.mode in (Mode.CALLBACK, Mode.SYSTEM):
            return self._submit(function, call)
        return self._run(function, call)

    def _run(self, function: Function | None, call: Call) -> Outcome:
        if function is None:
            cause = f"no function for {call.resource!r} was given to the test kit"
            return _failed(Kind.NOT_FOUND, cause)
        if call.mode is Mode.SUBMIT:
            _call(function, call)  # what comes of it is nobody's to know
            return Answer(payload=None, status=202)
        takes = float(getattr(function, "takes", 0.0))
        if takes > call.timeout:
            self._clock.sleep(call.timeout)
            return _failed(Kind.TIMEOUT, "")
        if takes:
            self._clock.sleep(takes)
        return self._fitting(_call(function, call))

    def _fitting(self, outcome: Outcome) -> Outcome:
        limit = self._limits.answer_bytes
        if isinstance(outcome, TaskFailed) or size(outcome.payload) <= limit:
            return outcome
        return _failed(Kind.TOO_LARGE, f"the answer has more than {limit} bytes")

    def cancel(self, call: Call) -> bool:
        """See ``ports.Dispatcher``."""
        if call.resource.startswith("workflow:") and self._workflows is not None:
            return bool(self._workflows.cancel(call))
        function = self._find(call.resource) if call.payload is not None else None
        return function is not None and isinstance(_call(function, call), Answer)

    def _find(self, resource: str) -> Function | None:
        for name in names_of(resource):
            if name in self._functions:
                return self._functions[name]
        return None

    def _run_later(self, function: Function | None, call: Call) -> Outcome:
        """Do as Lambda does with an event; await the function where nobody is told."""
        if function is None or self._tell is None:
            outcome = self.dispatch(replace(call, mode=Mode.REQUEST))
            if isinstance(outcome, TaskFailed):
                return outcome
            return replace(outcome, is_end=True)
        takes = float(getattr(function, "takes", 0.0))
        self._tell(invocations.record(call, _call(function, call)), takes)
        return _accepted(call)

    def _submit(self, function: Function | None, call: Call) -> Outcome:
        if function is not None:
            outcome = _call(function, call)
            if call.is_awaited and isinstance(outcome, TaskFailed):
                return outcome
            takes = float(getattr(function, "takes", 0.0))
            self._answer(call.token, _report(outcome), takes)
        return _accepted(call)


def _accepted(call: Call) -> Answer:
    if call.resource.startswith(_MESSAGES):
        text = compact(call.payload)
        payload = {"MessageId": short_hash(call.idempotency_key, length=32)}
        return Answer(payload={**payload, "MD5OfMessageBody": short_hash(text)})
    return Answer(payload={}, status=202)


def _report(outcome: Outcome) -> Report:
    if isinstance(outcome, TaskFailed):
        return Failed(error=outcome.error, cause=outcome.cause)
    if outcome.status >= 300:
        return Failed(error="", cause=str(outcome.payload))
    return Succeeded(output=outcome.payload)


def _event(call: Call) -> Json:
    """Return what the function gets: an event, an HTTP body, a message."""
    payload = call.payload
    if not isinstance(payload, dict):
        return payload
    if call.resource.startswith(_MESSAGES):
        return payload.get("MessageBody", payload)
    if call.resource.startswith("lambda.invoke:"):
        return payload.get("Payload", {})
    if call.resource.startswith(("http://", "https://")) and "method" in payload:
        return payload.get("form", payload.get("body", payload.get("query")))
    return payload


def _call(function: Function, call: Call) -> Outcome:
    if call.resource.startswith(_MESSAGES) and call.mode is Mode.REQUEST:
        function(_event(call))
        return _accepted(call)
    try:
        result = parse(canonical_copy(function(parse(canonical_copy(_event(call))))))
    except Exception as error:
        if call.resource.startswith(("http://", "https://")):
            text = f"{type(error).__name__}: {error}"
            return Answer(payload=text, status=500, is_json=False)
        return _raised(error, call)
    if call.resource.startswith(("lambda:", "lambda.invoke:")):
        return Answer(payload=result, facts={"ExecutedVersion": "$LATEST"})
    return Answer(payload=result, headers={"Content-Type": "application/json"})


def canonical_copy(value: Json) -> str:
    """Return JSON text: what crosses to a function and back is JSON, never an object.

    Raises:
        TypeError: the value is not JSON.
    """
    return compact(value)


def _raised(error: Exception, call: Call) -> TaskFailed:
    # The payload of a failed Python function, as Lambda's runtime writes it.
    frames = traceback.format_tb(error.__traceback__)[1:]
    payload = {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": call.idempotency_key,
        "stackTrace": frames,
    }
    failed = _failed(Kind.FUNCTION, compact(payload))
    return replace(failed, error=type(error).__name__)


def _failed(kind: Kind, cause: str) -> TaskFailed:
    return TaskFailed(at=0.0, activation=0, attempt=0, kind=kind, cause=cause)
