"""What is known of a state while it is worked on?

The draft of an activation: opened when a state is entered or an event reopens it, kept
by ``Walk.hold`` when the state has to wait, left by ``flow.leave``.
"""

from __future__ import annotations

from chalicelib.engine.state import AS_WRITTEN, Activation, Home, Stored
from chalicelib.model.workflow import State
from chalicelib.values import Json


class Visit:
    """A state being worked on, from its input to its output."""

    __slots__ = (
        "attempt",
        "entered_at",
        "held",
        "home",
        "id",
        "input",
        "items",
        "limits",
        "raw_input",
        "retries",
        "slot",
        "state",
        "token",
        "told",
    )

    def __init__(
        self, state: State, slot: Json | Stored, visit_id: int, at: float
    ) -> None:
        self.state = state
        #: What it received, as it is kept; stands in for what could not be loaded.
        self.slot = slot
        self.raw_input: Json = None
        self.input: Json = None
        self.id = visit_id
        self.entered_at = at
        self.attempt = 1
        self.retries: tuple[int, ...] = ()
        self.token = ""
        #: Position in the history of the event that tells of its entry.
        self.told = 0
        #: See ``Activation``.
        self.items: Json | Stored = None
        self.limits = AS_WRITTEN
        self.home: Home | None = None
        #: The activation that had kept it open, if one had.
        self.held: Activation | None = None

    def receive(self, raw_input: Json) -> None:
        """Take what the state received, now that it is loaded."""
        self.slot = self.raw_input = raw_input
