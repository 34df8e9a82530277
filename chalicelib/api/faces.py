"""Which faces has the API? All their tables, mounted on one Blueprint."""

from __future__ import annotations

from http import HTTPStatus

from chalice.app import Authorizer, Blueprint

from chalicelib.api import checkups, function_ends, keys, notices, schedules, tasks, v1
from chalicelib.api.cloudflow import routes as cloudflow
from chalicelib.api.rillflow import routes as rillflow
from chalicelib.api.routes import Call, Reply, Route, mount
from chalicelib.api.stepfunctions import routes as stepfunctions
from chalicelib.pulse import Health, worst


def health(call: Call) -> Reply:
    """Say whether the stage is alive, and each of its parts; 503 when one is dead."""
    parts = call.service.pulse()
    status = worst(parts)
    is_dead = status is Health.DEAD
    return Reply(
        body={"status": status, "stage": call.service.stage, "parts": dict(parts)},
        status=HTTPStatus.SERVICE_UNAVAILABLE if is_dead else None,
    )


def describe(call: Call) -> Reply:
    """Describe the API for machines."""
    # Here: few ask for it, and its schemas are long.
    from chalicelib.api import openapi

    del call
    # Relative to where this document is: it need not know its own address.
    return Reply(body=openapi.document(TABLES, server="."))


ROUTES = (
    Route("GET", "/health", health, None, "Say how it is", response="Health"),
    Route("GET", "/openapi.json", describe, None, "Describe", response="OpenApi"),
)

#: By the tag that their operations have.
TABLES = {
    "v1": v1.ROUTES,
    "notices": notices.ROUTES,
    "schedules": schedules.ROUTES,
    "keys": keys.ROUTES,
    "checkup": checkups.ROUTES,
    "tasks": (*tasks.ROUTES, *function_ends.ROUTES),
    "rillflow": rillflow.ROUTES,
    "stepfunctions": stepfunctions.ROUTES,
    "cloudflow": cloudflow.ROUTES,
    "cloudflow_tasks": cloudflow.REPORTS,
    "stage": ROUTES,
}


def blueprint(authorizer: Authorizer | None = None) -> Blueprint:
    """Return every route, ready to be registered: Chalice takes a Blueprint once."""
    routes = Blueprint(__name__)
    for face, table in TABLES.items():
        mount(routes, face, table, authorizer)
    return routes
