"""How does the history of Step Functions tell of a task?

A function named by its ARN has events of its own (LambdaFunction…), and so has an
activity (Activity…); every other integration has Task… events, which name its service
and its action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from chalicelib.api.stepfunctions.details import detail
from chalicelib.engine.history import Happened
from chalicelib.model.expressions import Expression, Literal
from chalicelib.model.workflow import Task
from chalicelib.values import Json, compact

Told = tuple[str, str, dict[str, Json]]
Event = Mapping[str, Json]

#: Longest resource in an event that is not the ARN of a function.
LONGEST = 80


def tell(event: Event, task: Task, region: str, with_data: bool) -> Iterator[Told]:
    """Yield what AWS shows for an event of a task."""
    tellers = _INTEGRATION
    if task.fetched:
        tellers = _ACTIVITY
    elif task.label[:2] == ("lambda", "function"):
        tellers = _FUNCTION
    yield from tellers[Happened(event["type"])](_Task(event, task, region, with_data))


class _Task:
    """One event of a task, on its way into AWS's words."""

    def __init__(self, event: Event, task: Task, region: str, with_data: bool) -> None:
        self.event = event
        self.task = task
        self.region = region
        self._with_data = with_data

    def named(self) -> dict[str, Json]:
        """Return what every Task… event says: whose action it is."""
        kind, action = (*self.task.label, "", "")[:2]
        if not kind:
            resource = self.event.get("resource") or "task:task"
            kind, _, action = resource.partition(":")
        return {"resourceType": kind[:LONGEST], "resource": action[:LONGEST] or kind}

    def times(self, *, heartbeat: bool) -> dict[str, Json]:
        """Return the time limits, as written or as they were computed."""
        found = {"timeoutInSeconds": self._limit("timeout", self.task.timeout)}
        if heartbeat:
            found["heartbeatInSeconds"] = self._limit("heartbeat", self.task.heartbeat)
        return {name: value for name, value in found.items() if value is not None}

    def _limit(self, name: str, written: Expression | None) -> int | None:
        computed = self.event.get("limits", {}).get(name)
        return _seconds(written) if computed is None else int(computed)

    def credentials(self) -> dict[str, Json]:
        """Return the role that the request was made in, where it is not the stage's."""
        role = self.event.get("role")
        return {"taskCredentials": {"roleArn": role}} if role else {}

    def failure(self) -> dict[str, Json]:
        """Return error and cause."""
        names = ("error", "cause")
        return {name: self.event[name] for name in names if self.event.get(name)}

    def data(self, name: str, value: Json) -> dict[str, Json]:
        """Return an input or an output."""
        return detail(name, value, self._with_data)

    def parameters(self) -> str:
        """Return the arguments as their author wrote them: with their destination."""
        if not self._with_data:
            return ""
        payload, resource = self.event.get("parameters"), self.event.get("resource", "")
        action = ":".join(self.task.label[:2]).partition(".")[0]
        if resource.startswith("lambda.invoke:"):
            action = "lambda.invoke"
        write = _PARAMETERS.get(action, _payload)
        return compact(write(resource.partition(":")[2], payload))


def _seconds(expression: Expression | None) -> int | None:
    if isinstance(expression, Literal) and isinstance(expression.value, int | float):
        return int(expression.value)
    return None


def _merged(name: str) -> Callable[[str, Json], Json]:
    def write(destination: str, payload: Json) -> Json:
        return {name: destination, **(payload if isinstance(payload, dict) else {})}

    return write


def _start_execution(workflow: str, payload: Json) -> Json:
    given = payload if isinstance(payload, dict) else {}
    renamed = {"input": "Input", "name": "Name"}
    return {
        "StateMachineArn": workflow,
        **{renamed.get(name, name): value for name, value in given.items()},
    }


def _lambda_invoke(function: str, payload: Json) -> Json:
    return {"FunctionName": function, "Payload": payload}


def _payload(_destination: str, payload: Json) -> Json:
    return payload


#: Service and action -> the author's Parameters, of where a call went and with what.
_PARAMETERS: Mapping[str, Callable[[str, Json], Json]] = {
    "lambda:invoke": _lambda_invoke,
    "lambda.invoke": _merged("FunctionName"),
    "sqs:sendMessage": _merged("QueueUrl"),
    "states:startExecution": _start_execution,
}


