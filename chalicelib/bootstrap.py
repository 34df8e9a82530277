"""Which implementations does this process use? Decided here, once, and nowhere else.

Everything is made on first use and kept for the life of the process; ``use`` takes all
of it back, for the local stage and for tests.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from chalicelib.bell import Bell, RingingArchive
from chalicelib.dispatchers import Dispatchers, Outside
from chalicelib.dispatchers.policy import Policy
from chalicelib.journal.activities import Activities
from chalicelib.journal.archive import Archive
from chalicelib.journal.descriptors import Descriptors
from chalicelib.journal.lending import Lender
from chalicelib.journal.releases import Releases
from chalicelib.journal.scopes import Journal
from chalicelib.journal.templates import Templates
from chalicelib.journal.values import Values
from chalicelib.means import blobs as blobs
from chalicelib.means import clock as clock
from chalicelib.means import meter as meter
from chalicelib.means import metrics as metrics
from chalicelib.means import plain_table as plain_table
from chalicelib.means import queue as queue
from chalicelib.means import rates as rates
from chalicelib.means import settings as settings
from chalicelib.means import table as table
from chalicelib.means import tokens as tokens
from chalicelib.means import values as values
from chalicelib.meter import MeteredDispatcher, MeteredTable
from chalicelib.model.workflow import Workflow
from chalicelib.orchestrator import Orchestrator, World
from chalicelib.orchestrator.planning import Planning
from chalicelib.parts import client as client
from chalicelib.parts import client_as
from chalicelib.parts import part as _part
from chalicelib.parts import use as use
from chalicelib.ports import Queue
from chalicelib.pulse import Pulse
from chalicelib.queues.sqs import DeadLetters
from chalicelib.roles import Role
from chalicelib.scheduler import Scheduler
from chalicelib.values import Json


@_part
def journal() -> Archive:
    """Return executions and definitions, as people ask for them.

    What they read is counted, but not as a cost of the execution they look at.
    """
    made = MeteredTable(plain_table(), meter(), payer="")
    return Archive(
        made,
        Values(made, blobs()),
        clock(),
        retention=settings().limits.retention,
        hides=True,
    )


@_part
def bell() -> Bell:
    """Return what rings when an execution ends in this process."""
    return Bell()


@_part
def _archive() -> Archive:
    """Return executions and definitions, as the orchestrator asks for them."""
    kept = settings().limits.retention
    return RingingArchive(table(), values(), clock(), bell(), retention=kept)


@_part
def activities() -> Activities:
    """Return the tasks that wait for workers to ask for them."""
    return Activities(table(), clock())


@_part
def _dispatcher() -> MeteredDispatcher:
    return MeteredDispatcher(Dispatchers(_outside()), meter())


@_part
def _awaiting_dispatcher() -> MeteredDispatcher:
    """Return the dispatcher of what lives within one request.

    The step queue knows nothing of it, so functions cannot tell of their ends there.
    """
    outside = replace(_outside(), step_queue_url="")
    return MeteredDispatcher(Dispatchers(outside), meter())


@_part
def _outside() -> Outside:
    found = settings()
    return Outside(
        clients=client,
        policy=Policy(allowed=found.http_allow, hosts=found.http_hosts),
        clock=clock(),
        start=_start,
        stop=_stop,
        wait_for_worker=activities().add,
        limits=found.limits,
        assume=_assume,
        step_queue_url=found.step_queue_url,
        region=found.region,
        account=found.account,
        function_rule=found.function_rule,
        queue_rule=found.queue_rule,
        alibaba=found.alibaba,
        added=found.dispatchers,
    )


def _assume(role: str, session: str) -> Role:
    sts = partial(client, "sts")
    return Role(role, session, sts=sts, make=client_as, now=clock().now)


def _start(
    workflow: str,
    input: Json,
    *,
    name: str,
    parent_token: str,
    depth: int,
    trace: str,
    caller: Json,
) -> str:
    workflow, _, named = workflow.partition(":")
    made = orchestrator()
    route = releases().route(workflow, named, key=name)
    version = route.version if route else ""
    head = made.start(
        workflow,
        input,
        name=name,
        version=version or made.world.lender.version(workflow, named, input),
        trace=trace,
        parent=parent_token,
        depth=depth,
        caller=caller,
    )
    if route is not None:
        releases().note_start(head.execution, route.number, route.alias)
    return head.execution


def _stop(workflow: str, name: str, cause: str) -> None:
    orchestrator().stop(f"{workflow.partition(':')[0]}:{name}", cause=cause)


@_part
def orchestrator() -> Orchestrator:
    """Return what moves executions."""
    steps: Queue = queue()
    world = World(
        journal=Journal(table(), values()),
        archive=_archive(),
        lender=Lender(descriptors(), _archive()),
        table=table(),
        queue=steps,
        dispatcher=_dispatcher(),
        clock=clock(),
        tokens=tokens(),
        new_name=lambda: secrets.token_hex(16),
        chance=random.random,
        callback_base=settings().callback_url,
        webhook_secrets=settings().webhook_secrets,
        announced=settings().announced,
        naming=settings().naming,
        limits=settings().limits,
        metrics=metrics(),
    )
    return Orchestrator(world)


@_part
def releases() -> Releases:
    """Return what people say about workflows."""
    return Releases(MeteredTable(plain_table(), meter(), payer=""), clock())


@_part
def descriptors() -> Descriptors:
    """Return which version a descriptor id means."""
    made = MeteredTable(plain_table(), meter(), payer="")
    return Descriptors(made, releases(), clock())


@_part
def templates() -> Templates:
    """Return the tasks that people have prepared."""
    return Templates(MeteredTable(plain_table(), meter(), payer=""), clock())


@_part
def scopes() -> Journal:
    """Return the scopes of executions, to be looked at; nobody pays for the look."""
    made = MeteredTable(plain_table(), meter(), payer="")
    return Journal(made, Values(made, blobs()))


@_part
def express() -> Any:
    """Return what runs executions within a request, an ``express.Express``."""
    # Here: few requests need its threads, and all would pay for them at the start.
    from chalicelib.express import Express

    return Express(
        dispatcher=_awaiting_dispatcher(),
        clock=clock(),
        tokens=tokens(),
        new_name=lambda: secrets.token_hex(16),
        chance=random.random,
        naming=replace(settings().naming, is_express=True),
        limits=settings().limits,
    )


@_part
def pulse() -> Pulse:
    """Return what looks whether the stage is alive."""
    from botocore.exceptions import BotoCoreError, ClientError

    return Pulse(
        table=plain_table(),
        clock=clock(),
        queue_length=lambda: queue().length(),
        faults=(BotoCoreError, ClientError),
    )


@_part
def checkup() -> Any:
    """Return what looks for what is wrong, a ``checkup.Checkup``."""
    # Here: people ask for it, now and then.
    from chalicelib.dispatchers.presence import Presence
    from chalicelib.orchestrator.checkup import Checkup

    letters, url = settings().dead_letter_queue_url, settings().step_queue_url
    presence = Presence(client, _archive().current, activities().find)
    return Checkup(
        world=orchestrator().world,
        wake=scheduler().wake,
        has=presence.has,
        dead_letters=DeadLetters(client("sqs"), letters, url) if letters else None,
    )


@_part
def scheduler() -> Scheduler:
    """Return what wakes timers that are due."""
    return Scheduler(
        table(),
        queue(),
        clock(),
        planning().wake_forgotten,
        orchestrator().begin_sweep,
    )


@_part
def planning() -> Planning:
    """Return what is asked about schedules."""
    return Planning(orchestrator().world)


def compile_definition(
    text: str,
    *,
    format: str | None,
    name: str,
    environment: Mapping[str, str] | None = None,
) -> Workflow:
    """Return the workflow that a text defines, its calls of AWS checked as well.

    See ``formats.compile_definition``.
    """
    # Here: the compilers are for those who publish, and most requests do not.
    from chalicelib.dispatchers import aws_check

    return aws_check.compile_definition(
        text, format=format or None, name=name, environment=environment
    )
