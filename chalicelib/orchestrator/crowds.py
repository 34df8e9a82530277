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
from chalicelib.engine.state import Failure, Origin, Status
from chalicelib.journal import keys
from chalicelib.orchestrator import slots, steps
from chalicelib.orchestrator.turn import Turn
from chalicelib.orchestrator.world import World
from chalicelib.ports import Message
from chalicelib.values import Json

#: Containers whose children a process remembers.
CROWDS = 50
#: Tolerated failures, at most, that are counted one by one, so that the next one ends
#: the container at once. Each such write grows by a few bytes; where more may fail, too
#: many are noticed at the join.
EARLY = 1000


def container(scope: str, activation: int, attempt: int) -> str:
    """Return the runtime id that the children of a container share."""
    return f"{scope}.{activation}.{attempt}"


# -- the beginning ---------------------------------------------------------------


def start(turn: Turn, command: StartChildren) -> list[Message]:
    """Begin the children: some, or the messages that begin them by hundreds."""
    count = len(command.inputs)
    if command.limit:
        return _start_slots(turn, command)
    size = turn.world.limits.spawn_batch
    if count <= size:
        return list(begin(turn, command, range(count)))
    return _ranges(turn, "spawn", command, count)


def _ranges(
    turn: Turn, do: str, command: StartChildren | CancelChildren, count: int
) -> list[Message]:
    size = turn.world.limits.spawn_batch
    return [
        steps.step(
            do,
            turn.execution,
            turn.scope,
            a=command.activation,
            n=command.attempt,
            i=first,
            to=min(first + size, count),
        )
        for first in range(0, count, size)
    ]


def begin(
    turn: Turn, command: StartChildren, indexes: Iterable[int], slot: int | None = None
) -> Iterator[Message]:
    """Yield the messages that begin the children at ``indexes``."""
    assert turn.state is not None  # noqa: S101 - a container is running
    parent = turn.state.origin
    above = container(turn.scope, command.activation, command.attempt)
    for index in indexes:
        origin = _origin(parent, command, index, index if slot is None else slot)
        yield steps.start(
            turn.world.journal.values,
            f"{above}-{index}",
            origin,
            command.inputs[index],
            command.variables,
        )


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
    )


def _start_slots(turn: Turn, command: StartChildren) -> list[Message]:
    above = container(turn.scope, command.activation, command.attempt)
    key = keys.pool(turn.execution, above)
    return _begin_held(turn, command, slots.start(turn.world, key, command.limit))


def resize(
    turn: Turn, command: StartChildren, limit: int | None, seq: int
) -> list[Message]:
    """Have so many children run at once from now on; begin those that may."""
    above = container(turn.scope, command.activation, command.attempt)
    key = keys.pool(turn.execution, above)
    change = slots.Change(
        seq=seq, limit=limit, aborts=command.aborts, siblings=len(command.inputs)
    )
    return _begin_held(turn, command, slots.resize(turn.world, key, change))


def _begin_held(
    turn: Turn, command: StartChildren, held: Mapping[str, int]
) -> list[Message]:
    count = len(command.inputs)
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
    scope, activation, attempt, index = keys.parent(turn.scope)
    if command.status is Status.ABORTED:
        return []  # the container itself cancelled it
    above = container(scope, activation, attempt)
    lost: list[Message] = []
    if command.failure is not None:
        lost = _lost(turn, origin, command.failure)
        if origin.aborts:
            return lost
    if origin.limit:
        return [*lost, *_next_in_slot(turn, origin, above)]
    if _is_last(turn.world, turn.execution, above, index, origin.siblings):
        return [*lost, _joined(turn)]
    return lost


def _lost(turn: Turn, origin: Origin, failure: Failure) -> list[Message]:
    """Return what a container hears of a failed child that may be one too many."""
    scope, activation, attempt, index = keys.parent(turn.scope)
    facts: dict[str, Json] = {"a": activation, "n": attempt, "i": index}
    if not origin.aborts:
        failed = _failed_so_far(turn, origin, container(scope, activation, attempt))
        if failed <= origin.tolerated:
            return []
        facts["f"] = failed
    facts |= {"e": failure.error, "c": failure.cause}
    return [steps.step("lost", turn.execution, scope, **facts)]


def _failed_so_far(turn: Turn, origin: Origin, above: str) -> int:
    """Count a child as failed, where a container counts them before the join."""
    if not 0 < origin.tolerated <= EARLY:
        return 0
    index = keys.parent(turn.scope)[3]
    key = keys.failed(turn.execution, above)
    return len(turn.world.table.add(key, frozenset({index}))["done"])


def _joined(turn: Turn) -> Message:
    """Return the message that the child's container is done."""
    assert turn.state is not None  # noqa: S101 - the child has just ended
    scope, activation, attempt, _ = keys.parent(turn.scope)
    count = turn.state.origin.siblings
    return steps.step(
        "joined", turn.execution, scope, a=activation, n=attempt, of=count
    )


def _is_last(
    world: World, execution: str, above: str, index: int, siblings: int
) -> bool:
    """Count a child as done; whether it was the last one."""
    item = world.table.add(keys.leaf(execution, above, index), frozenset({index}))
    number = index // keys.LEAF
    size = min(keys.LEAF, siblings - number * keys.LEAF)
    if len(item["done"]) < size:
        return False
    leaves = -(-siblings // keys.LEAF)
    if leaves == 1:
        return True
    item = world.table.add(keys.root(execution, above), frozenset({number}))
    return len(item["done"]) == leaves


def _next_in_slot(turn: Turn, origin: Origin, above: str) -> list[Message]:
    """Give the child's slot to the next one; the last slot to run dry tells."""
    index = keys.parent(turn.scope)[3]
    key = keys.pool(turn.execution, above)
    item = slots.give(turn.world, key, str(origin.slot), index)
    if item is None:
        return []
    held = item.get("slots", {}).get(str(origin.slot))
    if held is not None and held < origin.siblings:
        return _fill(turn, held, origin.slot, item.get("aborts"))
    return [_joined(turn)] if slots.is_dry(item, origin.siblings) else []


def _fill(turn: Turn, index: int, slot: int, aborts: bool | None) -> list[Message]:
    """Begin the next child in a slot, from the container's own state.

    ``aborts``: what a change of the run says of failures; None: nothing.
    """
    scope, activation, attempt, _ = keys.parent(turn.scope)
    above = Turn(turn.world, turn.execution, scope, turn.ends_at)
    command = _crowd(above, activation, attempt)
    if command is None:
        return []
    if aborts is not None:  # what is remembered of the command may be older
        command = replace(command, aborts=aborts)
    return list(begin(above, command, [index], slot))


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
            found = turn.world.crowds[key] = command
            while len(turn.world.crowds) > CROWDS:
                turn.world.crowds.pop(next(iter(turn.world.crowds)))
    return found


# -- cancelling ------------------------------------------------------------------


def cancel(turn: Turn, command: CancelChildren) -> list[Message]:
    """Stop the children that still run, and keep the others from beginning."""
    above = container(turn.scope, command.activation, command.attempt)
    running = slots.take(turn.world, keys.pool(turn.execution, above))
    if running is not None:
        held = [index for index in running if index < command.children]
        return list(stops(turn.execution, above, held))
    if command.children <= turn.world.limits.spawn_batch:
        return list(stops(turn.execution, above, range(command.children)))
    return _ranges(turn, "cancel", command, command.children)


def stops(execution: str, above: str, indexes: Iterable[int]) -> Iterator[Message]:
    """Yield the messages that stop the children at ``indexes``."""
    for index in indexes:
        yield steps.step("stop", execution, f"{above}-{index}")
