"""What does a Map have done outside, before its iterations and after them?

    enter --> READ --> items --> (iterations) --> results --> WRITE --> result

An errand is asked for and answered like the work of a task, and fails like one: it is
retried and caught by the clauses of the Map. Each errand, and the iterations between,
is an activation with a number of its own, so that an answer that comes late for one is
never taken for the answer of the next.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.engine.commands import CallTask
from chalicelib.engine.crowds import limits_of
from chalicelib.engine.events import Answer
from chalicelib.engine.history import Happened
from chalicelib.engine.items import brought, is_brought
from chalicelib.engine.readings import read_answer
from chalicelib.engine.runs import RunName
from chalicelib.engine.state import Activation, Failure, Phase, RunLimits, Step
from chalicelib.engine.visit import Visit
from chalicelib.engine.visits import fail, finish
from chalicelib.engine.walk import Walk
from chalicelib.expressions import evaluate
from chalicelib.model.error_names import TABLES, Kind
from chalicelib.model.workflow import Errand, Map
from chalicelib.values import Json

_KINDS = {Step.READ: Kind.READER, Step.WRITE: Kind.WRITER}
#: Failures of the stage's own doing, which keep their names.
_OWN = frozenset({Kind.POISON, Kind.VALUE_LOST, Kind.BUDGET})


def begin(walk: Walk, visit: Visit, step: Step) -> None:
    """Ask for an errand, and hold the visit until it is done."""
    call = plan(walk, visit, step)
    if step is Step.READ:
        run_started(walk, visit)
    walk.hold(visit, Phase.CALLED, step=step, items=visit.items)
    told = _arguments(walk, visit, step)
    _say(walk, visit, Happened.ERRAND_STARTED, told, call.resource)
    walk.commands.append(call)


def _say(walk: Walk, visit: Visit, kind: Happened, value: Json, note: str = "") -> None:
    facts: Any = {"activation": visit.id, "attempt": visit.attempt}
    walk.say(kind, visit.state.name, value, note=note, **facts)


def plan(walk: Walk, visit: Visit, step: Step) -> CallTask:
    """Return the call of an errand: the same for the same visit.

    Raises:
        EvaluationFailure: its arguments have no value.
    """
    payload = _arguments(walk, visit, step)
    if step is Step.WRITE:
        results = walk.load(visit.items)
        payload = {**payload, "run": _run(walk, visit).text, "results": results}
    return CallTask(
        activation=visit.id,
        attempt=visit.attempt,
        resource=_errand(visit, step).resource,
        payload=payload,
        state=visit.state.name,
    )


def _arguments(walk: Walk, visit: Visit, step: Step) -> Any:
    return evaluate(_errand(visit, step).arguments, walk.view(visit, visit.input))


def _errand(visit: Visit, step: Step) -> Errand:
    work: Any = visit.state.work
    assert isinstance(work, Map)  # noqa: S101 - only a Map has errands
    errand = work.reader if step is Step.READ else work.writer
    assert errand is not None  # noqa: S101 - it was begun
    return errand


def _run(walk: Walk, visit: Visit) -> RunName:
    """Return the name of the run whose results are written."""
    work: Any = visit.state.work
    # Each errand, and the iterations, took the next number: nothing else of a scope
    # moves meanwhile where one state of it is active at a time (Join ANY).
    before = 1 if work.reader is None else 2
    return RunName(
        execution=walk.origin.execution,
        scope=walk.key,
        activation=visit.id - before,
        attempt=visit.attempt,
    )


def renumber(walk: Walk, visit: Visit) -> None:
    """Give the visit a new number: what comes late for the old one is ignored."""
    visit.id = walk.next_id
    walk.next_id += 1


def answered(walk: Walk, activation: Activation, answer: Answer) -> Visit | None:
    """The errand is done; return the visit that goes on, unless the errand failed."""
    step = activation.step
    del walk.active[activation.id]
    visit = walk.taken_up(activation)
    reading = read_answer("payload", answer, TABLES[walk.setting.workflow.errors])
    failure = reading.failure
    if failure is None and step is Step.READ and not is_brought(reading.output):
        failure = Failure(error="", cause="the items that were read are no array")
    if failure is not None:
        run_failed(walk, visit, named(walk, step, Kind.FUNCTION, failure))
        return None
    is_read = step is Step.READ
    told = len(brought(reading.output).values) if is_read else reading.output
    _say(walk, visit, Happened.ERRAND_ENDED, told)
    return visit


def broke(walk: Walk, activation: Activation, kind: Kind, failure: Failure) -> None:
    """The errand failed on its way."""
    del walk.active[activation.id]
    visit = walk.taken_up(activation)
    run_failed(walk, visit, named(walk, activation.step, kind, failure))


def run_started(walk: Walk, visit: Visit) -> None:
    """The Map begins; with a reader, by asking for its items."""
    if is_run(visit):
        _say(walk, visit, Happened.RUN_STARTED, limits_of(walk, visit))


#: What history calls the parts of ``RunLimits``.
_LIMITS = ("maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage")


def run_changed(walk: Walk, activation: Activation, limits: RunLimits) -> None:
    """Somebody changed what limits the run.

    How many children run at once is the engine's to say only before they begin: it
    begins so many. Afterwards their slots say it (``orchestrator.slots``).
    """
    named = dict(zip(_LIMITS, limits, strict=True))
    changed = {name: value for name, value in named.items() if value is not None}
    both = zip(activation.limits, limits, strict=True)
    kept = RunLimits(*(was if now is None else now for was, now in both))
    if activation.phase is Phase.JOINING:
        kept = kept._replace(concurrency=activation.limits.concurrency)
    walk.active[activation.id] = replace(activation, limits=kept)
    facts: Any = {"activation": activation.id, "attempt": activation.attempt}
    walk.say(Happened.RUN_CHANGED, activation.state, changed, **facts)


def run_failed(walk: Walk, visit: Visit, failure: Failure, output: Json = None) -> None:
    """The Map failed: in an errand, or by its iterations."""
    if is_run(visit):
        name = visit.state.name
        walk.say(Happened.RUN_FAILED, name, failure=failure, activation=visit.id)
    fail(walk, visit, failure, output)


def run_succeeded(
    walk: Walk, visit: Visit, result: Json, *, alive: tuple[str, ...] | None = None
) -> None:
    """The Map, or the Parallel, has done everything; ``alive``: see ``leave``."""
    if is_run(visit):
        walk.say(Happened.RUN_SUCCEEDED, visit.state.name, activation=visit.id)
    finish(walk, visit, result, alive=alive)


def is_run(visit: Visit) -> bool:
    """Whether the iterations of the visited state count as executions."""
    return isinstance(visit.state.work, Map) and bool(visit.state.work.label)


def named(walk: Walk, step: Step, kind: Kind, failure: Failure) -> Failure:
    """Return a failure of an errand under the name that the author's clauses have.

    AWS, "Error names": whatever kept the items from being read, or the results from
    being written, has one name.
    """
    if kind in _OWN:
        return failure
    return Failure(error=walk.name_of(_KINDS[step]), cause=failure.cause)
