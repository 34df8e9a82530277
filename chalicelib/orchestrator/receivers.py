"""Who is told of an execution? First its own notices, then whom every one is told to.

    notices    of the start, else of the workflow: of the end
    targets    of the stage, then of the workflow: of the beginning and of the end

A receiver is known by its position: that is what a message of the ``outbox`` names.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from chalicelib.frozen import dataclass
from chalicelib.journal.archive import Head
from chalicelib.model import codec
from chalicelib.model.expressions import Literal
from chalicelib.model.workflow import Notice
from chalicelib.orchestrator.world import World


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody who is told of every execution: a URL, or an event bus."""

    where: str

    @property
    def is_url(self) -> bool:
        """Whether it is a URL."""
        return self.where.startswith(("https://", "http://"))


def of(world: World, head: Head) -> tuple[Notice | Target, ...]:
    """Return everybody, by position."""
    return (*notices(world, head), *targets(world, head))


def notices(world: World, head: Head) -> tuple[Notice, ...]:
    """Return who is told of the end only."""
    if head.notices is not None:
        own: tuple[Notice, ...] = codec.decode(head.notices)
        return own
    return world.archive.workflow(head.workflow, head.version).notices


def targets(world: World, head: Head) -> tuple[Target, ...]:
    """Return who is told of every execution: by the stage, and by its workflow."""
    own = world.archive.workflow(head.workflow, head.version).webhooks
    return tuple(Target(each) for each in (*world.announced, *own))


def shown(receiver: Notice | Target) -> str:
    """Return whom people read of: of a URL the host, since the rest may be a secret."""
    where = receiver.where if isinstance(receiver, Target) else _resource(receiver)
    url = urlsplit(where)
    host = url.netloc.rpartition("@")[2]
    return f"{url.scheme}://{host}" if host else where


def _resource(notice: Notice) -> str:
    found = notice.resource
    return str(found.value) if isinstance(found, Literal) else ""
