"""What does a Task ask for, and how is a field of its request taken?"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.formats.asl.payloads import Payload
from chalicelib.formats.fields import listed, suggestion
from chalicelib.model.expressions import Call, Expression, Literal
from chalicelib.model.workflow import Job, Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a Task asks for."""

    resource: Expression
    arguments: Expression | None = None
    mode: Mode = Mode.REQUEST
    reading: str = "payload"
    #: Set where the answer only says that work has begun.
    job: Job | None = None
    #: Service, action and the whole text of the resource.
    label: tuple[str, ...] = ()
    #: A worker comes for it.
    fetched: bool = False


def holder(payload: Payload) -> str:
    """Return the name of the field that holds the request."""
    return str(payload.part.path[-1])


def needed(payload: Payload, name: str) -> Expression:
    """Return a field that must be a text; add a problem where it is none."""
    found = payload.field(name)
    if found is None:
        payload.part.wrong(f"{name!r} is missing in {holder(payload)}; add it")
        return Literal(value="")
    is_text = not isinstance(found, Literal) or (
        isinstance(found.value, str) and found.value
    )
    if not is_text:
        payload.part[name].wrong("must be a text that is not empty")
        return Literal(value="")
    return found


def prefixed(prefix: str, value: Expression) -> Expression:
    """Return the text that ``value`` is behind ``prefix``."""
    if isinstance(value, Literal):
        return Literal(value=f"{prefix}{value.value}")
    template = Literal(value=f"{prefix}{{}}")
    text = getattr(value, "text", "")
    return Call(name="States.Format", arguments=(template, value), text=text)


def refuse_unknown(payload: Payload, *known: str) -> None:
    """Add a problem for each field of a request that is not ``known``."""
    for name, _ in payload.part.members():
        if name.removesuffix(".$") in known:
            continue
        hint = suggestion(name, known) or f"remove it; known are {listed(known)}"
        payload.part[name].wrong(
            f"unknown field {name!r} in {holder(payload)}; {hint}", at="key"
        )


def require(payload: Payload, name: str) -> None:
    """Add a problem where a field is not given."""
    if payload.lacks(name):
        payload.part.wrong(f"{name!r} is missing in {holder(payload)}; add it")
