"""What lost too many races waits here for the winner (I-7).

What came by message comes by message again. What exists only in this invocation (the
answer of a task, a worker's report) is left beside the scope's records without a
condition, and a ``drain`` message makes sure that somebody looks.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.engine import events
from chalicelib.engine.events import Answer, Event
from chalicelib.errors import StaleRecord, ValueLost
from chalicelib.model.error_names import Kind
from chalicelib.orchestrator import steps
from chalicelib.orchestrator.dirt import ANSWERS, ORDERS, Arrival
from chalicelib.orchestrator.world import World
from chalicelib.values import Json


def leave(
    world: World,
    execution: str,
    scope: str,
    arrivals: Sequence[Arrival],
) -> None:
    """Leave those events that nobody else could tell again: answers and reports.

    Each has a ``drain`` of its own, which takes it out; the first one serves them all.
    """
    own = [each for each in arrivals if each.body is None]
    left = [each for each in own if isinstance(each.event, (*ANSWERS, *ORDERS))]
    for each in left:
        _post(world, execution, scope, each.cause, each.event)
    if left:
        messages = [
            steps.step(
                "drain",
                execution,
                scope,
                steps.CALM,
                i=slot(each.cause),
            )
            for each in left
        ]
        world.queue.send(messages)


def _post(world: World, execution: str, scope: str, cause: str, event: Event) -> None:
    body = {"cause": cause, **write(world, execution, event)}
    try:
        world.journal.post(execution, scope, slot(cause), body)
    except StaleRecord:
        return  # the attempt is answered there already


def slot(cause: str) -> str:
    """Return where an event waits: one place for each attempt.

    >>> slot("report 3 1 ab12"), slot("answer 3 1")
    ('3 1', '3 1')
    """
    return " ".join(cause.split(" ")[1:3])


def write(world: World, execution: str, event: Event) -> dict[str, Json]:
    """Return the JSON of a task's event; large values are kept beside it."""
    if isinstance(event, ORDERS):
        return _write_order(world, execution, event)
    match event:
        case events.TaskAnswered():
            kind, value = "answered", _answer(event.answer)
        case events.TaskSucceeded():
            kind = "skipped" if event.is_skipped else "succeeded"
            value = event.output
        case events.TaskFailed():
            kind = "failed"
            named = [event.error, event.cause, event.kind.value]
            value = [*named, event.output, dict(event.facts), event.is_refusal]
        case _:
            raise TypeError(f"{type(event).__name__} has a message of its own")
    kept = world.journal.values.keep(execution, value)
    return {
        "event": kind,
        "at": event.at,
        "a": event.activation,
        "n": event.attempt,
        "value": kept,
    }


def _write_order(
    world: World, execution: str, event: events.TaskWoken | events.TaskDegraded
) -> dict[str, Json]:
    if isinstance(event, events.TaskWoken):
        kind, value = "woken", event.output
    else:
        kind, value = "degraded", [event.current, event.followers]
    kept = world.journal.values.keep(execution, value)
    return {"event": kind, "at": event.at, "of": event.state, "value": kept}


def _read_order(world: World, execution: str, body: Json) -> Event:
    try:
        value = world.journal.values.restore(execution, body["value"])
    except ValueLost:  # then nothing was brought
        value = None
    facts = {"at": body["at"], "state": body["of"]}
    if body["event"] == "woken":
        return events.TaskWoken(output=value, **facts)
    current, followers = value
    return events.TaskDegraded(current=current, followers=followers, **facts)


def _answer(answer: Answer) -> Json:
    return [
        answer.payload,
        answer.status,
        dict(answer.headers),
        answer.is_json,
        dict(answer.facts),
    ]


def read(world: World, execution: str, body: Json) -> Event:
    """Return the event that ``write`` was given."""
    if "of" in body:
        return _read_order(world, execution, body)
    facts = {"at": body["at"], "activation": body["a"], "attempt": body["n"]}
    try:
        value = world.journal.values.restore(execution, body["value"])
    except ValueLost as lost:
        return events.TaskFailed(kind=Kind.VALUE_LOST, cause=str(lost), **facts)
    if body["event"] == "answered":
        names = ("payload", "status", "headers", "is_json", "facts")
        answer = Answer(**dict(zip(names, value, strict=True)))
        return events.TaskAnswered(answer=answer, **facts)
    if body["event"] in ("succeeded", "skipped"):
        is_skipped = body["event"] == "skipped"
        return events.TaskSucceeded(output=value, is_skipped=is_skipped, **facts)
    error, cause, kind, output, known, *more = value
    return events.TaskFailed(
        error=error,
        cause=cause,
        kind=Kind(kind),
        output=output,
        facts=known,
        # A stage of before wrote none.
        is_refusal=bool(more and more[0]),
        **facts,
    )
