"""How does SQS treat the step messages? At least once, in no order, in batches.

A message that failed, or whose handler is gone, comes again when its time of being
invisible is over; after several deliveries it goes to the dead letters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chalicelib.orchestrator import Delivery
from chalicelib.ports import Message
from chalicelib.simulation.faults import BATCH, Weather
from chalicelib.simulation.loop import BEGINNING, Loop
from chalicelib.values import compact

#: Seconds until an undeleted message comes again.
INVISIBLE = 60.0
#: Seconds of virtual time for which the watchdog alone keeps a run going, in a weather
#: in which only it can help: four looks.
WATCHED = 30_000.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Letter:
    """A message on its way."""

    id: str
    body: str
    sent_at: float
    receives: int = 1

    @property
    def is_watch(self) -> bool:
        """Whether it only has somebody look."""
        return '"do":"watch"' in self.body


class Mailbox:
    """See ``ports.Queue``, and the top of the module."""

    def __init__(
        self,
        loop: Loop,
        weather: Weather,
        handle: Callable[[Sequence[Delivery]], list[str]],
        bury: Callable[[Sequence[Delivery]], None],
    ) -> None:
        """``handle`` returns the ids of the deliveries that failed."""
        self._loop = loop
        self._weather = weather
        self._handle = handle
        self._bury = bury
        self._sent = 0
        self._visible: list[Letter] = []
        #: Bodies of messages that failed each time they were delivered.
        self.dead: list[str] = []

    def send(self, messages: Sequence[Message]) -> None:
        """See ``ports.Queue``."""
        for message in messages:
            self.post(compact(message.body), message.delay)

    def post(self, body: str, delay: float = 0.0) -> None:
        """Take a message in, whatever its text."""
        for number, late in enumerate(self._weather.deliveries(delay)):
            self._sent += 1
            # A copy may have been counted as a delivery of its own, or not.
            receives = 1 + self._weather.pick(2) if number else 1
            letter = Letter(
                id=f"m{self._sent}",
                body=body,
                sent_at=self._loop.now,
                receives=receives,
            )
            self._show_at(self._loop.now + late, letter)

    def _show_at(self, time: float, letter: Letter) -> None:
        def show() -> None:
            self._visible.append(letter)
            if not self._weather.is_calm:  # others may come into the same batch
                self._loop.pause(self._weather.pause(), order=self._weather.order())
            while letter in self._visible:
                self._poll()

        order, is_watch = self._weather.order(), letter.is_watch
        if is_watch and not (self._weather.loses_messages and _is_early(time)):
            self._loop.at(time, show, order=order)  # alone it keeps nothing going
        else:
            self._loop.want(time, show, order=order)

    def _poll(self) -> None:
        """Have some of what is visible handled, in one invocation."""
        count = 1 + self._weather.pick(min(BATCH, len(self._visible)))
        batch, self._visible = self._visible[:count], self._visible[count:]
        began_at = self._loop.now
        with self._loop.busy():  # the deed may be one that only has somebody look
            failed = set(self._handle([_delivery(each) for each in batch]))
            for letter in batch:
                if letter.id in failed:
                    self._failed(letter, began_at)

    def _failed(self, letter: Letter, began_at: float) -> None:
        if letter.receives >= self._weather.receives:
            self.dead.append(letter.body)
            self._bury([_delivery(letter)])
            return
        again = replace(letter, receives=letter.receives + 1)
        self._show_at(max(self._loop.now, began_at + INVISIBLE), again)


def _is_early(time: float) -> bool:
    return time < BEGINNING + WATCHED


def _delivery(letter: Letter) -> Delivery:
    return Delivery(
        id=letter.id,
        body=letter.body,
        sent_at=letter.sent_at,
        receives=letter.receives,
    )
