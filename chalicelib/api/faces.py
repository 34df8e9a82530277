"""Which faces has the API? All their tables, mounted on one Blueprint."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import (
    keys,
    openapi,
    rillflow,
    schedules,
    stepfunctions,
    tasks,
    v1,
)
from chalicelib.api.routes import Call, Reply, Route, mount


def health(call: Call) -> Reply:
    """Say that requests arrive; asks nobody else."""
    return Reply(body={"status": "ok", "stage": call.service.stage})


def describe(call: Call) -> Reply:
    """Describe the API for machines."""
    del call
    # Relative to where this document is: it need not know its own address.
    return Reply(body=openapi.document(TABLES, server="."))


ROUTES = (
    Route("GET", "/health", health, None, "Say hello", response="Health"),
    Route("GET", "/openapi.json", describe, None, "Describe", response="OpenApi"),
)

#: By the tag that their operations have.
TABLES = {
    "v1": v1.ROUTES,
    "schedules": schedules.ROUTES,
    "keys": keys.ROUTES,
    "tasks": tasks.ROUTES,
    "rillflow": rillflow.ROUTES,
    "stepfunctions": stepfunctions.ROUTES,
    "stage": ROUTES,
}


def blueprint() -> Blueprint:
    """Return every route, ready to be registered: Chalice takes a Blueprint once."""
    routes = Blueprint(__name__)
    for face, table in TABLES.items():
        mount(routes, face, table)
    return routes
