"""Which execution, and which version of a flow, does a request mean?

What an earlier flow of the same name did cannot be seen: an execution that is older
than its flow does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.api.cloudflow.aliases import alias_of
from chalicelib.api.cloudflow.definitions import NO_VARIABLES
from chalicelib.api.cloudflow.errors import Refused
from chalicelib.api.cloudflow.face import NAME, Ask
from chalicelib.api.cloudflow.flows import release_of
from chalicelib.errors import ExecutionNotFound
from chalicelib.journal.heads import Head
from chalicelib.journal.releases import Facts
from chalicelib.values import Json

#: Seconds by which the clocks of two processes may differ.
HAIR = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The version of a flow that a qualifier leads to."""

    #: Empty: the current one.
    version: str = ""
    #: Number and alias that led there; 0 and empty for none.
    number: int = 0
    alias: str = ""


def choose(ask: Ask, flow: str, key: str) -> Chosen:
    """Return what ``Qualifier`` means; ``key`` decides between an alias's versions.

    Raises:
        Refused: there is no such version, or alias.
    """
    qualifier = ask.text("Qualifier")
    if not qualifier:
        return Chosen()
    if not NAME.fullmatch(qualifier):
        release = release_of(ask, flow, qualifier)
        return Chosen(version=release.version, number=release.number)
    number = alias_of(ask, flow, qualifier).route(key)
    release = release_of(ask, flow, str(number))
    return Chosen(version=release.version, number=number, alias=qualifier)


def environment_of(ask: Ask, flow: str, number: int) -> Json:
    """Return the variables of a version; 0: of the flow as it is now."""
    release = ask.releases.numbered(flow, number) if number else None
    about = release.facts if release else (ask.releases.facts(flow) or Facts()).about
    return about.get("Environment", NO_VARIABLES)


def find(ask: Ask) -> Head:
    """Return the execution that the request names.

    Raises:
        Refused: FlowNotExists, or ExecutionNotExists.
        NotAuthorized: the key does not see the flow.
    """
    flow, name = ask.flow(), ask.needed("ExecutionName")
    head = head_of(ask, flow, name)
    if head is None:
        message = f"flow {flow} has no execution {name[:140]!r}"
        raise Refused("ExecutionNotExists", message)
    return head


def head_of(ask: Ask, flow: str, name: str) -> Head | None:
    """Return an execution of a flow, or None."""
    if ":" in name:  # It would lead to the execution of another workflow.
        return None
    try:
        head = ask.face.archive.head(f"{flow}:{name}")
    except ExecutionNotFound:
        return None
    return head if head.started_at >= born(ask, flow) else None


def born(ask: Ask, flow: str) -> float:
    """Return the time from which a flow's executions are its own."""
    facts = ask.releases.facts(flow)
    made_at = facts.about.get("MadeAt", 0.0) if facts else 0.0
    return float(made_at) - HAIR
