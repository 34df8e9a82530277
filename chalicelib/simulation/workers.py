"""What do workers report, and what are they told?

Each reports at least once, repeats what failed, and may contradict itself afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.errors import TokenDecided, TokenGone
from chalicelib.simulation.faults import Weather
from chalicelib.simulation.loop import Loop
from chalicelib.tokens import Failed, Report

#: What a worker says that contradicts itself.
CONTRADICTION = Failed(error="Contradiction", cause="said after something else")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A worker's report, and what it was told."""

    token: str
    report: Report
    #: ``accepted``, ``replayed``, or the refusal's class.
    answer: str


class Workers:
    """Everybody who holds a task token."""

    def __init__(
        self, loop: Loop, weather: Weather, ask: Callable[[str, Report], str]
    ) -> None:
        """``ask``: what the callback route does, until it answers."""
        self._loop = loop
        self._weather = weather
        self._ask = ask
        #: What was reported, in order.
        self.said: list[Said] = []

    def report(self, token: str, report: Report) -> str:
        """Report for a task token.

        Raises:
            TokenRefused: not a token of this stage.
            TokenDecided: the attempt has another outcome.
            TokenGone: the attempt is over.
        """
        try:
            answer = self._ask(token, report)
        except (TokenGone, TokenDecided) as refused:
            self._note(token, report, type(refused).__name__)
            raise
        self._note(token, report, answer)
        return answer

    def _note(self, token: str, report: Report, answer: str) -> None:
        self.said.append(Said(token=token, report=report, answer=answer))

    def report_later(self, token: str, report: Report, seconds: float) -> None:
        """Have a worker report after some time, at least once."""
        for delay in self._weather.deliveries(seconds):
            self._plan(delay, lambda: self._try(token, report))
        if self._weather.contradicts():
            self._plan(seconds + 1.0, lambda: self._contradict(token))

    def _plan(self, delay: float, deed: Callable[[], None]) -> None:
        self._loop.want(self._loop.now + delay, deed, order=self._weather.order())

    def _try(self, token: str, report: Report) -> None:
        with suppress(TokenGone, TokenDecided):  # the worker learns that it is late
            self.report(token, report)

    def _contradict(self, token: str) -> None:
        """Say something else, once the first report is known to have been heard."""
        if any(each.token == token for each in self.said):
            self._try(token, CONTRADICTION)
