"""What does the engine know besides the state and the event?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from chalicelib.engine.callback_urls import Address
from chalicelib.frozen import dataclass
from chalicelib.model.arns import Naming
from chalicelib.model.workflow import Workflow
from chalicelib.values import Json

#: Stands in ``Setting.values`` for a value that could not be loaded.
LOST: Json = object()


def _no_token(_activation: int, _attempt: int, _expires_at: float) -> str:
    return ""


def _no_address(_key: str, _scope: str, _state: str, _expires_at: float) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the engine knows besides the state and the event."""

    workflow: Workflow
    #: Runtime id of the scope: ``r``, ``r.3.1-17`` …
    key: str = "r"
    #: (activation, attempt, expires_at) -> task token. The same in, the same out.
    mint: Callable[[int, int, float], str] = _no_token
    #: Where a state can be answered, whether it has begun or not.
    address: Address = _no_address
    #: Loaded values by the reference that stands for them.
    values: Mapping[str, Json] = field(default_factory=dict)
    #: What executions and workflows are called where authors see ARNs.
    naming: Naming = field(default_factory=Naming)
    #: Budgets, as in ``ports.Limits``.
    transitions_per_turn: int = 500
    transitions_per_scope: int = 1_000_000
    state_bytes: int = 0
    step_bytes: int = 0
