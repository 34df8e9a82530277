"""Which workflow, and which version of it, does the ARN of a state machine mean?

    arn:aws:states:<region>:<account>:stateMachine:<workflow>[:<version or alias>]

A definition may hold the ARN, or compute it: both are read by the same rule. Partition,
region and account are not looked at: a stage knows no other.
"""

from __future__ import annotations

import re

_MACHINE = re.compile(
    r"arn:[\w-]+:states:[\w-]*:\d*:stateMachine:([^:/\s]+)(?::([\w.-]+))?", re.ASCII
)


def workflow_named(text: str) -> str | None:
    """Return ``<workflow>[:<version or alias>]``; None for an ARN of something else.

    What is no ARN is such a name already. A colon in a name is written ``%3A``.

    >>> workflow_named("arn:aws:states:eu-west-1:1:stateMachine:ship:live")
    'ship:live'
    >>> workflow_named("ship"), workflow_named("arn:aws:sns:eu-west-1:1:ship")
    ('ship', None)
    """
    if not text.startswith("arn:"):
        return text
    found = _MACHINE.fullmatch(text)
    if found is None:
        return None
    workflow = found[1].replace("%3A", ":").replace("%3a", ":")
    return f"{workflow}:{found[2]}" if found[2] else workflow
