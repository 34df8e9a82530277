"""The orchestrator: messages in, records and deeds out.

``Orchestrator`` is what the handlers call (``handling``). ``running`` is a turn in
straight-line code; ``turn`` loads, advances and commits what is ``dirt`` until then;
``carrying`` does what the engine asked for, with ``crowds``, ``joining``, ``timers``,
``endings``. ``steps`` are the messages, ``arrivals`` events they tell of, ``chores``
the others; ``inbox`` is where events wait that lost too many races, ``watching`` looks
for executions that are stuck. ``asking`` is what the API asks, with ``starting`` and
``stopping``, ``reporting`` for what workers say, and ``requests`` for the commit.
"""

from chalicelib.orchestrator.deliveries import Delivery
from chalicelib.orchestrator.handling import Orchestrator
from chalicelib.orchestrator.world import World

__all__ = ["Delivery", "Orchestrator", "World"]
