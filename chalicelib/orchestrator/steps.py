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
    cease       stop the work of a function, of which this scope has ended
    ended       a sub-workflow ended          drain    apply what waits in the inbox
    function    an asynchronous function ended, as ``destinations`` reads it
    redrive     take up a child again
    watch       look whether an execution is stuck
    resize      have so many children of a container run at once
    notify      tell somebody of the end: notice i, for the (n+1)th time; ``b``: of the
                beginning; ``once``: it was given up and asked for, see ``undelivered``
    sweep       remove what was kept long enough   remove   remove this execution
    due         a schedule is due                 backfill  start a past range of one
    redo        some executions of a DAG are to be redone
    halt        the executions of a deleted workflow are to be stopped
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from chalicelib.engine.events import ScopeRedriven, ScopeStarted
from chalicelib.engine.state import Home, Origin, Stored
from chalicelib.errors import MessageRefused, Unavailable
from chalicelib.frozen import dataclass
from chalicelib.journal.origins import decode_origin, encode_origin
from chalicelib.journal.pools import Pool, Shelf
from chalicelib.journal.values import Values
from chalicelib.ports import Message
from chalicelib.values import Json

SCHEMA = 1
#: Seconds; what SQS can delay a message by.
LONGEST_DELAY = 900

#: Seconds after which a message that met a crowd comes again.
CALM = 1
_ATTEMPT: dict[str, type] = {"a": int, "n": int}
#: What the messages of a kind must say.
FACTS: Mapping[str, Mapping[str, type]] = {
    "start": {"o": list, "i": int},
    "redrive": {"o": list, "i": int, "g": int},
    "call": _ATTEMPT,
    "carry": {"q": int},
    "spawn": {**_ATTEMPT, "i": int, "to": int},
    "cease": {**_ATTEMPT, "of": list},
    "cancel": {**_ATTEMPT, "i": int, "to": int},
    "ended": {**_ATTEMPT, "child": str},
    "function": {**_ATTEMPT, "r": dict},
    "timer": {**_ATTEMPT, "k": str},
    "resume": {"n": int},
    "joined": {**_ATTEMPT, "of": int},
    "lost": {**_ATTEMPT, "i": int, "e": str, "c": str},
    "stop": {},
    "drain": {"i": str},
    "watch": {"after": float},
    "sweep": {"w": str, "i": str},
    "remove": {},
    "resize": {**_ATTEMPT, "q": int},
    "notify": {"i": int, "n": int},
    "due": {"w": str, "p": str, "r": int, "d": float},
    "backfill": {"w": str, "p": str, "d": float, "to": float},
    "redo": {
        **{"w": str, "st": list, "p": list, "e": str, "b": str},
        **{"left": int, "per": int, "t": str, "at": float},
    },
    "halt": {"w": str, "b": str, "c": str, "born": float, "at": float},
}


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
        facts = (str(self.body[key]) for key in self._names if key in self.body)
        return " ".join([self.do, *facts])

    @property
    def _names(self) -> str:
        return "g" if self.do == "redrive" else "ankdiqg"

    @property
    def is_again(self) -> bool:
        """Whether this message takes the place of one that met a crowd."""
        return "re" in self.body

    def again(self) -> Message:
        """Return the message that takes the place of this one."""
        return Message(body={**self.body, "re": 1}, delay=CALM)


def step(
    do: str, execution: str, scope: str, /, delay: float = 0, **facts: Json
) -> Message:
    """Return a message."""
    body = {"v": SCHEMA, "do": do, "x": execution, "s": scope, **facts}
    return Message(body=body, delay=whole_delay(delay))


def whole_delay(seconds: float) -> int:
    """Return the delay of a message that is not to come earlier than ``seconds``.

    >>> whole_delay(0.2), whole_delay(-3), whole_delay(5000)
    (1, 0, 900)
    """
    return min(LONGEST_DELAY, max(0, -int(-seconds // 1)))


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
    facts = FACTS.get(str(body.get("do")))
    if facts is None:
        raise MessageRefused(f"nothing is known of {body.get('do')!r}")
    for name, kind in {"x": str, "s": str, **facts}.items():
        if not isinstance(body.get(name), (int, float) if kind is float else kind):
            raise MessageRefused(f"{body['do']!r} without {name!r}")
    return Step(body["do"], body["x"], body["s"], body)


def home_of(found: Step) -> Home | None:
    """Return where the children of a container are, if it was redriven."""
    return Home(*found.body["h"]) if "h" in found.body else None


def at_home(home: Home | None) -> dict[str, Json]:
    """Return what a message says of ``home``."""
    return {"h": list(home)} if home else {}


def execution_of(body: str) -> str:
    """Return the execution that a message names, as far as it can be read; else ``""``.

    >>> execution_of('{"x": "hello:run-1"}'), execution_of("nothing of the kind")
    ('hello:run-1', '')
    """
    try:
        return str(json.loads(body)["x"])
    except (ValueError, LookupError, TypeError):
        return ""


def start(
    values: Values,
    scope: str,
    origin: Origin,
    value: Json | Stored,
    variables: Mapping[str, Json | Stored],
    redrive: int = 0,
) -> Message:
    """Return the message that begins a scope, or has a redrive take it up."""
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
    if redrive:
        return step("redrive", origin.execution, scope, g=redrive, **facts)
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


def redriven(found: Step, at: float) -> ScopeRedriven:
    """Return the event that a ``redrive`` message tells of."""
    begun = started(found, at)
    return ScopeRedriven(
        at=at,
        number=found.body["g"],
        origin=begun.origin,
        input=begun.input,
        variables=begun.variables,
    )
