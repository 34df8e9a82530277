"""Which implementations does this process use? Decided here, once, and nowhere else.

Everything is made on first use and kept for the life of the process; ``use`` takes all
of it back, for the local stage and for tests.
"""

from __future__ import annotations

import json
import os
import random
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.aws_errors import ask
from chalicelib.bell import Bell, RingingArchive
from chalicelib.clock import SystemClock
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
from chalicelib.parts import client as client
from chalicelib.parts import part as _part
from chalicelib.parts import use as use
from chalicelib.ports import Blobs, Queue, Table
from chalicelib.pulse import Pulse
from chalicelib.queues.sqs import DeadLetters, SqsQueue
from chalicelib.rates import Rate, Rates
from chalicelib.scheduler import Scheduler
from chalicelib.settings import Settings
from chalicelib.stores.dynamodb import DynamoTable
from chalicelib.stores.s3 import S3Blobs
from chalicelib.tokens import Tokens
from chalicelib.values import Json


@_part
def settings() -> Settings:
    """Return how this stage is set up."""
    return Settings.of({**os.environ, **_secrets(os.environ)})


def _secrets(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables that are kept in Parameter Store, if any are."""
    name = environ.get("SECRETS_PARAMETER", "")
    if not name:
        return {}
    request = {"Name": name, "WithDecryption": True}
    answer = ask(client("ssm").get_parameter, request, what="the stage's parameter")
    found: Mapping[str, str] = json.loads(answer["Parameter"]["Value"])
    return found


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
        self.put_off = made.put_off
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
def rates() -> Rates:
    """Return what counts how often each access key asks."""
    limits = settings().limits
    return Rates(Rate.of(limits.key_rate, limits.key_burst), clock().now)


@_part
def tokens() -> Tokens:
    """Return what makes and verifies task tokens."""
    found = settings()
    newer = _token_keys if os.environ.get("SECRETS_PARAMETER") else None
    return Tokens(found.stack, found.token_keys, found.token_key, newer=newer)


def _token_keys() -> Mapping[str, bytes]:
    """Return the token keys as they are now; ``settings`` are as old as the process."""
    return Settings.of({**os.environ, **_secrets(os.environ)}).token_keys


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
def bell() -> Bell:
    """Return what rings when an execution ends in this process."""
    return Bell()


@_part
def _archive() -> Archive:
    """Return executions and definitions, as the orchestrator asks for them."""
    kept = settings().limits.retention
    return RingingArchive(table(), _values(), clock(), bell(), retention=kept)


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
        step_queue_url=found.step_queue_url,
        region=found.region,
        account=found.account,
        function_rule=found.function_rule,
        queue_rule=found.queue_rule,
        alibaba=found.alibaba,
        added=found.dispatchers,
    )


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
        journal=Journal(table(), _values()),
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
