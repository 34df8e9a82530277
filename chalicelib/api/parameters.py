"""Which parameters of queries and headers do routes take, for machines?"""

from __future__ import annotations

from chalicelib.api.schemas import FORMAT, STATUS, TEXT
from chalicelib.values import Json


def _query(name: str, description: str, schema: Json = TEXT) -> dict[str, Json]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _header(name: str, description: str) -> dict[str, Json]:
    return {"name": name, "in": "header", "description": description, "schema": TEXT}


_ENDED: Json = {"type": "string", "enum": ["success", "failed"]}

#: By the names in ``Route.takes``.
PARAMETERS: dict[str, Json] = {
    "format": _query("format", "The language; recognised if absent.", FORMAT),
    "name": _query("name", "A name; the same name again is the same thing."),
    "version": _query("version", "A version; the newest if absent."),
    "workflow": {**_query("workflow", "The workflow's name."), "required": True},
    "overlap": _query(
        "overlap",
        "Seconds in which both keys open; a day if absent.",
        {"type": "integer", "minimum": 0},
    ),
    "of": _query("workflow", "Those of this workflow only."),
    "revision": _query(
        "revision",
        "The revision to be replaced; another one is left as it is.",
        {"type": "integer", "minimum": 1},
    ),
    "status": _query("status", "Executions in this status only.", STATUS),
    "limit": _query(
        "limit", "Rows of a page.", {"type": "integer", "minimum": 1, "maximum": 1000}
    ),
    "checkup_after": _query("after", "What the page before gave as next."),
    "behind": _query(
        "behind",
        "Minutes behind the tick in which timers are looked for; 60 if absent.",
        {"type": "integer", "minimum": 1, "maximum": 20160},
    ),
    "next": _query("next", "What the page before gave as next."),
    "after": _query(
        "after", "The event to begin behind.", {"type": "integer", "minimum": 0}
    ),
    "ended": _query("status", "How the work ended.", _ENDED),
    "token": _query("token", "The task token."),
    "execution_id": _query("execution_id", "The execution, as Rill Flow names it."),
    "task_name": _query("task_name", "The task, as Rill Flow names it."),
    **{
        name: _query(name, "As in Rill Flow: docs/rillflow-api.md.")
        for name in (
            "descriptor_id",
            "brief",
            "parent",
            "group_index",
            "business_id",
            "feature_name",
            "alias",
            "service_id",
            "type",
            "code",
            "time",
            "page",
            "count",
            "task_names",
            "offset_in_minute",
            "rate_limit",
            "start_time_offset",
            "end_time_offset",
            "mapping_rules",
            "degrade_current_task",
            "degrade_following_tasks",
            "success",
            "uid",
            "add",
            "gray_rule",
            "callback",
            *("config_key", "resource_name", "ab_rule"),
            *("current", "pageSize", "page_size", "business", "feature"),
            *("startTime", "endTime", "node_type", "enable", "task_id", "id"),
            "category",
        )
    },
    "rill_status": _query("status", "running, succeed or failed."),
    "context": _query("context", "JSON laid over the body, key by key."),
    "Idempotency-Key": _header(
        "Idempotency-Key", "The same key and input again start nothing new."
    ),
    "traceparent": _header("traceparent", "W3C Trace Context; tasks receive it."),
    "tracestate": _header("tracestate", "W3C Trace Context; tasks receive it."),
    "X-Amz-Target": _header("X-Amz-Target", "AWSStepFunctions. and the action's name."),
    "X-Function-Status": _header(
        "X-Function-Status", "Sent by OpenFaaS's queue worker: the function's status."
    ),
}
