"""What do requests and answers look like? The parts that the OpenAPI text refers to."""

from __future__ import annotations

from typing import Any

from chalicelib.engine.state import Status
from chalicelib.formats import FORMATS
from chalicelib.schedules.schedule import Overlap
from chalicelib.values import Json

TEXT: Json = {"type": "string"}
TIME: Json = {"type": "string", "format": "date-time"}
ANYTHING: Json = {}
_SCOPES = ("read", "start", "operate", "admin")


def _object(**properties: Json) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list_of(name: str) -> Json:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _or_null(schema: dict[str, Json]) -> Json:
    return {**schema, "type": [schema["type"], "null"]}


FORMAT: Json = {"type": "string", "enum": list(FORMATS)}
STATUS: Json = {"type": "string", "enum": list(Status)}
_WORKFLOW = {
    "name": TEXT,
    "version": TEXT,
    "format": FORMAT,
    "publishedAt": TIME,
}
_EXECUTION = {
    "id": TEXT,
    "workflow": TEXT,
    "version": TEXT,
    "name": TEXT,
    "status": STATUS,
    "startedAt": TIME,
    "stoppedAt": _or_null(TIME),
    "redriveCount": {"type": "integer"},
    "redrivenAt": _or_null(TIME),
}
_WANTED_SCHEDULE: dict[str, Json] = {
    "name": TEXT,
    "when": {"type": "string", "description": "cron, rate(…), @every … or at(…)"},
    "timeZone": TEXT,
    "input": ANYTHING,
    "version": {"type": ["string", "null"]},
    "overlap": {"type": "string", "enum": list(Overlap)},
    "catchUp": {"type": ["string", "number"], "description": "10m, or seconds"},
    "jitter": {"type": ["string", "number"], "description": "90s, or seconds"},
    "starts": _or_null(TIME),
    "ends": _or_null(TIME),
    "paused": {"type": "boolean"},
    "description": TEXT,
}
_NUMBER: Json = {"type": ["number", "null"], "minimum": 0}
_WANTED_KEY: dict[str, Json] = {
    "scopes": {"type": "array", "items": {"type": "string", "enum": list(_SCOPES)}},
    "workflows": {"type": "array", "items": TEXT},
    "description": TEXT,
    "rate": _NUMBER,
    "burst": _NUMBER,
}
_KEY: dict[str, Json] = {
    **_WANTED_KEY,
    "id": TEXT,
    "issuedAt": _or_null(TIME),
    "expiresAt": _or_null(TIME),
    "source": {"type": "string", "enum": ["settings", "table"]},
}
_FAILURE: Json = {"type": "object", "properties": {"error": TEXT, "cause": TEXT}}

SCHEMAS: dict[str, Json] = {
    "Definition": {"type": "string", "description": "YAML or JSON."},
    "Problem": {
        "type": "object",
        "description": "RFC 9457.",
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "path": TEXT,
            "problems": _list_of("DefinitionProblem"),
        },
        "required": ["type", "title", "status", "detail"],
    },
    "DefinitionProblem": {
        "type": "object",
        "properties": {
            "message": TEXT,
            "line": {"type": "integer", "minimum": 1},
            "column": {"type": "integer", "minimum": 1},
            "path": {"type": "string", "format": "json-pointer"},
            "file": TEXT,
            "code": {"type": "integer"},
        },
        "required": ["message"],
    },
    "Validation": _object(
        valid={"type": "boolean"}, problems=_list_of("DefinitionProblem")
    ),
    "Workflow": {
        **_object(**_WORKFLOW),
        "properties": {**_WORKFLOW, "text": TEXT},
    },
    "Workflows": _object(workflows=_list_of("Workflow")),
    "Input": ANYTHING,
    "ExecutionSummary": _object(**_EXECUTION),
    "Execution": _object(
        **_EXECUTION,
        input=ANYTHING,
        output=ANYTHING,
        error=_or_null(TEXT),
        cause=_or_null(TEXT),
    ),
    "Executions": _object(executions=_list_of("ExecutionSummary"), next=_or_null(TEXT)),
    "HistoryEvent": {
        **_object(
            id={"type": "integer"},
            previousEventId={"type": "integer"},
            type=TEXT,
            timestamp=TIME,
        ),
        "additionalProperties": True,
    },
    "History": _object(
        events=_list_of("HistoryEvent"), next={"type": ["integer", "null"]}
    ),
    "Stop": _FAILURE,
    "Checkup": _object(
        findings=_list_of("Finding"),
        lookedAt={"type": "integer"},
        isComplete={"type": "boolean"},
        next=_or_null(TEXT),
    ),
    "Finding": _object(
        kind=TEXT,
        subject=TEXT,
        says=TEXT,
        wayOut=TEXT,
        isMended={"type": "boolean"},
    ),
    "Notice": _object(
        notice=TEXT,
        about={"type": "string", "enum": ["start", "end"]},
        receiver=_or_null(TEXT),
        error=TEXT,
        cause=TEXT,
        tries={"type": "integer", "minimum": 1},
        givenUpAt=TIME,
    ),
    "Notices": _object(notices=_list_of("Notice")),
    "Deleted": _object(id=TEXT, deleted={"type": "boolean"}),
    "Cost": {
        **_object(usd={"type": "number"}, lines=_list_of("CostLine")),
        "additionalProperties": {"type": "number"},
    },
    "CostLine": _object(label=TEXT, amount={"type": "number"}, usd={"type": "number"}),
    "WantedSchedule": {
        "type": "object",
        "properties": _WANTED_SCHEDULE,
        "required": ["name", "when"],
    },
    "Schedule": {
        "type": "object",
        "properties": {
            **_WANTED_SCHEDULE,
            "workflow": TEXT,
            "source": {"type": "string", "enum": ["definition", "api"]},
            "revision": {"type": "integer", "minimum": 1},
            "createdAt": TIME,
            "changedAt": TIME,
            "nextDueAt": _or_null(TIME),
            "lastExecution": TEXT,
            "missed": {"type": "integer", "minimum": 0},
            "error": _or_null(TEXT),
        },
    },
    "Schedules": _object(schedules=_list_of("Schedule")),
    "Range": {"type": "object", "properties": {"from": TIME, "to": TIME}},
    "Removed": _object(workflow=TEXT, name=TEXT),
    "WantedKey": {
        "type": "object",
        "properties": {**_WANTED_KEY, "expiresAt": TIME},
        "required": ["scopes"],
    },
    "Key": _object(**_KEY),
    "IssuedKey": _object(**_KEY, secret=TEXT, bearer=TEXT),
    "Keys": _object(keys=_list_of("Key")),
    "Output": ANYTHING,
    "Failure": _FAILURE,
    "Reported": _object(replayed={"type": "boolean"}),
    "Accepted": _object(accepted={"type": "boolean"}),
    "Triggered": _object(result=TEXT, replayed={"type": "boolean"}),
    "RillFlow": {
        "type": "object",
        "description": "As in Rill Flow; docs/rillflow-api.md has the shapes.",
    },
    "Health": _object(
        status=TEXT,
        stage=TEXT,
        parts={"type": "object", "additionalProperties": TEXT},
    ),
    "OpenApi": {"type": "object"},
    "Action": {"type": "object", "description": "The input of the action."},
    "Operation": {
        "type": "object",
        "description": "The parameters of CloudFlow's operation.",
    },
    "Operated": {
        "type": "object",
        "properties": {"RequestId": TEXT},
        "required": ["RequestId"],
        "description": "The answer of CloudFlow's operation.",
    },
    "Acted": {"type": "object", "description": "The output of the action."},
}
