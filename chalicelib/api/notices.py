"""Which notices were given up? REST lists them, and has one sent once more."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.api import shapes
from chalicelib.api.auth import Scope
from chalicelib.api.routes import Call, Reply, Route
from chalicelib.values import Json

if TYPE_CHECKING:
    from chalicelib.orchestrator.undelivered import Undelivered


def list_(call: Call) -> Reply:
    """List who could not be told of an execution, and why."""
    found = call.service.notices(call.parameters["execution"])
    return Reply(body={"notices": [shown(each) for each in found]})


def retry(call: Call) -> Reply:
    """Have a notice sent once more; it leaves the list when it is acknowledged."""
    execution, notice = call.parameters["execution"], call.parameters["notice"]
    return Reply(body=shown(call.service.send_again(execution, notice)))


def shown(found: Undelivered) -> Json:
    """Return a notice as JSON."""
    return {
        "notice": found.name,
        "about": "start" if found.is_of_start else "end",
        "receiver": found.receiver,
        "error": found.error,
        "cause": found.cause,
        "tries": found.tries,
        "givenUpAt": shapes.time(found.at),
    }


_ALL = "/v1/executions/{execution}/notices"

ROUTES = (
    Route(
        "GET",
        _ALL,
        list_,
        Scope.READ,
        "List the notices that were given up",
        response="Notices",
    ),
    Route(
        "POST",
        f"{_ALL}/{{notice}}/retry",
        retry,
        Scope.OPERATE,
        "Send a notice that was given up once more",
        response="Notice",
        status=HTTPStatus.ACCEPTED,
    ),
)
