"""What would one state do with this input? TestState runs it, alone, in memory.

    definition -> a workflow of that state and its ways out -> run -> what came of it

Rule 1  The state has its effects: a task calls what it names, unless a mock is given.
Rule 2  Nothing is waited for: a Wait ends at once, and a retry is told, not made.
Rule 3  A failure is first found without Retry and Catch; then the first clause that is
        about it decides, as in an execution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.api.routes import read_json
from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.api.stepfunctions.express import TIME
from chalicelib.api.stepfunctions.face import Ask
from chalicelib.api.stepfunctions.trial_parts import Only, alone, failing, mocked
from chalicelib.engine.history import Happened
from chalicelib.engine.recovery import next_retry
from chalicelib.engine.state import Failure, Status
from chalicelib.errors import InputRefused
from chalicelib.express import Ended
from chalicelib.model.workflow import Mode, State, Task, Workflow
from chalicelib.ports import Clock
from chalicelib.values import Json, compact

#: What a state is called that came without a name.
NAME = "State"
#: Seconds of the state's own time; a year's wait fits, and takes none.
PATIENCE = 200_000_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of one run of the state."""

    failure: Failure | None
    output: Json
    #: Empty where the state is the last one.
    next: str
    #: Position of the catcher that led there; None for none.
    caught_by: int | None
    history: list[dict[str, Json]]


def test_state(ask: Ask) -> Json:
    """TestState."""
    value = ask.json("input")
    workflow, name = _workflow(ask)
    state = _mocked(ask, workflow.scope.states[name])
    trial = _run(ask, workflow, replace(state, retry=(), catch=()), value)
    if trial.failure is None:
        return _said(ask, "SUCCEEDED", trial, value)
    again = _retry(ask, state, trial.failure)
    if again is not None:
        return _said(ask, "RETRIABLE", trial, value, again)
    if state.catch:
        caught = _run(ask, workflow, failing(state, trial.failure), value)
        if caught.failure is None:
            caught = replace(caught, failure=trial.failure)
            details = {"catchIndex": caught.caught_by or 0}
            return _said(ask, "CAUGHT_ERROR", caught, value, details)
    return _said(ask, "FAILED", trial, value)


def _workflow(ask: Ask) -> tuple[Workflow, str]:
    """Return the compiled workflow around the state, and the state's name.

    Raises:
        Refused: InvalidDefinition, or ValidationException.
        DefinitionRefused: the state has problems.
    """
    if "context" in ask.given:
        message = "This stage makes the context object itself; leave 'context' out"
        raise Refused("ValidationException", message)
    try:
        definition = read_json(ask.text("definition"), "the definition")
    except InputRefused as refused:
        message = f"Invalid State Machine Definition: '{refused}'"
        raise Refused("InvalidDefinition", message) from None
    machine, name = alone(definition, ask.text("stateName") or NAME, _variables(ask))
    compiled = ask.service.compile(compact(machine), format="asl", name="test")
    return compiled, name


def _variables(ask: Ask) -> Json:
    found = ask.json("variables")
    if not isinstance(found, dict):
        raise Refused("ValidationException", "variables must be a JSON object")
    return found


def _mocked(ask: Ask, state: State) -> State:
    """Return the state with its work mocked, where the request wants that."""
    mock = ask.given.get("mock")
    if mock is None:
        work = state.work
        if isinstance(work, Task) and work.mode in (Mode.CALLBACK, Mode.SYSTEM):
            message = "A task that waits for its work needs a mock to be tested"
            raise Refused("ValidationException", message)
        return state
    if "errorOutput" in mock:
        error = mock["errorOutput"]
        failure = Failure(error=error.get("error", ""), cause=error.get("cause", ""))
        return failing(state, failure)
    return mocked(state, read_json(mock.get("result", "null"), "mock.result"))


def _run(ask: Ask, workflow: Workflow, state: State, value: Json) -> Trial:
    express = ask.face.express()
    impatient = replace(
        express,
        clock=_Impatient(express.clock),
        limits=replace(express.limits, task_timeout=TIME),
    )
    only = Only(workflow, state)
    ended = impatient.run(only, "test", value, name="test", seconds=PATIENCE)
    return _trial(only, state, ended)


def _trial(only: Only, state: State, ended: Ended) -> Trial:
    head = ended.head
    mine = [each for each in ended.history if each["scope"] == "r"]
    outputs = [
        each["output"]
        for each in mine
        if each["type"] == Happened.STATE_EXITED and each["state"] == state.name
    ]
    entered = [each for each in mine if each["type"] == Happened.STATE_ENTERED]
    following, caught_by = only.way_out(entered[-1]["state"] if entered else "")
    failure = Failure(error=head.error, cause=head.cause)
    return Trial(
        failure=None if head.status is Status.SUCCEEDED else failure,
        output=outputs[-1] if outputs else None,
        next=following,
        caught_by=caught_by,
        history=ended.history,
    )


def _retry(ask: Ask, state: State, failure: Failure) -> dict[str, Json] | None:
    """Return which retrier would try again, and when; None when none would."""
    made = ask.given.get("stateConfiguration", {}).get("retrierRetryCount", 0)
    counts = [made] * len(state.retry)
    decision = next_retry(state.retry, failure, counts, 1.0)
    if decision is None:
        return None
    position, seconds = decision
    return {"retryIndex": position, "retryBackoffIntervalSeconds": int(seconds)}


def _said(
    ask: Ask,
    status: str,
    trial: Trial,
    value: Json,
    details: Mapping[str, Json] | None = None,
) -> Json:
    said: dict[str, Json] = {"status": status}
    if trial.failure is not None:
        facts = {"error": trial.failure.error, "cause": trial.failure.cause}
        said |= {name: text for name, text in facts.items() if text}
    if status in ("SUCCEEDED", "CAUGHT_ERROR"):
        said["output"] = compact(trial.output)
        if trial.next:
            said["nextState"] = trial.next
    if ask.given.get("inspectionLevel", "INFO") != "INFO":
        said["inspectionData"] = _inspected(trial, value, details)
    return said


def _inspected(trial: Trial, value: Json, details: Mapping[str, Json] | None) -> Json:
    data: dict[str, Json] = {"input": compact(value)}
    for event in trial.history:
        if event["type"] == Happened.TASK_SCHEDULED:
            data["afterParameters"] = compact(event["parameters"])
        elif event["type"] == Happened.TASK_SUCCEEDED:
            data["result"] = compact(event["output"])
    return {**data, "errorDetails": dict(details)} if details else data


class _Impatient:
    """A clock on which sleep takes no time. See ``ports.Clock``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = 0.0

    def now(self) -> float:
        """See ``ports.Clock``."""
        return self._clock.now() + self._ahead

    def sleep(self, seconds: float) -> None:
        """See ``ports.Clock``."""
        self._ahead += seconds
