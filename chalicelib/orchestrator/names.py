"""What is a task called from the outside?"""

from __future__ import annotations

import re

_INDEX = re.compile(r"-(\d+)")


def task_name(scope: str, key: str, state: str) -> str:
    """Return a state's name with its position in the fan-outs around it.

    ``scope`` is the id in the model, ``key`` the runtime id.

    >>> task_name("0/Each", "r.3.1-17", "Polish"), task_name("0", "r", "Split")
    ('Each_17-Polish', 'Split')
    """
    containers = [part for part in scope.split("/")[1:] if not part.isdigit()]
    indexes = _INDEX.findall(key)
    above = [
        f"{name}_{index}" for name, index in zip(containers, indexes, strict=False)
    ]
    return "-".join([*above, state])
