"""Will the stage be told when an asynchronous invocation has ended?

It is where the function's destinations, for success and for failure, lead here: those
of Lambda to the step queue. Who may not look at that configuration learns nothing, and
does not rely on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.dispatchers.seams import Clients
from chalicelib.ports import Clock

#: Seconds for which an answer is believed: a request for each call would cost as much
#: as the call.
REMEMBERED = 300.0
_BOTH = ("OnSuccess", "OnFailure")


class Destinations:
    """What is known of functions' destinations."""

    def __init__(self, clock: Clock, ask: Callable[[str], bool]) -> None:
        """``ask``: whether every end of a function is told here."""
        self._clock = clock
        self._ask = ask
        #: Function -> whether its ends are told here, and until when that is believed.
        self._known: dict[str, tuple[bool, float]] = {}

    def lead_here(self, function: str) -> bool:
        """Return whether every end of ``function`` is told here."""
        now = self._clock.now()
        found, believed_until = self._known.get(function, (False, 0.0))
        if now >= believed_until:
            found = self._ask(function)
            self._known[function] = (found, now + REMEMBERED)
        return found


def to_queue(clients: Clients, queue_url: str) -> Callable[[str], bool]:
    """Return what asks Lambda whether a function's ends arrive at the step queue.

    ``queue_url``: of the step queue; empty: nothing leads there.
    """
    # Account and name, which the queue's ARN ends in, too.
    queue = queue_url.split("/")[-2:]

    def ask(function: str) -> bool:
        if len(queue) != 2:
            return False
        try:
            client: Any = clients("lambda")
            config = client.get_function_event_invoke_config(FunctionName=function)
        except (ClientError, BotoCoreError):  # none there, or not ours to see
            return False
        wanted = config.get("DestinationConfig") or {}
        return all(_arn(wanted.get(end)).split(":")[-2:] == queue for end in _BOTH)

    return ask


def _arn(end: Any) -> str:
    return str((end or {}).get("Destination", ""))
