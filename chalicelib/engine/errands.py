"""What does a Map have done outside, before its iterations and after them?

    enter --> READ --> items --> (iterations) --> results --> WRITE --> result

An errand is asked for and answered like the work of a task, and fails like one: it is
retried and caught by the clauses of the Map. Each errand, and the iterations between,
is an activation with a number of its own, so that an answer that comes late for one is
never taken for the answer of the next.
"""

from __future__ import annotations

from typing import Any

from chalicelib.engine import tasks
from chalicelib.engine.commands import CallTask
from chalicelib.engine.events import Answer
from chalicelib.engine.history import Happened
from chalicelib.engine.readings import read_answer
from chalicelib.engine.state import Activation, Failure, Phase, Step
from chalicelib.engine.visit import Visit
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
    walk.hold(visit, Phase.CALLED, step=step, items=visit.items)
    walk.say(
        Happened.TASK_SCHEDULED,
        visit.state.name,
        _arguments(walk, visit, step),
        note=call.resource,
        activation=visit.id,
        attempt=visit.attempt,
    )
    walk.commands.append(call)


def plan(walk: Walk, visit: Visit, step: Step) -> CallTask:
    """Return the call of an errand: the same for the same visit.

    Raises:
        EvaluationFailure: its arguments have no value.
    """
    payload = _arguments(walk, visit, step)
    if step is Step.WRITE:
        payload = {**payload, "results": walk.load(visit.items)}
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


def renumber(walk: Walk, visit: Visit) -> None:
    """Give the visit a new number: what comes late for the old one is ignored."""
    visit.id = walk.next_id
    walk.next_id += 1


def answered(walk: Walk, activation: Activation, answer: Answer) -> Visit | None:
    """The errand is done; return the visit that goes on with the items, if any does."""
    step = activation.step
    del walk.active[activation.id]
    visit = walk.taken_up(activation)
    reading = read_answer("payload", answer, TABLES[walk.setting.workflow.errors])
    failure = reading.failure
    if failure is None and step is Step.READ and not isinstance(reading.output, list):
        failure = Failure(error="", cause="the items that were read are no array")
    if failure is not None:
        failure = Failure(error=walk.name_of(_KINDS[step]), cause=failure.cause)
        tasks.failed(walk, visit, failure, reading.output)
    elif step is Step.WRITE:
        tasks.succeeded(walk, visit, reading.output)
    else:
        _say_read(walk, visit, reading.output)
        return visit
    return None


def _say_read(walk: Walk, visit: Visit, items: Json) -> None:
    walk.say(
        Happened.TASK_SUCCEEDED,
        visit.state.name,
        items,
        activation=visit.id,
        attempt=visit.attempt,
    )


def named(walk: Walk, step: Step, kind: Kind, failure: Failure) -> Failure:
    """Return a failure of an errand under the name that the author's clauses have.

    AWS, "Error names": whatever kept the items from being read, or the results from
    being written, has one name.
    """
    if kind in _OWN:
        return failure
    return Failure(error=walk.name_of(_KINDS[step]), cause=failure.cause)