def _function_scheduled(told: _Task) -> Iterator[Told]:
    details = {
        "resource": told.task.label[2],
        **told.data("input", told.event.get("parameters")),
        **told.times(heartbeat=False),
        **told.credentials(),
    }
    yield "LambdaFunctionScheduled", "lambdaFunctionScheduled", details
    yield "LambdaFunctionStarted", "", {}


def _scheduled(told: _Task) -> Iterator[Told]:
    details = {
        **told.named(),
        "region": told.region,
        "parameters": told.parameters(),
        **told.times(heartbeat=True),
        **told.credentials(),
    }
    yield "TaskScheduled", "taskScheduled", details
    yield "TaskStarted", "taskStarted", told.named()


def _submitted(told: _Task) -> Iterator[Told]:
    details = {**told.named(), "outputDetails": {"truncated": False}}
    yield "TaskSubmitted", "taskSubmitted", details


def _succeeded(told: _Task) -> Iterator[Told]:
    details = {**told.named(), **told.data("output", told.event.get("output"))}
    yield "TaskSucceeded", "taskSucceeded", details


def _function_succeeded(told: _Task) -> Iterator[Told]:
    details = told.data("output", told.event.get("output"))
    yield "LambdaFunctionSucceeded", "lambdaFunctionSucceeded", details


def _badly(ended: str) -> Callable[[_Task], Iterator[Told]]:
    def tell(told: _Task) -> Iterator[Told]:
        yield f"Task{ended}", f"task{ended}", {**told.named(), **told.failure()}

    return tell


def _function_badly(ended: str) -> Callable[[_Task], Iterator[Told]]:
    def tell(told: _Task) -> Iterator[Told]:
        name = f"LambdaFunction{ended}"
        yield name, f"l{name[1:]}", told.failure()

    return tell


def _activity_scheduled(told: _Task) -> Iterator[Told]:
    details = {
        "resource": told.task.label[2],
        **told.data("input", told.event.get("parameters")),
        **told.times(heartbeat=True),
    }
    yield "ActivityScheduled", "activityScheduled", details


def _activity_taken(told: _Task) -> Iterator[Told]:
    worker = told.event.get("worker", "")
    details = {"workerName": worker} if worker else {}
    yield "ActivityStarted", "activityStarted", details


def _activity_succeeded(told: _Task) -> Iterator[Told]:
    details = told.data("output", told.event.get("output"))
    yield "ActivitySucceeded", "activitySucceeded", details


def _activity_badly(ended: str) -> Callable[[_Task], Iterator[Told]]:
    def tell(told: _Task) -> Iterator[Told]:
        yield f"Activity{ended}", f"activity{ended}", told.failure()

    return tell


def _nothing(_told: _Task) -> Iterator[Told]:
    return iter(())


Tellers = Mapping[Happened, Callable[[_Task], Iterator[Told]]]

_INTEGRATION: Tellers = {
    Happened.TASK_SCHEDULED: _scheduled,
    Happened.TASK_SUBMITTED: _submitted,
    Happened.TASK_TAKEN: _nothing,
    Happened.TASK_SUCCEEDED: _succeeded,
    Happened.TASK_FAILED: _badly("Failed"),
    Happened.TASK_TIMED_OUT: _badly("TimedOut"),
}
_FUNCTION: Tellers = {
    Happened.TASK_SCHEDULED: _function_scheduled,
    Happened.TASK_SUBMITTED: _nothing,
    Happened.TASK_TAKEN: _nothing,
    Happened.TASK_SUCCEEDED: _function_succeeded,
    Happened.TASK_FAILED: _function_badly("Failed"),
    Happened.TASK_TIMED_OUT: _function_badly("TimedOut"),
}
_ACTIVITY: Tellers = {
    Happened.TASK_SCHEDULED: _activity_scheduled,
    Happened.TASK_SUBMITTED: _nothing,
    Happened.TASK_TAKEN: _activity_taken,
    Happened.TASK_SUCCEEDED: _activity_succeeded,
    Happened.TASK_FAILED: _activity_badly("Failed"),
    Happened.TASK_TIMED_OUT: _activity_badly("TimedOut"),
}
