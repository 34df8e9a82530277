"""What does a stage of the Amazon States Language call its workflows and executions?

    arn:aws:states:<region>:<account>:stateMachine:<workflow>
    arn:aws:states:<region>:<account>:execution:<workflow>:<name>
    arn:aws:states:<region>:<account>:express:<workflow>:<name>:<hash>

A colon in the name of a workflow is written ``%3A``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field

from chalicelib.frozen import dataclass
from chalicelib.values import Json, short_hash

#: What workflows' names have that ARNs may not have.
_ODD = re.compile(r"[^A-Za-z0-9_.~!'()@+=-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How a stage names its things to authors who know ARNs."""

    #: Begins its ARNs: ``arn:aws:states:eu-west-1:123456789012``; empty: it has none,
    #: and ids are shown.
    prefix: str = ""
    #: Executions run within a request; each start has a name of its own.
    is_express: bool = False
    #: Sections of the context object that stand in the place of its own, for trials.
    given: Mapping[str, Json] = field(default_factory=dict)

    def machine(self, workflow: str) -> str:
        """Return what a workflow is called.

        >>> Naming(prefix="arn:aws:states:x:1").machine("a:b")
        'arn:aws:states:x:1:stateMachine:a%3Ab'
        >>> Naming().machine("a:b")
        'a:b'
        """
        if not self.prefix:
            return workflow
        return f"{self.prefix}:stateMachine:{written(workflow)}"

    def execution(self, workflow: str, name: str, started_at: float) -> str:
        """Return what an execution is called.

        >>> Naming(prefix="arn:aws:states:x:1").execution("ship", "one", 0)
        'arn:aws:states:x:1:execution:ship:one'
        """
        if not self.prefix:
            return f"{workflow}:{name}"
        if not self.is_express:
            return f"{self.prefix}:execution:{written(workflow)}:{name}"
        own = short_hash(workflow, name, started_at, length=32)
        return f"{self.prefix}:express:{written(workflow)}:{name}:{own}"


def written(name: str) -> str:
    """Return the name of a workflow, or of a Map, as it stands in an ARN.

    >>> written("media:video")
    'media%3Avideo'
    """
    return _ODD.sub(_in_percents, name)


def _in_percents(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))
