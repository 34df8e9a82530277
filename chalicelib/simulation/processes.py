"""What does one warm process hold, and what does it work with?

Several processes share a table, a queue and the rest of the outside; none shares what
it remembers. A crash takes one away, and the new one in its place knows nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.journal.archive import Archive
from chalicelib.journal.descriptors import Descriptors
from chalicelib.journal.lending import Lender
from chalicelib.journal.releases import Releases
from chalicelib.journal.scopes import Journal
from chalicelib.journal.values import Values
from chalicelib.model.arns import Naming
from chalicelib.orchestrator import Orchestrator, World
from chalicelib.orchestrator.planning import Planning
from chalicelib.ports import Blobs, Dispatcher, Limits, Queue, Table
from chalicelib.scheduler import Scheduler
from chalicelib.simulation import seams
from chalicelib.simulation.faults import Weather
from chalicelib.simulation.loop import Loop
from chalicelib.tokens import Tokens

#: The account of the examples in AWS's own pages.
NAMING = Naming(prefix="arn:aws:states:us-east-1:123456789012")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What all processes share."""

    table: Table
    blobs: Blobs
    queue: Queue
    dispatcher: Dispatcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What one warm process holds; a crash takes it away."""

    orchestrator: Orchestrator
    archive: Archive
    scheduler: Scheduler
    planning: Planning


def in_weather(outside: Outside, weather: Weather, loop: Loop) -> Outside:
    """Return the outside as it is in that weather."""
    if weather.is_calm:
        return outside
    seam = seams.Seam(weather, loop)
    return Outside(
        table=seams.WeatherTable(outside.table, seam),
        blobs=seams.WeatherBlobs(outside.blobs, seam),
        queue=seams.WeatherQueue(outside.queue, seam),
        dispatcher=seams.WeatherDispatcher(outside.dispatcher, seam),
    )


def process(
    outside: Outside,
    loop: Loop,
    tokens: Tokens,
    limits: Limits,
    *,
    new_name: Callable[[], str],
    chance: Callable[[], float],
) -> Process:
    """Return a process that remembers nothing: a cold start."""
    world = _world(outside, loop, tokens, limits, new_name, chance)
    planning, orchestrator = Planning(world), Orchestrator(world)
    scheduler = Scheduler(
        outside.table,
        outside.queue,
        loop.clock,
        planning.wake_forgotten,
        orchestrator.begin_sweep,
    )
    return Process(
        orchestrator=orchestrator,
        archive=world.archive,
        scheduler=scheduler,
        planning=planning,
    )


def _world(
    outside: Outside,
    loop: Loop,
    tokens: Tokens,
    limits: Limits,
    new_name: Callable[[], str],
    chance: Callable[[], float],
) -> World:
    values = Values(outside.table, outside.blobs)
    archive = Archive(outside.table, values, loop.clock, retention=limits.retention)
    releases = Releases(outside.table, loop.clock)
    descriptors = Descriptors(outside.table, releases, loop.clock)
    return World(
        journal=Journal(outside.table, values),
        archive=archive,
        lender=Lender(descriptors, archive),
        table=outside.table,
        queue=outside.queue,
        dispatcher=outside.dispatcher,
        clock=loop.clock,
        tokens=tokens,
        new_name=new_name,
        chance=chance,
        callback_base="https://stage.example",
        webhook_secrets=(b"0" * 32,),
        naming=NAMING,
        limits=limits,
    )
