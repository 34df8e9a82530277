"""How do X-Ray's trace headers and W3C's ``traceparent`` become each other?

Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1
00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01
"""

from __future__ import annotations

import re

from chalicelib.values import short_hash

_ROOT = re.compile(r"Root=1-([0-9a-f]{8})-([0-9a-f]{24})")
_PARENT = re.compile(r"Parent=([0-9a-f]{16})")
_W3C = re.compile(r"00-([0-9a-f]{8})([0-9a-f]{24})-([0-9a-f]{16})-([0-9a-f]{2})")


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
    """Return the X-Ray header of a ``traceparent``; empty where there is none.

    >>> to_xray("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01")
    'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
    """
    found = _W3C.fullmatch(trace)
    if found is None:
        return ""
    sampled = int(found[4], 16) & 1
    return f"Root=1-{found[1]}-{found[2]};Parent={found[3]};Sampled={sampled}"
