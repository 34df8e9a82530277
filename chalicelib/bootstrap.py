"""Which implementations does this process use? Decided here, once, and nowhere else.

Everything is made on first use and kept for the life of the process; ``use`` takes all
of it back, for the local stage and for tests.
"""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import cache, wraps
from typing import Any, Protocol, TypeVar

from chalicelib.clock import SystemClock
from chalicelib.dispatchers import Dispatchers, Outside
from chalicelib.dispatchers.aws_lambda import CLIENT_CONFIG
from chalicelib.dispatchers.policy import Policy
from chalicelib.journal.activities import Activities
from chalicelib.journal.archive import Archive
from chalicelib.journal.descriptors import Descriptors
from chalicelib.journal.releases import Releases
from chalicelib.journal.scopes import Journal
from chalicelib.journal.templates import Templates
from chalicelib.journal.values import Values
from chalicelib.meter import (
    Meter,
    MeteredBlobs,
    MeteredDispatcher,
    MeteredQueue,
    MeteredTable,
)
from chalicelib.metrics import Metrics
from chalicelib.model.workflow import Workflow
from chalicelib.orchestrator import Orchestrator, World
from chalicelib.orchestrator.planning import Planning
from chalicelib.ports import Blobs, Queue, Table
from chalicelib.pulse import Pulse
from chalicelib.queues.sqs import DeadLetters, SqsQueue
from chalicelib.scheduler import Scheduler
from chalicelib.settings import Settings
from chalicelib.stores.dynamodb import DynamoTable
from chalicelib.stores.s3 import S3Blobs
from chalicelib.tokens import Tokens
from chalicelib.values import Json

#: Seconds; longer than any answer a table or a queue gives.
READ_TIMEOUT = 10.0


class Clients(Protocol):
    """See ``dispatchers.seams.Clients``."""

    def __call__(self, service: str) -> Any:
        """Return the client of a service."""
        ...


_Part = TypeVar("_Part")

#: What ``use`` brought: a client factory, and parts by the name of their function.
_given: Clients | None = None
_brought: object = None
_made: list[Any] = []


def use(parts: object = None, *, clients: Clients | None = None) -> None:
    """Make everything anew on next use.

    ``parts``: an attribute of it stands in for the function of that name. ``clients``:
    makes the AWS clients. Without either, all is boto3's and the environment's again.
    """
    global _given, _brought
    _given, _brought = clients, parts
    for made in _made:
        made.cache_clear()


def _part(make: Callable[[], _Part]) -> Callable[[], _Part]:
    """Have a part made once, unless ``use`` brought it."""
    made = cache(make)
    _made.append(made)

    @wraps(make)
    def part() -> _Part:
        brought: _Part | None = getattr(_brought, make.__name__, None)
        return made() if brought is None else brought

    return part


@cache
def _session() -> Any:
    import boto3

    return boto3.session.Session()


@cache
def _made_client(service: str) -> Any:
    from botocore.config import Config

    wanted: dict[str, Any] = {
        "connect_timeout": 5,
        "read_timeout": READ_TIMEOUT,
        "retries": {"total_max_attempts": 3, "mode": "standard"},
        "max_pool_connections": 50,
    }
    if service == "lambda":
        wanted |= CLIENT_CONFIG
    return _session().client(service, config=Config(**wanted))


def client(service: str) -> Any:
    """Return a boto3 client, or what stands in for one."""
    return _made_client(service) if _given is None else _given(service)


@_part
def settings() -> Settings:
    """Return how this stage is set up."""
    return Settings.of(os.environ)


@_part
def clock() -> SystemClock:
    """Return the clock."""
    return SystemClock()


@_part
def meter() -> Meter:
    """Return what counts the costs in this process."""
    return Meter()


@_part
def metrics() -> Metrics:
    """Return what is counted in this process, until it is written out."""
    return Metrics(settings().stage)


@_part
def _plain_table() -> Table:
    return DynamoTable(client("dynamodb"), settings().table)


