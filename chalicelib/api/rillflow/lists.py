"""Which executions has a flow, and how many of each kind? Rill Flow's lists.

An index answers, newest first; it knows no error codes, so a ``code`` is looked up in
the executions themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from chalicelib.api.rillflow.errors import DATA_FORMAT, Refused
from chalicelib.api.rillflow.face import Descriptor, descriptor_in, face, service_in
from chalicelib.api.rillflow.view import millis
from chalicelib.api.routes import Call, Reply
from chalicelib.engine.state import Status
from chalicelib.journal.heads import Head
from chalicelib.model import descriptors
from chalicelib.values import Json

PAGE, LARGEST_PAGE, LAST_PAGE = 20, 100, 500
#: Executions that are looked at for one answer; a page of the index; those of them
#: whose code is looked up, each with a read of its own.
MOST, ROWS, LOOKED_UP = 20_000, 500, 500
#: Minutes: what a request may look back, a year.
LONGEST_AGO = 527_040

#: Rill Flow's words for the statuses of ours.
KINDS = {
    "running": (Status.RUNNING,),
    "succeed": (Status.SUCCEEDED,),
    "failed": (Status.FAILED, Status.TIMED_OUT, Status.ABORTED),
}
KIND_OF = {status: kind for kind, found in KINDS.items() for status in found}


def get_execution_ids(call: Call) -> Reply:
    """List executions of a flow, newest first."""
    found = service_in(call)
    kind, code = call.choice("type", KINDS) or "succeed", call.query.get("code", "")
    size = call.number("count", PAGE, least=1, most=LARGEST_PAGE)
    page = call.number("page", 1, least=1, most=LAST_PAGE)
    now = millis(call.service.clock.now())
    until = call.number("time", now, least=0, most=10**15 - 1)
    rows = executions(found, kind, code=code, until=until / 1000)
    begin = (page - 1) * size
    chosen = [row for _, row in zip(range(begin + size + 1), rows, strict=False)]
    return Reply(
        body={
            "execution_ids": [_row(each) for each in chosen[begin : begin + size]],
            "type": kind,
            "cursor_time": until,
            "current_page": page,
            "next_page_available": len(chosen) > begin + size,
        }
    )


def _row(head: Head) -> Json:
    return {
        "execution_id": descriptors.execution_id(head.workflow, head.name),
        "submit_time": millis(head.started_at),
    }


def get_execution_count(call: Call) -> Reply:
    """Count the executions of a flow by how they are, and failures by their code."""
    found = service_in(call)
    kind, code = call.choice("type", KINDS), call.query.get("code", "")
    since, until = window(call)
    dag = Counter(dict.fromkeys(KINDS, 0))
    codes: Counter[str] = Counter()
    for head in executions(found, kind, code=code, since=since, until=until):
        dag[KIND_OF[head.status]] += 1
        if KIND_OF[head.status] == "failed" and codes.total() < LOOKED_UP:
            codes[_code(head)] += 1
    return Reply(
        body={
            "dag": dict(dag),
            "code": dict(codes),
            "collect_time": millis(call.service.clock.now()),
        }
    )


def window(call: Call) -> tuple[float, float]:
    """Return the times between which executions were started: both offsets, or none.

    Raises:
        Refused: there is one of them.
    """
    now = call.service.clock.now()
    given = [name in call.query for name in ("start_time_offset", "end_time_offset")]
    if any(given) and not all(given):
        reason = "give start_time_offset and end_time_offset, or neither"
        raise Refused(422, DATA_FORMAT, reason)
    since, until = (
        now - 60 * call.number(name, default, least=0, most=LONGEST_AGO)
        for name, default in (
            ("start_time_offset", LONGEST_AGO),
            ("end_time_offset", 0),
        )
    )
    return since, until


def executions(
    found: Descriptor,
    kind: str = "",
    *,
    code: str = "",
    since: float = 0.0,
    until: float,
) -> Iterator[Head]:
    """Yield executions of a flow that began in between, newest first.

    ``kind``: a word of ``KINDS``, or all. At most ``MOST`` are looked at, and at most
    ``LOOKED_UP`` where a code is asked for.
    """
    archive, after = face().archive, f"{until + 0.000001:017.6f}"
    wanted = KINDS.get(kind, tuple(Status))
    place: str | None = after
    looked_up = 0
    for _ in range(MOST // ROWS):
        heads, place = archive.heads(found.workflow, limit=ROWS, after=place)
        for head in heads:
            if head.started_at < since or looked_up > LOOKED_UP:
                return
            if head.status not in wanted:
                continue
            looked_up += bool(code)
            if not code or _code(head) == code:
                yield head
        if place is None:
            return


def _code(head: Head) -> str:
    return face().archive.head(head.execution).error


def check_status(call: Call) -> Reply:
    """Say that a flow can be started: nothing is held back here."""
    found = descriptor_in(call)
    version = face().descriptors.version(found.workflow, found.version)
    known = face().archive.definition(found.workflow, version)
    workflow = face().archive.workflow(found.workflow, known.version)
    return Reply(
        body={
            "descriptor_id": found.text(),
            "submit_status": workflow.is_startable,
            "related_resources": [],
        }
    )


def check_service(call: Call) -> Reply:
    """Say that requests arrive; asks nobody else."""
    del call
    return Reply(body={"ret": "ok"})
