"""What would one state do with this input? TestState runs it, alone, in memory.

    definition -> a workflow of that state and its ways out -> run -> what came of it

Rule 1  The state has its effects: a task calls what it names, unless a mock is given.
Rule 2  Nothing is waited for: a Wait ends at once, and a retry is told, not made.
Rule 3  A failure is first found without Retry and Catch; then the first clause that is
        about it decides, as in an execution.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from chalicelib.api.routes import read_json
from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.api.stepfunctions.express import TIME
from chalicelib.api.stepfunctions.face import Ask
from chalicelib.api.stepfunctions.trial_looks import Broken, Looks
from chalicelib.api.stepfunctions.trial_parts import (
    Only,
    alone,
    failing,
    inner_names,
    mocked,
)
from chalicelib.engine.history import Happened
from chalicelib.engine.recovery import next_retry
from chalicelib.engine.state import Failure, Status
from chalicelib.errors import InputRefused
from chalicelib.express import Ended
from chalicelib.model.workflow import Map, Mode, Parallel, State, Task, Workflow
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
    workflow, name, is_jsonata = _workflow(ask)
    written = workflow.scope.states[name]
    state = _mocked(ask, written)
    looks = Looks(
        written, partial(_output, ask, workflow, value), is_jsonata=is_jsonata
    )
    trial = _tried(ask, workflow, state, looks, value)
    if trial.failure is None:
        return _said(ask, "SUCCEEDED", trial, value, looks)
    again = _retry(ask, written, trial.failure)
    if again is not None:
        return _said(ask, "RETRIABLE", trial, value, looks, again)
    if state.catch:
        caught = _run(ask, workflow, failing(written, trial.failure), value)
        if caught.failure is None:
            caught = replace(caught, failure=trial.failure)
            details = {"catchIndex": caught.caught_by or 0}
            return _said(ask, "CAUGHT_ERROR", caught, value, looks, details)
    return _said(ask, "FAILED", trial, value, looks)


def _tried(
    ask: Ask, workflow: Workflow, state: State, looks: Looks, value: Json
) -> Trial:
    """Return how the state fares; what is before its work counts under a mock, too."""
    failed = ask.given.get("stateConfiguration", {}).get("mapIterationFailureCount", 0)
    failure = None
    if "mock" in ask.given:
        try:
            looks.before()
            failure = looks.exceeded(failed) if failed else None
        except Broken as broken:
            failure = broken.failure
    if failure is not None:
        state = failing(state, failure)
    return _run(ask, workflow, replace(state, retry=(), catch=()), value)


def _output(ask: Ask, workflow: Workflow, value: Json, state: State) -> Json:
    """Return what a state gives.

    Raises:
        Broken: it fails.
    """
    trial = _run(ask, workflow, state, value)
    if trial.failure is not None:
        raise Broken(trial.failure)
    return trial.output


def _workflow(ask: Ask) -> tuple[Workflow, str, bool]:
    """Return the compiled workflow around the state, its name, and if it is of JSONata.

    Raises:
        Refused: InvalidDefinition, or ValidationException.
        DefinitionRefused: the state has problems.
    """
    try:
        definition = read_json(ask.text("definition"), "the definition")
    except InputRefused as refused:
        message = f"Invalid State Machine Definition: '{refused}'"
        raise Refused("InvalidDefinition", message) from None
    machine, name = alone(definition, ask.text("stateName") or NAME, _variables(ask))
    compiled = ask.service.compile(compact(machine), format="asl", name="test")
    inner = _known(ask, machine["States"][name])
    language = inner or machine.get("QueryLanguage")
    return compiled, name, language == "JSONata"


def _known(ask: Ask, state: Json) -> Json:
    """Return the state's own query language; what the request says of it must fit.

    Raises:
        Refused: ValidationException.
    """
    named = ask.given.get("stateConfiguration", {}).get("errorCausedByState")
    if named is not None and named not in inner_names(state):
        message = f"stateConfiguration.errorCausedByState: there is no state {named!r}"
        raise Refused("ValidationException", message)
    return state.get("QueryLanguage")


def _context(ask: Ask) -> Mapping[str, Json]:
    found = ask.json("context")
    if not isinstance(found, dict):
        raise Refused("ValidationException", "context must be a JSON object")
    return found


def _variables(ask: Ask) -> Json:
    found = ask.json("variables")
    if not isinstance(found, dict):
        raise Refused("ValidationException", "variables must be a JSON object")
    return found


def _mocked(ask: Ask, state: State) -> State:
    """Return the state with its work mocked, where the request wants that."""
    mock = ask.given.get("mock")
    if mock is None:
        if _needs_mock(state):
            message = (
                "A state that waits, or has states inside, needs a mock to be tested"
            )
            raise Refused("ValidationException", message)
        return state
    if "errorOutput" in mock:
        error = mock["errorOutput"]
        failure = Failure(error=error.get("error", ""), cause=error.get("cause", ""))
        return failing(state, failure)
    result = read_json(mock.get("result", "null"), "mock.result")
    if isinstance(state.work, Map | Parallel) and not isinstance(result, list):
        is_written = isinstance(state.work, Map) and state.work.writer is not None
        if not is_written:
            message = "mock.result of a Map or a Parallel must be a JSON array"
            raise Refused("ValidationException", message)
    return mocked(state, result)


def _needs_mock(state: State) -> bool:
    work = state.work
    if isinstance(work, Task):
        is_later = work.mode in (Mode.CALLBACK, Mode.SYSTEM)
        return is_later or work.job is not None or work.fetched
    return isinstance(work, Map | Parallel)


def _run(ask: Ask, workflow: Workflow, state: State, value: Json) -> Trial:
    express = ask.face.express()
    impatient = replace(
        express,
        clock=_Impatient(express.clock),
        naming=replace(express.naming, given=_context(ask)),
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
    looks: Looks,
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
        data = _inspected(ask, status, trial, value, looks)
        said["inspectionData"] = data | (
            {"errorDetails": dict(details or {})} if details else {}
        )
    return said


def _inspected(
    ask: Ask, status: str, trial: Trial, value: Json, looks: Looks
) -> dict[str, Json]:
    data: dict[str, Json] = {"input": compact(value)}
    with suppress(Broken):  # the state failed of that: there is no more to be seen
        data |= looks.before()
        if status == "SUCCEEDED":
            data |= looks.after(_result(ask, trial, data))
    return data


def _result(ask: Ask, trial: Trial, before: Mapping[str, Json]) -> Json:
    """Return what the work gave: a mock, an answer, or what came in."""
    if "mock" in ask.given:
        return read_json(ask.given["mock"].get("result", "null"), "mock.result")
    for event in trial.history:
        if event["type"] == Happened.TASK_SUCCEEDED:
            return event["output"]
    names = ("afterArguments", "afterParameters", "afterInputPath", "input")
    return read_json(next(before[each] for each in names if each in before), "input")


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
