"""Who is told of an execution's end, until it is acknowledged? And of its beginning.

    end of the top scope --notify--> request --2xx--> done
                             ^          └--else--> notify again, later
                             └────────────────────────┘

Rule 1  A notice is a message of the step queue from the moment the end is carried out;
        the end is carried out again until it was. A crash anywhere repeats a request
        and loses none: whoever is told sees ``webhook-id`` and knows it again.
Rule 2  What is not answered with 2xx is sent again after each of ``WAITS``. After the
        last, or when the receiver says that it is gone for good (410), the record
        ``notice#<number>`` of the execution keeps what went wrong.
Rule 3  What is told follows from the execution, which has ended: it is never stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.engine.events import Answer
from chalicelib.errors import EvaluationFailure, ExecutionNotFound
from chalicelib.expressions import View, evaluate
from chalicelib.journal import keys
from chalicelib.journal.archive import Head
from chalicelib.model import codec
from chalicelib.model.workflow import Mode, Notice
from chalicelib.orchestrator import announcements, ended_story, steps, timers, webhooks
from chalicelib.orchestrator.announcements import Target
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.world import World, log
from chalicelib.ports import Call, Message, Outcome
from chalicelib.traces import of_attempt, of_execution
from chalicelib.values import Json, short_hash

#: Seconds between one try and the next: two and a half days in all, so that a weekend
#: of one receiver is not the end of its notices.
WAITS = (5, 30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600, *(8 * 3600,) * 6)
#: Seconds that a receiver has for its answer.
TIMEOUT = 30.0
#: Names the record of a notice that was given up.
UNDELIVERED = "Millrace.NoticeUndelivered"
TOP = "r"
_GONE = 410


def first_tries(world: World, head: Head) -> list[Message]:
    """Return the messages that have everybody told who asked to be."""
    run: dict[str, Json] = {"g": head.redrives} if head.redrives else {}
    return [
        steps.step("notify", head.execution, TOP, i=number, n=0, **run)
        for number, _ in enumerate(_receivers(world, head))
    ]


def first_word(world: World, head: Head) -> list[Message]:
    """Return the messages that tell of an execution that begins."""
    first = len(_notices(world, head))
    many = len(announcements.targets(world, head))
    return [
        steps.step("notify", head.execution, TOP, i=number, n=0, b=1)
        for number in range(first, first + many)
    ]


def _receivers(world: World, head: Head) -> tuple[Notice | Target, ...]:
    return (*_notices(world, head), *announcements.targets(world, head))


def tell(world: World, found: Step) -> None:
    """Make one try; have the next one made if it fails."""
    number, tries = found.body["i"], found.body["n"]
    try:
        head = world.archive.head(found.execution)
    except ExecutionNotFound:
        return
    if "b" in found.body:
        head = announcements.beginning(head)
    elif head.stopped_at is None or found.body.get("g", 0) != head.redrives:
        return  # it was redriven: its next end is told anew
    receivers = _receivers(world, head)
    if number >= len(receivers):
        return  # the stage tells somebody less, since
    try:
        outcome = _send(world, head, number, receivers[number])
    except EvaluationFailure as broken:
        _give_up(world, head, number, tries, f"{broken.error}: {broken.cause}")
        return
    if isinstance(outcome, Answer) and 200 <= outcome.status < 300:
        return
    why = _problem(outcome)
    is_gone = isinstance(outcome, Answer) and outcome.status == _GONE
    if is_gone or tries == len(WAITS):
        _give_up(world, head, number, tries, why)
        return
    log.warning("%s: notice %s: %s; tried again", head.execution, number, why)
    _try_again(world, found, WAITS[tries])


def _notices(world: World, head: Head) -> tuple[Notice, ...]:
    if head.notices is not None:
        own: tuple[Notice, ...] = codec.decode(head.notices)
        return own
    return world.archive.workflow(head.workflow, head.version).notices


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


def _give_up(world: World, head: Head, number: int, tries: int, why: str) -> None:
    log.error("%s: notice %s is given up: %s", head.execution, number, why)
    world.table.put(
        {
            "pk": head.execution,
            "sk": keys.notice(number),
            "error": UNDELIVERED,
            "cause": why[:1024],
            "tries": tries + 1,
            "at": world.clock.now(),
        }
    )


def undelivered(world: World, execution: str) -> Iterator[Json]:
    """Yield the records of the notices of an execution that were given up."""
    for item in world.table.query(execution, prefix=keys.NOTICE):
        named = ("error", "cause", "tries", "at")
        number = int(item["sk"].removeprefix(keys.NOTICE))
        yield {"notice": number, **{name: item[name] for name in named}}
