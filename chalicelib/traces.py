"""Which trace does a piece of work belong to?

    request --of_request--> trace of an execution --of_attempt--> headers of a dispatch

A trace is kept as one text: a W3C ``traceparent``, and behind a space its
``tracestate`` where one came with it. X-Ray's header says the same in another spelling:

    00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01
    Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1

Rule 1  All attempts of an execution, and of its sub-workflows, have one trace id. It
        is kept with the execution, not with a message: it outlives queues and waits.
Rule 2  Each attempt is a span of its own, named by its idempotency key: a request that
        is made twice is the same span.
Rule 3  An execution that nobody traced has a trace id of its own, made of its name and
        its start; X-Ray takes it, since it begins with the time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from chalicelib.values import short_hash

_ROOT = re.compile(r"Root=1-([0-9a-f]{8})-([0-9a-f]{24})")
_PARENT = re.compile(r"Parent=([0-9a-f]{16})")
_W3C = re.compile(r"00-([0-9a-f]{8})([0-9a-f]{24})-([0-9a-f]{16})-([0-9a-f]{2})")
#: W3C Trace Context, "traceparent": versions to come may say more; ff is none.
_ANY = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-..")
#: W3C Trace Context, "tracestate": at most so much need be passed on.
_STATE = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,511}")


def of_request(headers: Mapping[str, str]) -> str:
    """Return the trace that a request belongs to; empty where it names none.

    ``headers``: by names in lower case. API Gateway adds X-Ray's own; a client's
    ``traceparent`` is nearer to who asked.

    >>> of_request({"traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"})[:7]
    '00-aaaa'
    """
    parent = headers.get("traceparent", "").strip()
    if not _ANY.fullmatch(parent):
        return to_w3c(headers.get("x-amzn-trace-id", ""))
    state = headers.get("tracestate", "").strip()
    return f"{parent} {state}" if _STATE.fullmatch(state) else parent


@lru_cache(maxsize=256)
def of_execution(trace: str, execution: str, started_at: float) -> str:
    """Return the trace of an execution: ``trace``, or its own (rule 3)."""
    if trace:
        return trace
    made = short_hash("trace", execution, length=40)
    return f"00-{int(started_at) & 0xFFFFFFFF:08x}{made[:24]}-{made[24:]}-00"


def of_attempt(trace: str, key: str) -> str:
    """Return the trace with an attempt in the place of its parent (rule 2)."""
    parent, space, state = trace.partition(" ")
    version, trace_id, _, flags = parent.split("-", 3)
    return f"{version}-{trace_id}-{short_hash(key)}-{flags}{space}{state}"


def headers(trace: str) -> dict[str, str]:
    """Return the headers that say ``trace``; none where there is none.

    >>> headers("00-a-b-01 vendor=1")
    {'traceparent': '00-a-b-01', 'tracestate': 'vendor=1'}
    """
    parent, _, state = trace.partition(" ")
    said = {"traceparent": parent, "tracestate": state}
    return {name: text for name, text in said.items() if text}


def to_w3c(header: str) -> str:
    """Return the ``traceparent`` of an X-Ray header; empty where it names no trace.

    >>> to_w3c("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8")
    '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00'
    """
    root, parent = _ROOT.search(header), _PARENT.search(header)
    if root is None:
        return ""
    span = parent[1] if parent else short_hash(header, length=16)
    return f"00-{root[1]}{root[2]}-{span}-{'01' if 'Sampled=1' in header else '00'}"


def to_xray(trace: str) -> str:
    """Return the X-Ray header of a trace; empty where there is none.

    >>> to_xray("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01")
    'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
    """
    found = _W3C.fullmatch(trace.partition(" ")[0])
    if found is None:
        return ""
    sampled = int(found[4], 16) & 1
    return f"Root=1-{found[1]}-{found[2]};Parent={found[3]};Sampled={sampled}"
