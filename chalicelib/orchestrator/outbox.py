"""Who is told of an execution's end, until it is acknowledged? And of its beginning.

    end of the top scope --notify--> request --2xx--> done
                             ^          └--else--> notify again, later
                             └────────────────────────┘

Rule 1  A notice is a message of the step queue from the moment the end is carried out;
        the end is carried out again until it was. A crash anywhere repeats a request
        and loses none: whoever is told sees ``webhook-id`` and knows it again.
Rule 2  What is not answered with 2xx is sent again after each of ``WAITS``. After the
        last, or when the receiver says that it is gone for good (410), it is given
        up; a record keeps what went wrong, and it can be asked for: ``undelivered``.
Rule 3  What is told follows from the execution, which has ended: it is never stored.
"""

from __future__ import annotations

from typing import Any

from chalicelib.engine.events import Answer
from chalicelib.errors import EvaluationFailure, ExecutionNotFound
from chalicelib.expressions import View, evaluate
from chalicelib.journal.archive import Head
from chalicelib.model.workflow import Mode, Notice
from chalicelib.orchestrator import (
    announcements,
    ended_story,
    receivers,
    steps,
    timers,
    undelivered,
    webhooks,
)
from chalicelib.orchestrator.receivers import Target
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.world import World, log
from chalicelib.ports import Call, Item, Message, Outcome
from chalicelib.traces import of_attempt, of_execution
from chalicelib.values import Json, short_hash

#: Seconds between one try and the next: two and a half days in all, so that a weekend
#: of one receiver is not the end of its notices.
WAITS = (5, 30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600, *(8 * 3600,) * 6)
#: Seconds that a receiver has for its answer.
TIMEOUT = 30.0
TOP = "r"
_GONE = 410


def first_tries(world: World, head: Head) -> list[Message]:
    """Return the messages that have everybody told who asked to be."""
    run: dict[str, Json] = {"g": head.redrives} if head.redrives else {}
    return [
        steps.step("notify", head.execution, TOP, i=number, n=0, **run)
        for number, _ in enumerate(receivers.of(world, head))
    ]


def first_word(world: World, head: Head) -> list[Message]:
    """Return the messages that tell of an execution that begins."""
    first = len(receivers.notices(world, head))
    many = len(receivers.targets(world, head))
    return [
        steps.step("notify", head.execution, TOP, i=number, n=0, b=1)
        for number in range(first, first + many)
    ]


def tell(world: World, found: Step) -> None:
    """Make one try; have the next one made if it fails."""
    head = _as_told(world, found)
    if head is None:
        return
    number, everybody = found.body["i"], receivers.of(world, head)
    if number >= len(everybody):
        return  # the stage tells somebody less, since
    before = undelivered.record_of(world, found) if "once" in found.body else None
    if before is None and "once" in found.body:
        return  # it was acknowledged meanwhile
    try:
        outcome = _send(world, head, number, everybody[number])
    except EvaluationFailure as broken:
        why = f"{broken.error}: {broken.cause}"
        undelivered.give_up(world, found, before, why)
        return
    _conclude(world, found, before, outcome)


def _as_told(world: World, found: Step) -> Head | None:
    """Return the execution as it is to be told of; None: that is over."""
    try:
        head = world.archive.head(found.execution)
    except ExecutionNotFound:
        return None
    if "b" in found.body:
        return announcements.beginning(head)
    if head.stopped_at is None or found.body.get("g", 0) != head.redrives:
        return None  # it was redriven: its next end is told anew
    return head


def _conclude(world: World, found: Step, before: Item | None, outcome: Outcome) -> None:
    """Decide what a try has come to; ``before``: the record that it was made for."""
    status = outcome.status if isinstance(outcome, Answer) else 0
    if 200 <= status < 300:
        if before is not None:
            undelivered.acknowledged(world, found)
        return
    tries, why = found.body["n"], _problem(outcome)
    if before is not None or status == _GONE or tries == len(WAITS):
        undelivered.give_up(world, found, before, why)
        return
    name = f"{found.execution}: notice {found.body['i']}"
    log.warning("%s: %s; tried again", name, why)
    _try_again(world, found, WAITS[tries])


def _try_again(world: World, found: Step, wait: float) -> None:
    facts = {name: found.body[name] for name in "igb" if name in found.body}
    facts["n"] = found.body["n"] + 1
    message = steps.step("notify", found.execution, TOP, delay=wait, **facts)
    due_at = world.clock.now() + wait
    if later := timers.later(world, message, due_at):
        world.queue.send(later)


def _send(world: World, head: Head, number: int, to: Notice | Target) -> Outcome:
    began = ("began",) if head.stopped_at is None else ()
    name = short_hash(head.execution, "notice", *_run(head), number, *began, length=32)
    make = announcements.request if isinstance(to, Target) else _notice
    resource, payload = make(world, head, to, f"msg_{name}")  # type: ignore[arg-type]
    trace = of_execution(head.trace, head.execution, head.started_at)
    call = Call(
        resource=resource,
        payload=payload,
        mode=Mode.REQUEST,
        idempotency_key=name,
        timeout=TIMEOUT,
        execution=head.execution,
        task="",
        trace=of_attempt(trace, name),
    )
    return world.dispatcher.dispatch(call)


def _notice(world: World, head: Head, notice: Notice, id: str) -> tuple[str, Json]:
    """Return the resource and the payload of a notice."""
    context = head.output if isinstance(head.output, dict) else {}
    view = View(ended_story.of(world, head), variables=context)
    request: Any = evaluate(notice.request, view)
    now = int(world.clock.now())
    signed = webhooks.signed(request, id, now, world.webhook_secrets)
    return str(evaluate(notice.resource, view)), signed


def _run(head: Head) -> tuple[int, ...]:
    """Tell the ends of a redriven execution apart."""
    return (head.redrives,) if head.redrives else ()


def _problem(outcome: Outcome) -> str:
    if isinstance(outcome, Answer):
        return f"it was answered with status {outcome.status}"
    return outcome.cause or outcome.error or outcome.kind.value
