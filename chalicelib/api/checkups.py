"""What is wrong with the stage? Asked and mended over ``/v1/checkup``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.api.auth import Scope
from chalicelib.api.routes import Call, Reply, Route
from chalicelib.values import Json

if TYPE_CHECKING:
    from chalicelib.orchestrator.checkup import Finding


def look(call: Call) -> Reply:
    """Say what is wrong with the stage."""
    return _reply(call, mends=False)


def redrive(call: Call) -> Reply:
    """Ask again for what should have come, and say what that was."""
    return _reply(call, mends=True)


def _reply(call: Call, *, mends: bool) -> Reply:
    # It speaks of every workflow of the stage.
    call.caller.require_grant(())
    found, is_complete = call.service.checkup(mends)
    rows = [_finding(each) for each in found]
    return Reply(body={"findings": rows, "isComplete": is_complete})


def _finding(found: Finding) -> Json:
    return {
        "kind": found.kind,
        "subject": found.subject,
        "says": found.says,
        "wayOut": found.way_out,
        "isMended": found.is_mended,
    }


ROUTES = (
    Route(
        "GET",
        "/v1/checkup",
        look,
        Scope.ADMIN,
        "Say what is wrong with the stage",
        response="Checkup",
    ),
    Route(
        "POST",
        "/v1/checkup/redrive",
        redrive,
        Scope.ADMIN,
        "Mend what is wrong with the stage",
        response="Checkup",
    ),
)
