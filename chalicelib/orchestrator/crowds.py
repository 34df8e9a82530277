"""How do the children of a container begin, and how are they stopped?

Spawning is a tree: one message for a hundred children. A Map that limits how many run
at once has slots instead (``pools``). How their end is noticed: ``joining``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from chalicelib.engine.commands import CancelChildren, StartChildren
from chalicelib.engine.state import Home, Origin, Stored
from chalicelib.orchestrator import rejoining, steps
from chalicelib.orchestrator.pools import Pool, Runs
from chalicelib.orchestrator.slots import Change
from chalicelib.orchestrator.turn import Turn
from chalicelib.ports import Message
from chalicelib.values import Json, size

#: Children, and bytes of the execution's input, from which on each child has that input
#: by its name: a write for all of them, and none of their records holds it.
MANY, LONG = 10, 512


def container(
    scope: str, activation: int, attempt: int, home: Home | None = None
) -> str:
    """Return the runtime id that the children of a container share."""
    if home is not None:
        activation, attempt = home.activation, home.attempt
    return f"{scope}.{activation}.{attempt}"


# -- the beginning ---------------------------------------------------------------


def start(turn: Turn, command: StartChildren) -> list[Message]:
    """Begin the children: some, or the messages that begin them by hundreds.

    Of a redriven container those that did not succeed are taken up (``rejoining``).
    """
    command = rejoining.chosen(turn, command)
    count = places(command)
    if not count:
        return [rejoining.joined(turn, command)]
    if command.limit:
        return _start_slots(turn, command)
    batch = turn.world.limits.spawn_batch
    if count <= batch:
        return list(begin(turn, command, range(count)))
    return _ranges(turn, "spawn", command, count)


def places(command: StartChildren) -> int:
    """Return how many children a container waits for."""
    return len(command.chosen) if command.home else len(command.inputs)


def _ranges(
    turn: Turn, do: str, command: StartChildren | CancelChildren, count: int
) -> list[Message]:
    batch = turn.world.limits.spawn_batch
    return [
        steps.step(
            do,
            turn.execution,
            turn.scope,
            a=command.activation,
            n=command.attempt,
            i=first,
            to=min(first + batch, count),
            **steps.at_home(command.home),
        )
        for first in range(0, count, batch)
    ]


def begin(
    turn: Turn, command: StartChildren, wanted: Iterable[int], slot: int | None = None
) -> Iterator[Message]:
    """Yield the messages that begin the children at the places ``wanted``."""
    assert turn.state is not None  # noqa: S101 - a container is running
    home = command.home
    above = container(turn.scope, command.activation, command.attempt, home)
    around = _named(turn, turn.state.origin, command)
    for place in wanted:
        index = command.chosen[place] if home else place
        origin = _origin(around, command, index, place if slot is None else slot)
        if home:
            origin = rejoining.again(origin, command, place)
        yield steps.start(
            turn.world.journal.values,
            f"{above}-{index}",
            origin,
            command.inputs[index],
            command.variables,
            home.redrive if home else 0,
        )


def _named(turn: Turn, origin: Origin, command: StartChildren) -> Origin:
    """Return the facts of the container's scope, as short as its children need them."""
    given = origin.input
    if len(command.inputs) < MANY or type(given) is Stored or size(given) < LONG:
        return origin
    return replace(origin, input=turn.world.journal.values.name(turn.execution, given))


def _origin(parent: Origin, command: StartChildren, index: int, slot: int) -> Origin:
    scopes = command.scopes
    return replace(
        parent,
        scope=scopes[index] if len(scopes) > 1 else scopes[0],
        index=index,
        item=command.items[index] if command.items else None,
        siblings=len(command.inputs),
        limit=command.limit,
        aborts=command.aborts,
        tolerated=command.tolerated,
        told=command.told,
        slot=slot if command.limit else 0,
        parent="",
        input_digest="",
        rejoin=None,
    )


def _start_slots(turn: Turn, command: StartChildren) -> list[Message]:
    begun = _pool(turn, command).start(command.limit)
    return _begin_in(turn, command, begun)


def resize(
    turn: Turn, command: StartChildren, limit: int | None, seq: int
) -> list[Message]:
    """Have so many children run at once from now on; begin those that may."""
    command = rejoining.chosen(turn, command)
    change = Change(
        seq=seq, limit=limit, aborts=command.aborts, tolerated=command.tolerated
    )
    return _begin_in(turn, command, _pool(turn, command).resize(change))


def _pool(turn: Turn, command: StartChildren) -> Pool:
    above = container(turn.scope, command.activation, command.attempt)
    return Pool(turn.world, turn.execution, above, places(command))


def _begin_in(turn: Turn, command: StartChildren, begun: Runs) -> list[Message]:
    return [
        message
        for slot, index in begun.items()
        for message in begin(turn, command, [index], slot)
    ]


# -- cancelling ------------------------------------------------------------------


def cancel(turn: Turn, command: CancelChildren) -> list[Message]:
    """Stop the children that still run, and keep the others from beginning."""
    above = container(turn.scope, command.activation, command.attempt)
    running = Pool(turn.world, turn.execution, above, command.children).take()
    home = command.home
    named = container(turn.scope, command.activation, command.attempt, home)
    if running is not None:
        held = rejoining.indexes(turn, command, running)
        return list(stops(turn.execution, named, held, home))
    if command.children <= turn.world.limits.spawn_batch:
        every = range(command.children)
        return list(stops(turn.execution, named, every, home))
    return _ranges(turn, "cancel", command, command.children)


def stops(
    execution: str, above: str, indexes: Iterable[int], home: Home | None = None
) -> Iterator[Message]:
    """Yield the messages that stop the children at ``indexes``."""
    facts: dict[str, Json] = {"g": home.redrive} if home else {}
    for index in indexes:
        yield steps.step("stop", execution, f"{above}-{index}", **facts)
