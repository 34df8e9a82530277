"""How do the children of a container begin, and how is their end noticed?

Spawning is a tree: one message for a hundred children. Joining is a tree of small
items: a child's end adds its number to the set of its hundred, a full hundred adds
its number to the root, and who completes the root tells the container.

A Map that limits how many run at once has slots instead: a child's end gives its slot
the next index in one atomic write, so no index is ever lost or taken twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from chalicelib.engine.commands import CancelChildren, EndScope, StartChildren
from chalicelib.engine.state import Failure, Home, Origin, Status, Stored
from chalicelib.journal import keys
from chalicelib.orchestrator import rejoining, slots, steps
from chalicelib.orchestrator.rejoining import Place
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World
from chalicelib.ports import Message
from chalicelib.values import Json, size

#: Containers whose children a process remembers.
CROWDS = 50
#: Children, and bytes of the execution's input, from which on each child has that input
#: by its name: a write for all of them, and none of their records holds it.
MANY, LONG = 10, 512
#: Tolerated failures, at most, that are counted one by one, so that the next one ends
#: the container at once. Each such write grows by a few bytes; where more may fail, too
#: many are noticed at the join.
EARLY = 1000


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
    above = container(turn.scope, command.activation, command.attempt)
    key = keys.pool(turn.execution, above)
    return _begin_held(turn, command, slots.start(turn.world, key, command.limit))


def resize(
    turn: Turn, command: StartChildren, limit: int | None, seq: int
) -> list[Message]:
    """Have so many children run at once from now on; begin those that may."""
    command = rejoining.chosen(turn, command)
    above = container(turn.scope, command.activation, command.attempt)
    key = keys.pool(turn.execution, above)
    change = slots.Change(
        seq=seq, limit=limit, aborts=command.aborts, siblings=places(command)
    )
    return _begin_held(turn, command, slots.resize(turn.world, key, change))


def _begin_held(
    turn: Turn, command: StartChildren, held: Mapping[str, int]
) -> list[Message]:
    count = places(command)
    return [
        message
        for slot, index in held.items()
        if index < count
        for message in begin(turn, command, [index], int(slot))
    ]


# -- the end ---------------------------------------------------------------------


def child_ended(turn: Turn, command: EndScope) -> list[Message]:
    """Tell the container, once every sibling has ended; at once if it may fail now."""
    assert turn.state is not None  # noqa: S101 - it has just ended
    origin = turn.state.origin
    place = rejoining.place(turn)
    if command.status is Status.ABORTED:
        return []  # the container itself cancelled it
    above = container(place.scope, place.activation, place.attempt)
    lost: list[Message] = []
    if command.failure is not None:
        lost = _lost(turn, origin, place, command.failure)
        if origin.aborts:
            return lost
    if origin.limit:
        return [*lost, *_next_in_slot(turn, place, above)]
    if _is_last(turn.world, turn.execution, above, place.number, place.among):
        return [*lost, _joined(turn, place)]
    return lost


def _lost(turn: Turn, origin: Origin, place: Place, failure: Failure) -> list[Message]:
    """Return what a container hears of a failed child that may be one too many."""
    index = keys.parent(turn.scope)[3]
    facts: dict[str, Json] = {"a": place.activation, "n": place.attempt, "i": index}
    if not origin.aborts:
        failed = _failed_so_far(turn, origin, place)
        if failed <= origin.tolerated:
            return []
        facts["f"] = failed
    facts |= {"e": failure.error, "c": failure.cause}
    return [steps.step("lost", turn.execution, place.scope, **facts)]


def _failed_so_far(turn: Turn, origin: Origin, place: Place) -> int:
    """Count a child as failed, where a container counts them before the join."""
    if not 0 < origin.tolerated <= EARLY:
        return 0
    above = container(place.scope, place.activation, place.attempt)
    key = keys.failed(turn.execution, above)
    return len(turn.world.table.add(key, frozenset({place.number}))["done"])


def _joined(turn: Turn, place: Place) -> Message:
    """Return the message that the child's container is done."""
    assert turn.state is not None  # noqa: S101 - the child has just ended
    return steps.step(
        "joined",
        turn.execution,
        place.scope,
        a=place.activation,
        n=place.attempt,
        of=turn.state.origin.siblings,
        **steps.at_home(place.home),
    )


def _is_last(
    world: World, execution: str, above: str, index: int, siblings: int
) -> bool:
    """Count a child as done; whether it was the last one."""
    item = world.table.add(keys.leaf(execution, above, index), frozenset({index}))
    number = index // keys.LEAF
    full = min(keys.LEAF, siblings - number * keys.LEAF)
    if len(item["done"]) < full:
        return False
    leaves = -(-siblings // keys.LEAF)
    if leaves == 1:
        return True
    item = world.table.add(keys.root(execution, above), frozenset({number}))
    return len(item["done"]) == leaves


def _next_in_slot(turn: Turn, place: Place, above: str) -> list[Message]:
    """Give the child's slot to the next one; the last slot to run dry tells."""
    assert turn.state is not None  # noqa: S101 - the child has just ended
    slot = turn.state.origin.slot
    key = keys.pool(turn.execution, above)
    item = slots.give(turn.world, key, str(slot), place.number)
    if item is None:
        return []
    held = item.get("slots", {}).get(str(slot))
    if held is not None and held < place.among:
        return _fill(turn, place, held, slot, item.get("aborts"))
    return [_joined(turn, place)] if slots.is_dry(item, place.among) else []


def _fill(
    turn: Turn, place: Place, number: int, slot: int, aborts: bool | None
) -> list[Message]:
    """Begin the next child in a slot, from the container's own state.

    ``aborts``: what a change of the run says of failures; None: nothing.
    """
    above = Turn(turn.world, turn.execution, place.scope, turn.ends_at)
    command = _crowd(above, place.activation, place.attempt)
    if command is None:
        return []
    if aborts is not None:  # what is remembered of the command may be older
        command = replace(command, aborts=aborts)
    return list(begin(above, command, [number], slot))


def _crowd(turn: Turn, activation: int, attempt: int) -> StartChildren | None:
    """Return the children of a container; remembered, for there may be many."""
    key = (turn.execution, container(turn.scope, activation, attempt))
    if turn.state is None:
        turn.load()
    found = turn.world.crowds.get(key)
    if found is None:
        tag = ["children", activation, attempt]
        command = turn.restored(tag)
        if command is None and not turn.is_fresh:
            turn.load()
            command = turn.restored(tag)
        if isinstance(command, StartChildren):
            found = turn.world.crowds[key] = rejoining.chosen(turn, command)
            while len(turn.world.crowds) > CROWDS:
                turn.world.crowds.pop(next(iter(turn.world.crowds)))
    return found


# -- cancelling ------------------------------------------------------------------


def cancel(turn: Turn, command: CancelChildren) -> list[Message]:
    """Stop the children that still run, and keep the others from beginning."""
    above = container(turn.scope, command.activation, command.attempt)
    running = slots.take(turn.world, keys.pool(turn.execution, above))
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
