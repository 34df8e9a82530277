"""How is a part made once, and how can a test bring another one?

``bootstrap`` says what the parts are; this is the machinery: what was made is kept for
the life of the process, and ``use`` takes all of it back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, Protocol, TypeVar

from chalicelib.dispatchers.aws_lambda import CLIENT_CONFIG

#: Seconds; longer than any answer a table or a queue gives.
READ_TIMEOUT = 10.0


class Clients(Protocol):
    """See ``dispatchers.seams.Clients``."""

    def __call__(self, service: str) -> Any:
        """Return the client of a service."""
        ...


_Part = TypeVar("_Part")

#: What ``use`` brought: a client factory, and parts by the name of their function.
_given: Clients | None = None
_brought: object = None
_made: list[Any] = []


def use(parts: object = None, *, clients: Clients | None = None) -> None:
    """Make everything anew on next use.

    ``parts``: an attribute of it stands in for the function of that name. ``clients``:
    makes the AWS clients. Without either, all is boto3's and the environment's again.
    """
    global _given, _brought
    _given, _brought = clients, parts
    for made in _made:
        made.cache_clear()


def part(make: Callable[[], _Part]) -> Callable[[], _Part]:
    """Have a part made once, unless ``use`` brought it."""
    made = cache(make)
    _made.append(made)

    @wraps(make)
    def made_part() -> _Part:
        brought: _Part | None = getattr(_brought, make.__name__, None)
        return made() if brought is None else brought

    return made_part


@cache
def _session() -> Any:
    import boto3

    return boto3.session.Session()


def _config(service: str) -> Any:
    from botocore.config import Config

    wanted: dict[str, Any] = {
        "connect_timeout": 5,
        "read_timeout": READ_TIMEOUT,
        "retries": {"total_max_attempts": 3, "mode": "standard"},
        "max_pool_connections": 50,
        # botocore writes its own anew for each request, twice: a fifth of a call's CPU.
        "user_agent": "millrace",
    }
    if service == "lambda":
        wanted |= CLIENT_CONFIG
    return Config(**wanted)


@cache
def _made_client(service: str) -> Any:
    return _session().client(service, config=_config(service))


def client(service: str) -> Any:
    """Return a boto3 client, or what stands in for one."""
    return _made_client(service) if _given is None else _given(service)


def client_as(service: str, credentials: Any) -> Any:
    """Return a client that signs with ``credentials``, or what stands in for one."""
    if _given is not None:
        return _given(service)
    return _session().client(
        service,
        config=_config(service),
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token,
    )