@_part
def table() -> Table:
    """Return the table."""
    return MeteredTable(_plain_table(), meter())


@_part
def _blobs() -> Blobs:
    return MeteredBlobs(S3Blobs(lambda: client("s3"), settings().bucket), meter())


@_part
def _values() -> Values:
    return Values(table(), _blobs())


class _StepQueue:
    """The step queue, and what a handler needs to settle its messages itself."""

    def __init__(self, made: SqsQueue) -> None:
        self.send = MeteredQueue(made, meter(), _execution_of).send
        self.length = made.length
        self.delete = made.delete


def _execution_of(body: Json) -> str:
    return str(body["x"])


@_part
def queue() -> _StepQueue:
    """Return the step queue."""
    url = settings().step_queue_url
    return _StepQueue(SqsQueue(client("sqs"), url))


@_part
def tokens() -> Tokens:
    """Return what makes and verifies task tokens."""
    found = settings()
    return Tokens(found.stack, found.token_keys, found.token_key)


@_part
def journal() -> Archive:
    """Return executions and definitions, as people ask for them.

    What they read is counted, but not as a cost of the execution they look at.
    """
    made = MeteredTable(_plain_table(), meter(), payer="")
    return Archive(
        made,
        Values(made, _blobs()),
        clock(),
        retention=settings().limits.retention,
        hides=True,
    )


@_part
def _archive() -> Archive:
    """Return executions and definitions, as the orchestrator asks for them."""
    return Archive(table(), _values(), clock(), retention=settings().limits.retention)


@_part
def activities() -> Activities:
    """Return the tasks that wait for workers to ask for them."""
    return Activities(table(), clock())


@_part
def _dispatcher() -> MeteredDispatcher:
    found = settings()
    outside = Outside(
        clients=client,
        policy=Policy(allowed=found.http_allow, hosts=found.http_hosts),
        clock=clock(),
        start=_start,
        stop=_stop,
        wait_for_worker=activities().add,
        limits=found.limits,
        region=found.region,
        account=found.account,
        added=found.dispatchers,
    )
    return MeteredDispatcher(Dispatchers(outside), meter())


def _start(
    workflow: str,
    input: Json,
    *,
    name: str,
    parent_token: str,
    depth: int,
    trace: str,
) -> str:
    workflow, _, named = workflow.partition(":")
    route = releases().route(workflow, named, key=name)
    version = route.version if route else descriptors().version(workflow, named)
    head = orchestrator().start(
        workflow,
        input,
        name=name,
        version=version,
        trace=trace,
        parent=parent_token,
        depth=depth,
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
        journal=Journal(table(), _values()),
        archive=_archive(),
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
    return Releases(MeteredTable(_plain_table(), meter(), payer=""), clock())


@_part
def descriptors() -> Descriptors:
    """Return which version a descriptor id means."""
    made = MeteredTable(_plain_table(), meter(), payer="")
    return Descriptors(made, releases(), clock())


@_part
def templates() -> Templates:
    """Return the tasks that people have prepared."""
    return Templates(MeteredTable(_plain_table(), meter(), payer=""), clock())


@_part
def scopes() -> Journal:
    """Return the scopes of executions, to be looked at; nobody pays for the look."""
    made = MeteredTable(_plain_table(), meter(), payer="")
    return Journal(made, Values(made, _blobs()))


@_part
def express() -> Any:
    """Return what runs executions within a request, an ``express.Express``."""
    # Here: few requests need its threads, and all would pay for them at the start.
    from chalicelib.express import Express

    return Express(
        dispatcher=_dispatcher(),
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
        table=_plain_table(),
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


def compile_definition(text: str, *, format: str | None, name: str) -> Workflow:
    """Return the workflow that a text defines, its calls of AWS checked as well.

    See ``formats.compile_definition``.
    """
    # Here: the compilers are for those who publish, and most requests do not.
    from chalicelib.dispatchers import aws_check

    return aws_check.compile_definition(text, format=format or None, name=name)
