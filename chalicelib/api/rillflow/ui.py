"""What does Rill Flow's user interface ask for? Definitions and executions, by page."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from itertools import islice

from chalicelib.api.rillflow.face import (
    Descriptor,
    descriptor_in,
    execution_in,
    face,
    name_in,
)
from chalicelib.api.rillflow.lists import KIND_OF, KINDS, executions
from chalicelib.api.rillflow.runs import dag_of, view_of
from chalicelib.api.rillflow.story import TOP
from chalicelib.api.rillflow.view import millis
from chalicelib.api.routes import Call, Reply
from chalicelib.formats.rillflow.graph import following
from chalicelib.journal.heads import Head
from chalicelib.model import descriptors
from chalicelib.values import Json

PAGE, LARGEST_PAGE, LAST_PAGE = 10, 500, 1000
#: Executions that are counted; a page says that there are more by this total.
MOST = 1000
LATEST = 10**15 - 1


def get_descriptor(call: Call) -> Reply:
    """Show a DAG as an object, its tasks by their names."""
    found = descriptor_in(call, "id")
    version = face().descriptors.version(found.workflow, found.version)
    dag = dag_of(face().archive.definition(found.workflow, version).text)
    return _shown({**dag, "tasks": _graph(dag)})


def _graph(level: Mapping[str, Json]) -> dict[str, Json]:
    return {
        str(task["name"]): {"task": task, "next": list(following(task))}
        for task in level.get("tasks") or ()
    }


def _shown(data: Json) -> Reply:
    return Reply(body={"data": data, "message": "", "success": True})


def get_descriptor_ids(call: Call) -> Reply:
    """List what is published, by business, feature and alias."""
    size, skipped = _page(call, "current")
    rows = [
        {
            "business_id": each.business,
            "feature_id": each.feature,
            "alias": each.alias,
            "descriptor_id": f"{each.business}:{each.feature}:md5_{each.md5}",
            "create_time": millis(each.created_at),
            "update_time": millis(each.at),
        }
        for each in face().descriptors.pointers()
        if call.caller.sees(descriptors.workflow_name(each.business, each.feature))
    ]
    return Reply(body={"items": rows[skipped : skipped + size], "total": len(rows)})


def get_execution_ids(call: Call) -> Reply:
    """List executions, newest first: of one flow, of a business, or of all."""
    size, skipped = _page(call, "page")
    is_one = bool(call.query.get("id"))
    heads = [face().archive.head(execution_in(call, "id"))] if is_one else None
    found = list(islice(_executions(call), MOST)) if heads is None else heads
    rows = [_row(each) for each in found[skipped : skipped + size]]
    return Reply(body={"items": rows, "total": len(found)})


def _executions(call: Call) -> Iterator[Head]:
    kind = call.query.get("status", "").lower()
    if kind and kind not in KINDS:
        kind = call.choice("status", KINDS)
    since = call.number("startTime", 0, least=0, most=LATEST) / 1000
    until = call.number("endTime", LATEST, least=0, most=LATEST) / 1000
    code = call.query.get("code", "")
    lists = (
        executions(flow, kind, code=code, since=since, until=until)
        for flow in _flows(call)
    )
    return heapq.merge(*lists, key=lambda head: -head.started_at)


def _flows(call: Call) -> Iterator[Descriptor]:
    """Yield the flows that a request is about, as far as the key sees them."""
    is_all = not call.query.get("business")
    kept = face().descriptors
    for business in kept.businesses() if is_all else [name_in(call, "business")]:
        is_whole = is_all or not call.query.get("feature")
        features = kept.features(business) if is_whole else [name_in(call, "feature")]
        for feature in features:
            found = Descriptor(business=business, feature=feature)
            if call.caller.sees(found.workflow):
                yield found


def _row(head: Head) -> Json:
    business, _, feature = descriptors.service_id(head.workflow).partition(":")
    name = descriptors.execution_id(head.workflow, head.name)
    return {
        "id": name,
        "execution_id": name,
        "submit_time": millis(head.started_at),
        "business_id": business,
        "feature_id": feature,
        "status": KIND_OF[head.status],
    }


def get_execution(call: Call) -> Reply:
    """Show an execution."""
    return _shown(view_of(execution_in(call, "id"), shown=TOP).whole())


def get_businesses(call: Call) -> Reply:
    """List the businesses, for a menu."""
    del call
    names = face().descriptors.businesses()
    return Reply(body={"business_ids": [{"id": each, "name": each} for each in names]})


def _page(call: Call, name: str) -> tuple[int, int]:
    """Return how many rows a page has, and how many are before it."""
    size = call.number("pageSize", PAGE, least=1, most=LARGEST_PAGE)
    return size, size * (call.number(name, 1, least=1, most=LAST_PAGE) - 1)
