"""Whom does the orchestrator work with? Everything it may touch, in one place."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import field

from chalicelib.engine.commands import StartChildren
from chalicelib.frozen import dataclass
from chalicelib.journal.archive import Archive
from chalicelib.journal.lending import Lender
from chalicelib.journal.scopes import Journal
from chalicelib.metrics import Metrics
from chalicelib.model.arns import Naming
from chalicelib.ports import Clock, Dispatcher, Limits, Queue, Table
from chalicelib.tokens import Tokens

log = logging.getLogger("millrace")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The collaborators of the orchestrator."""

    journal: Journal
    archive: Archive
    #: Says what aliases, gray rules and resources mean that others keep.
    lender: Lender
    table: Table
    queue: Queue
    dispatcher: Dispatcher
    clock: Clock
    tokens: Tokens
    #: A name nobody used before, for an execution that was given none.
    new_name: Callable[[], str]
    #: A number in [0, 1), for the jitter of those who lost a race.
    chance: Callable[[], float]
    #: What the URLs of callbacks begin with; empty where the stage has no address.
    callback_base: str = ""
    #: What notices are signed with; the first is the current one, none: not at all.
    webhook_secrets: tuple[bytes, ...] = ()
    #: Event buses and URLs that are told of every execution: see ``announcements``.
    announced: tuple[str, ...] = ()
    #: What executions and workflows are called where authors see ARNs.
    naming: Naming = field(default_factory=Naming)
    limits: Limits = field(default_factory=Limits)
    #: What is counted on the way, for whoever wants to write it down.
    metrics: Metrics = field(default_factory=Metrics)
    #: Children of containers, so that they are not worked out for each of them.
    crowds: dict[tuple[str, str], StartChildren] = field(default_factory=dict)
