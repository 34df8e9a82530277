"""What do the messages of the step queue say?

Each is a small JSON object: ``do`` says what, ``x`` which execution, ``s`` which scope;
``a`` and ``n`` name an activation and its attempt. Values travel as in a record: large
ones by reference. A message says where to look, never what the state is: whoever
handles it loads the scope and decides again.

    start       begin a scope                 timer    a time has come
    call        make one task's request       resume   go on after a budget
    carry       carry out record q's commands joined   all children are done
    spawn       start children from..to       lost     a child failed
    cancel      stop children from..to        stop     stop this scope
    ended       a sub-workflow ended          drain    apply what waits in the inbox
    watch       look whether an execution is stuck
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.engine.events import ScopeStarted
from chalicelib.engine.state import Origin, Stored
from chalicelib.errors import MessageRefused, Unavailable
from chalicelib.ports import Message
from chalicelib.journal.records import Pool, Shelf, decode_origin, encode_origin
from chalicelib.journal.values import Values
from chalicelib.values import Json

SCHEMA = 1
#: Seconds; what SQS can delay a message by.
LONGEST_DELAY = 900

KINDS = frozenset(
    "start call carry spawn cancel ended timer resume joined lost stop drain watch".split()
)


@dataclass(frozen=True, slots=True)
class Step:
    """A message of the step queue, read."""

    do: str
    execution: str
    scope: str
    body: Mapping[str, Json]

    @property
    def cause(self) -> str:
        """What the message is about: the same for every delivery of it."""
        parts = [self.do, *(str(self.body[key]) for key in "ankdi" if key in self.body)]
        return " ".join(parts)


def step(do: str, execution: str, scope: str, /, delay: float = 0, **facts: Json) -> Message:
    """Return a message."""
    body = {"v": SCHEMA, "do": do, "x": execution, "s": scope, **facts}
    whole = min(LONGEST_DELAY, max(0, -int(-delay // 1)))
    return Message(body=body, delay=whole)


def read(body: str | Json) -> Step:
    """Return the step in a message's body.

    Raises:
        MessageRefused: it is not one of ours.
        Unavailable: newer code wrote it; that code will read it.
    """
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError as error:
            raise MessageRefused(f"not JSON ({error})") from None
    if not isinstance(body, dict) or not isinstance(body.get("v"), int):
        raise MessageRefused("no schema number")
    if body["v"] > SCHEMA:
        raise Unavailable(f"a reader of message schema {body['v']}")
    if body.get("do") not in KINDS:
        raise MessageRefused(f"nothing is known of {body.get('do')!r}")
    execution, scope = body.get("x"), body.get("s")
    if not isinstance(execution, str) or not isinstance(scope, str):
        raise MessageRefused("no execution and scope")
    return Step(body["do"], execution, scope, body)


def start(
    values: Values,
    scope: str,
    origin: Origin,
    value: Json | Stored,
    variables: Mapping[str, Json | Stored],
) -> Message:
    """Return the message that begins a scope."""
    pool = Pool(lambda each: values.keep(origin.execution, each))
    facts: dict[str, Json] = {
        "o": encode_origin(origin, pool),
        "i": pool.place(value),
    }
    if variables:
        facts["w"] = {name: pool.place(each) for name, each in variables.items()}
    if len(pool.values) > 1:
        facts["p"] = pool.values
    if pool.stored:
        facts["r"] = pool.stored
    return step("start", origin.execution, scope, **facts)


def started(found: Step, at: float) -> ScopeStarted:
    """Return the event that a ``start`` message tells of."""
    shelf = Shelf(found.body)
    return ScopeStarted(
        at=at,
        origin=decode_origin(found.execution, found.body["o"], shelf),
        input=shelf.take(found.body["i"]),
        variables={
            name: shelf.take(position)
            for name, position in found.body.get("w", {}).items()
        },
    )
