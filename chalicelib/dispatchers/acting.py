"""How is a task carried out whose requests are made in a role of their own?

AWS, "Credentials": the stage assumes the role and makes every request of the task with
what it gets. That is dispatchers like the stage's, but of another identity.

Rule 1  The role is assumed before anything is asked: a role that the stage may not
        assume fails the task as forbidden, whatever the task would have called.
Rule 2  The session is named for the workflow, so that who owns the role can tell whose
        requests they are; one session serves all of a workflow's executions.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from chalicelib.dispatchers.seams import Identity, Outside, failed
from chalicelib.engine.events import TaskFailed
from chalicelib.errors import InputRefused
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Dispatcher, Outcome

#: Carried out by the stage itself: nothing is asked of AWS for the task.
_WITHIN = ("workflow:", "activity:")
#: Roles that dispatchers are kept for, in one process.
_MOST = 32
#: STS, AssumeRole, "RoleSessionName".
_NO_SESSION = re.compile(r"[^\w+=,.@-]", re.ASCII)
_LONGEST_SESSION = 64


def is_acted(call: Call) -> bool:
    """Whether a call is made in a role of its own."""
    return bool(call.role) and not call.resource.startswith(_WITHIN)


def session_of(call: Call) -> str:
    """Return the name of the session in which a call is made."""
    workflow = call.execution.rpartition(":")[0]
    return f"millrace-{_NO_SESSION.sub('-', workflow)}"[:_LONGEST_SESSION]


class Acting:
    """The dispatchers of roles. See ``ports.Dispatcher``."""

    def __init__(self, outside: Outside, make: Callable[[Outside], Dispatcher]) -> None:
        """``make``: makes the dispatcher of all resources."""
        self._outside = outside
        self._make = make
        self._lock = Lock()
        self._known: OrderedDict[tuple[str, str], tuple[Identity, Dispatcher]] = (
            OrderedDict()
        )

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        try:
            identity, dispatcher = self._of(call)
        except InputRefused as error:
            return failed(Kind.FORBIDDEN, error.reason)
        refusal = _refusal(call.role, identity)
        return refusal or dispatcher.dispatch(replace(call, role=""))

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``."""
        try:
            identity, dispatcher = self._of(call)
        except InputRefused:
            return False
        is_refused = _refusal(call.role, identity) is not None
        return not is_refused and dispatcher.cancel(replace(call, role=""))

    def _of(self, call: Call) -> tuple[Identity, Dispatcher]:
        key = (call.role, session_of(call))
        with self._lock:
            if key not in self._known:
                self._known[key] = self._made(*key)
            self._known.move_to_end(key)
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
            return self._known[key]

    def _made(self, role: str, session: str) -> tuple[Identity, Dispatcher]:
        identity = self._outside.assume(role, session)
        outside = replace(
            self._outside, clients=identity.clients, credentials=identity.credentials
        )
        return identity, self._make(outside)


def _refusal(role: str, identity: Identity) -> TaskFailed | None:
    """Return why a role cannot be assumed now; None where it is."""
    # Here: what has no role needs nothing of botocore's.
    from chalicelib.dispatchers.refusals import AWS_ERRORS, aws_failure

    try:
        identity.credentials()
    except AWS_ERRORS as error:
        found = aws_failure(error, "SecurityTokenService")
        if found.kind in _PASSING:
            return found
        cause = f"the stage may not assume the role {role}: {error}"
        return failed(Kind.FORBIDDEN, cause)
    return None


#: Kinds that another try may not meet: no word on whether the stage may.
_PASSING = frozenset({Kind.THROTTLED, Kind.UNREACHABLE, Kind.TIMEOUT})
