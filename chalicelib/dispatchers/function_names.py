"""Which function of Function Compute does an ARN name?

    2.0  acs:fc:<region>:<account>:services/<service>.<qualifier>/functions/<function>
    3.0  acs:fc:<region>:<account>:functions/<function>/<qualifier>

Region, account and qualifier may be empty; ``LATEST`` is as good as no qualifier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Region and account become parts of a host's name: they may not lead elsewhere.
_ARN = re.compile(
    r"acs:fc:(?P<region>[\w-]*):(?P<account>[\w-]*):"
    r"(?:services/(?P<service>[^/.]+)(?:\.(?P<alias>[^/]+))?/)?"
    r"functions/(?P<function>[^/]+)(?:/(?P<version>[^/]+))?",
    re.ASCII,
)
_LATEST = "LATEST"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionName:
    """The parts of an ARN; empty where it leaves them out."""

    function: str
    #: There is one in the generation 2.0 only.
    service: str = ""
    #: A version or an alias; empty: the latest.
    qualifier: str = ""
    region: str = ""
    account: str = ""


def read_arn(arn: str) -> FunctionName | None:
    """Return what ``arn`` names, or None if it is no ARN of a function.

    >>> read_arn("acs:fc:::services/shop.prod/functions/pay").qualifier
    'prod'
    """
    found = _ARN.fullmatch(arn)
    if found is None:
        return None
    qualifier = found["alias"] or found["version"] or _LATEST
    return FunctionName(
        function=found["function"],
        service=found["service"] or "",
        qualifier="" if qualifier == _LATEST else qualifier,
        region=found["region"],
        account=found["account"],
    )
