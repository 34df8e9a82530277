"""What is a task called from the outside?"""

from __future__ import annotations

import re

_INDEX = re.compile(r"-(\d+)")


def task_name(scope: str, key: str, state: str) -> str:
    """Return a state's name with its position in the fan-outs around it.

    ``scope`` is the id in the model, ``key`` the runtime id. A branch has the number
    that it has in the definition, also where others do not run.

    >>> task_name("0/Each", "r.3.1-17", "Polish"), task_name("0", "r", "Split")
    ('Each_17-Polish', 'Split')
    >>> task_name("0/Pick/2", "r.3.1-0", "Pay")
    'Pick_2-Pay'
    """
    parts = scope.split("/")[1:]
    above = []
    for index in _INDEX.findall(key):
        name, *parts = parts
        if parts and parts[0].isdigit():  # a branch of a Parallel
            index, *parts = parts
        above.append(f"{name}_{index}")
    return "-".join([*above, state])
