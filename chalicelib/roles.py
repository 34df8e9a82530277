"""With which clients is AWS called in a role that a task names?

STS gives the stage credentials of the role on their first use. All clients of the role
sign with them until shortly before they expire; then both are made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Any

#: Seconds that a role is assumed for: the most that STS gives to who has a role itself.
LASTS = 3600.0
#: Seconds before their end at which credentials are not used any more: the longest
#: request takes 900.
SPARE = 900.0


class Role:
    """A role that the stage assumes. See ``dispatchers.seams.Identity``."""

    def __init__(
        self,
        role: str,
        session: str,
        *,
        sts: Callable[[], Any],
        make: Callable[[str, Any], Any],
        now: Callable[[], float],
    ) -> None:
        """``sts``: returns the stage's own client of STS; ``make``: makes a client of
        a service that signs with these credentials.
        """
        self._named = {"RoleArn": role, "RoleSessionName": session}
        self._sts = sts
        self._make = make
        self._now = now
        self._lock = RLock()
        self._credentials: Any = None
        self._until = 0.0
        self._clients: dict[str, Any] = {}

    def credentials(self) -> Any:
        """See ``Identity``."""
        with self._lock:
            if self._credentials is None or self._now() >= self._until:
                self._assume()
            return self._credentials

    def clients(self, service: str) -> Any:
        """See ``Clients``."""
        with self._lock:
            credentials = self.credentials()
            if service not in self._clients:
                self._clients[service] = self._make(service, credentials)
            return self._clients[service]

    def _assume(self) -> None:
        from botocore.credentials import Credentials

        began_at = self._now()
        answer = self._sts().assume_role(**self._named, DurationSeconds=int(LASTS))
        given = answer["Credentials"]
        self._credentials = Credentials(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
        )
        self._until = began_at + LASTS - SPARE
        self._clients.clear()
