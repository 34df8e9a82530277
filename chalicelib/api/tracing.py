"""Which trace does the request belong to that is being answered?

Every face starts executions; none of them need hand on the headers for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from chalicelib.traces import of_request

_trace: ContextVar[str] = ContextVar("trace", default="")


@contextmanager
def of(headers: Mapping[str, str]) -> Iterator[str]:
    """Have ``current`` say the trace that ``headers`` name, inside."""
    token = _trace.set(of_request(headers))
    try:
        yield _trace.get()
    finally:
        _trace.reset(token)


def current() -> str:
    """Return the trace of the request; empty where it has none."""
    return _trace.get()
