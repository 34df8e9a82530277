"""How does a task reach a worker that asks for work?

    activity:packing

Nothing is sent: the task waits, with its token, until a worker of the activity takes
it. What the worker reports answers the token, as for every CALLBACK task.
"""

from __future__ import annotations

from chalicelib.dispatchers.seams import WaitForWorker, failed
from chalicelib.engine.events import Answer
from chalicelib.errors import ActivityNotFound, InputRefused, PayloadTooLarge
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Outcome

PREFIX = "activity:"


class ActivityDispatcher:
    """Leaves tasks where workers find them. See ``ports.Dispatcher``."""

    def __init__(self, wait_for_worker: WaitForWorker) -> None:
        self._wait_for_worker = wait_for_worker

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        try:
            self._wait_for_worker(call.resource.removeprefix(PREFIX), call)
        except PayloadTooLarge as error:
            return failed(Kind.TOO_LARGE, str(error))
        except (ActivityNotFound, InputRefused) as error:
            return failed(Kind.NOT_FOUND, str(error))
        return Answer(payload={})

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; a worker that reports to a dead token is told so."""
        return False
