"""What can be said of any answer: is it JSON, is it a refusal, and of which kind?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType

from chalicelib.engine.events import Answer
from chalicelib.engine.state import Failure
from chalicelib.frozen import dataclass
from chalicelib.model.error_names import Kind
from chalicelib.values import Json, compact

#: Characters of an answer that a cause quotes: enough to recognise it in a log.
EXCERPT = 512

#: The kinds that a status names; every other status is the service's own failure.
STATUS_KINDS: Mapping[int, Kind] = MappingProxyType(
    {
        401: Kind.FORBIDDEN,
        403: Kind.FORBIDDEN,
        404: Kind.NOT_FOUND,
        410: Kind.NOT_FOUND,
        413: Kind.TOO_LARGE,
        429: Kind.THROTTLED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an answer means."""

    #: The result; with a failure, what came instead of one, or null.
    output: Json = None
    failure: Failure | None = None


#: Error names by kind: a table of ``model.error_names``.
Names = Mapping[Kind, str]
Reader = Callable[[Answer, Names], Reading]


def is_refusal(answer: Answer) -> bool:
    """Whether it is nobody's result, as a redirect is: nobody follows it."""
    return answer.status >= 300


def excerpt(answer: Answer) -> str:
    """Return as much of an answer as a cause quotes."""
    payload = answer.payload
    text = payload if isinstance(payload, str) else compact(payload)
    return text if len(text) <= EXCERPT else text[:EXCERPT] + "…"


def refusal(answer: Answer, names: Names) -> Reading:
    """Return what an answer means whose status says no."""
    kind = STATUS_KINDS.get(answer.status, Kind.SERVICE)
    cause = f"the answer has status {answer.status}: {excerpt(answer)}"
    output = answer.payload if answer.is_json else None
    return Reading(output=output, failure=Failure(error=names[kind], cause=cause))


def bad_output(answer: Answer, names: Names, wanted: str) -> Reading:
    """Return what an answer means that is not ``wanted``."""
    cause = f"the answer is not {wanted}: {excerpt(answer)}"
    return Reading(failure=Failure(error=names[Kind.BAD_OUTPUT], cause=cause))


def read_payload(answer: Answer, names: Names) -> Reading:
    """Read an answer that is JSON, or nothing at all."""
    if is_refusal(answer):
        return refusal(answer, names)
    if answer.is_json:
        return Reading(output=answer.payload)
    if answer.status == HTTPStatus.NO_CONTENT:
        return Reading()
    return bad_output(answer, names, "JSON")


def read_accepted(answer: Answer, names: Names) -> Reading:
    """Read an answer that says that the work has been taken on."""
    if is_refusal(answer):
        return refusal(answer, names)
    return Reading(output=answer.payload if isinstance(answer.payload, dict) else {})
