"""What may the holder of a task token say? See ``tokens`` for who that is.

The same report again is answered as the first one was, so a worker may repeat it.
"""

from __future__ import annotations

from chalicelib.api.cloudflow.executions import LONGEST_CAUSE, LONGEST_ERROR
from chalicelib.api.cloudflow.face import Ask
from chalicelib.api.cloudflow.histories import event_of
from chalicelib.errors import PayloadTooLarge
from chalicelib.tokens import Claims, Failed, Report, Succeeded
from chalicelib.values import Json


def succeed(ask: Ask) -> dict[str, Json]:
    """ReportTaskSucceeded."""
    claims = ask.service.claims(ask.needed("TaskToken"))
    text, limit = ask.needed("Output"), ask.service.limits.answer_bytes
    length = len(text.encode("utf-8", "surrogatepass"))
    if length > limit:
        raise PayloadTooLarge("Output", length, limit)
    return _report(ask, claims, Succeeded(output=ask.json("Output")))


def fail(ask: Ask) -> dict[str, Json]:
    """ReportTaskFailed."""
    claims = ask.service.claims(ask.needed("TaskToken"))
    error = ask.needed("Error", most=LONGEST_ERROR)
    cause = ask.text("Cause", most=LONGEST_CAUSE)
    return _report(ask, claims, Failed(error=error, cause=cause))


def _report(ask: Ask, claims: Claims, report: Report) -> dict[str, Json]:
    ask.service.orchestrator.report(claims, report)
    return {"EventId": event_of(ask, claims)}
