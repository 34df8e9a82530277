"""What is wrong with the stage? Asked and mended over ``/v1/checkup``, by pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.api.auth import Scope
from chalicelib.api.routes import Call, Reply, Route
from chalicelib.values import Json

if TYPE_CHECKING:
    from chalicelib.orchestrator.checkup import Finding

#: Things that a page looks at, at most.
PAGE = 1000
#: Minutes behind the tick in which timers are looked for: an hour, and two weeks.
BEHIND, FARTHEST_BEHIND = 60, 20_160
_TAKES = ("checkup_after", "limit", "behind")


def look(call: Call) -> Reply:
    """Say what is wrong with the stage."""
    return _reply(call, mends=False)


def redrive(call: Call) -> Reply:
    """Ask again for what should have come, and say what that was."""
    return _reply(call, mends=True)


def _reply(call: Call, *, mends: bool) -> Reply:
    # Here: people ask for it, now and then.
    from chalicelib.orchestrator.checkup import Wanted

    # It speaks of every workflow of the stage.
    call.caller.require_grant(())
    wanted = Wanted(
        mends=mends,
        after=call.query.get("after", ""),
        limit=call.number("limit", PAGE, least=1, most=PAGE),
        behind=call.number("behind", BEHIND, least=1, most=FARTHEST_BEHIND),
    )
    page = call.service.checkup(wanted)
    body: dict[str, Json] = {
        "findings": [_finding(each) for each in page.findings],
        "lookedAt": page.looked_at,
        "isComplete": not page.next,
        "next": page.next or None,
    }
    return Reply(body=body)


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
        takes=_TAKES,
    ),
    Route(
        "POST",
        "/v1/checkup/redrive",
        redrive,
        Scope.ADMIN,
        "Mend what is wrong with the stage",
        response="Checkup",
        takes=_TAKES,
    ),
)
