"""For which account of Alibaba Cloud does the stage speak?"""

from __future__ import annotations

from dataclasses import field

from chalicelib.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AlibabaAccount:
    """An account whose functions are called where they are: in Function Compute."""

    key_id: str
    secret: str = field(repr=False)
    #: What an ARN means that leaves them empty.
    region: str
    id: str
    #: URL of Function Compute, with ``{region}`` and ``{account}`` where they stand.
    endpoint: str
    #: ARN of the destination that tells the stage of ends; empty: there is none.
    destination: str = ""
