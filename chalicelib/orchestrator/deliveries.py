"""What did the queue hand over?"""

from __future__ import annotations

from chalicelib.frozen import dataclass
from chalicelib.orchestrator import destinations, steps
from chalicelib.orchestrator.steps import Step
from chalicelib.orchestrator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message as the queue handed it over."""

    id: str
    body: str
    receipt: str = ""
    #: Seconds since the epoch; 0 where that is not known.
    sent_at: float = 0.0
    receives: int = 1


def step_of(world: World, delivery: Delivery) -> Step | None:
    """Return what a message says; None where it is about nothing of ours.

    Raises:
        MessageRefused: nobody can read it.
    """
    record = destinations.record_in(delivery.body)
    if record is not None:
        return destinations.step_of(world, record)
    return steps.read(delivery.body)
