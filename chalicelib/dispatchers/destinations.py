"""Will Lambda tell the stage when an asynchronous invocation has ended?

It does where the function's destinations, for success and for failure, are the step
queue. Who may not look at that configuration learns nothing, and does not rely on it.
"""

from __future__ import annotations

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

    def __init__(self, clients: Clients, clock: Clock, queue_url: str) -> None:
        """``queue_url``: of the step queue; empty: nothing leads there."""
        self._clients = clients
        self._clock = clock
        #: Account and name, which the queue's ARN ends in, too.
        self._queue = queue_url.split("/")[-2:]
        #: Function -> whether its ends are told here, and until when that is believed.
        self._known: dict[str, tuple[bool, float]] = {}

    def lead_here(self, function: str) -> bool:
        """Return whether every end of ``function`` arrives at the step queue."""
        now = self._clock.now()
        found, believed_until = self._known.get(function, (False, 0.0))
        if now >= believed_until:
            found = len(self._queue) == 2 and self._ask(function)
            self._known[function] = (found, now + REMEMBERED)
        return found

    def _ask(self, function: str) -> bool:
        try:
            client: Any = self._clients("lambda")
            config = client.get_function_event_invoke_config(FunctionName=function)
        except (ClientError, BotoCoreError):  # none there, or not ours to see
            return False
        wanted = config.get("DestinationConfig") or {}
        return all(self._is_queue(wanted.get(end)) for end in _BOTH)

    def _is_queue(self, end: Any) -> bool:
        arn = str((end or {}).get("Destination", ""))
        return arn.split(":")[-2:] == self._queue
