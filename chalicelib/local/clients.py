"""Who talks to moto? One thread at a time, whatever the client.

moto keeps its tables in plain dictionaries and is not safe under threads. The lock is
held for one AWS call and never while a function works, so functions run side by side.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

#: Called with a call's arguments and its answer, after the lock is released.
Listener = Callable[[Mapping[str, Any], Mapping[str, Any]], None]


class SerialClient:
    """A boto3 client whose calls wait for one another; listeners hear of some."""

    def __init__(
        self,
        client: Any,
        lock: threading.RLock,
        listeners: Mapping[str, Listener] | None = None,
    ) -> None:
        self._client = client
        self._lock = lock
        self._listeners = listeners or {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found):
            return found
        listener = self._listeners.get(name)

        def call(*args: Any, **arguments: Any) -> Any:
            with self._lock:
                answer = found(*args, **arguments)
            if listener is not None:
                listener(arguments, answer)
            return answer

        setattr(self, name, call)
        return call


#: Told of each message sent: the queue's URL and the seconds it stays invisible.
OnSent = Callable[[str, float], None]


def queue_listeners(on_sent: OnSent) -> Mapping[str, Listener]:
    """Return listeners of an SQS client that report every message it sent."""

    def one(arguments: Mapping[str, Any], _answer: Mapping[str, Any]) -> None:
        on_sent(arguments["QueueUrl"], arguments.get("DelaySeconds", 0))

    def many(arguments: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        sent = {entry["Id"] for entry in answer.get("Successful", ())}
        for entry in arguments["Entries"]:
            if entry["Id"] in sent:
                on_sent(arguments["QueueUrl"], entry.get("DelaySeconds", 0))

    return {"send_message": one, "send_message_batch": many}


class Clients:
    """Makes and keeps one client per AWS service. See ``dispatchers.seams.Clients``."""

    def __init__(
        self,
        make: Callable[[str], Any],
        *,
        on_sent: OnSent,
        stand_ins: Mapping[str, Callable[[Any], Any]] | None = None,
    ) -> None:
        """``stand_ins``: by service, what goes around or instead of its client."""
        self._make = make
        self._lock = threading.RLock()
        self._listeners = {"sqs": queue_listeners(on_sent)}
        self._stand_ins = stand_ins or {}
        self._clients: dict[str, Any] = {}

    def __call__(
        self, service: str, *, read_timeout: float = 0, attempts: int = 0
    ) -> Any:
        """Return the client of ``service``; nothing here times out."""
        del read_timeout, attempts
        with self._lock:
            if service not in self._clients:
                serial = SerialClient(
                    self._make(service), self._lock, self._listeners.get(service)
                )
                stand_in = self._stand_ins.get(service)
                self._clients[service] = stand_in(serial) if stand_in else serial
            return self._clients[service]
