"""How does a scope begin: what are its variables, and which states come first?"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.engine.history import Happened
from chalicelib.engine.state import Ready, Stored
from chalicelib.engine.walk import Walk
from chalicelib.values import Json


def begin_scope(
    walk: Walk, value: Json, variables: Mapping[str, Json | Stored]
) -> None:
    """Set up a new scope with its input; ``run`` then enters its first states."""
    is_top = walk.origin.index is None and not walk.inline_key
    walk.say(
        Happened.EXECUTION_STARTED if is_top else Happened.SCOPE_STARTED, value=value
    )
    if walk.scope.shares_variables:
        walk.variables = value if isinstance(value, dict) else {}
        value = {}
    else:
        walk.variables = variables
    for name in walk.scope.start:
        walk.ready.append(Ready(state=name, input=value))
