"""What can an expression see? Data, and the few facts that only look impure.

Time comes from the event, chance from a hash of (execution, scope, activation,
attempt): evaluating again gives the same value, so a replay needs no patching.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import field

from chalicelib.frozen import dataclass
from chalicelib.model.arns import Naming
from chalicelib.values import Json

_NOTHING: Mapping[str, Json] = {}


def _nothing_lent(question: Mapping[str, Json]) -> Json:
    """Answer where nobody lends anything.

    >>> _nothing_lent({"name": "a"})
    {'error': "nothing is known of 'a' here"}
    """
    return {"error": f"nothing is known of {question['name']!r} here"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about where the expression is evaluated."""

    execution: str = ""
    execution_name: str = ""
    execution_input: Json = None
    #: Seconds since the epoch.
    started_at: float = 0.0
    #: How many times this scope was redriven, and when last.
    redrives: int = 0
    redriven_at: float | None = None
    workflow: str = ""
    version: str = ""
    naming: Naming = field(default_factory=Naming)
    state: str = ""
    entered_at: float = 0.0
    #: Position in the history of the event that tells of the state's entry.
    event: int = 0
    #: Retries so far of this activation.
    retry_count: int = 0
    #: Whether the state is of a type that may be tried again.
    can_retry: bool = True
    #: Task token of the present attempt; empty where there is none.
    token: str = ""
    #: Position and raw item of the iteration; None outside of a Map.
    index: int | None = None
    item: Json = None
    #: ``Key`` and ``Source`` of the item, as far as an ItemSelector may know them.
    item_facts: Mapping[str, Json] = field(default_factory=dict)
    #: Positions in all the fan-outs around, outermost first.
    indexes: tuple[int, ...] = ()
    #: Time of the event.
    at: float = 0.0
    #: What chance is derived from.
    salt: str = ""
    #: Looks up what a task takes from elsewhere: see ``rill_loans``.
    borrow: Callable[[Mapping[str, Json]], Json] = _nothing_lent
    #: Task name -> callback URL, for Rill Flow's ``$.tasks.X.trigger_url``.
    trigger_urls: Mapping[str, str] = field(default_factory=dict)

    def chance(self, use: str) -> float:
        """Return a number in [0, 1): the same for the same salt and ``use``."""
        found = hashlib.sha256(f"{self.salt}\x1f{use}".encode()).digest()
        return int.from_bytes(found[:7], "big") / (1 << 56)


NO_FACTS = Facts()


class View:
    """The stations of data that are filled so far; a part may be missing (None)."""

    __slots__ = (
        "_facts",
        "data",
        "error",
        "index",
        "input",
        "item",
        "raw_input",
        "result",
        "variables",
    )

    def __init__(
        self,
        data: Json = None,
        *,
        raw_input: Json = None,
        input: Json = None,
        result: Json = None,
        variables: Mapping[str, Json] = _NOTHING,
        facts: Facts | Callable[[], Facts] = NO_FACTS,
        error: Json = None,
        item: Json = None,
        index: int | None = None,
    ) -> None:
        #: ``$``: the value at hand.
        self.data = data
        self.raw_input = raw_input
        self.input = input
        self.result = result
        self.variables = variables
        #: Facts, or how to get them: most expressions never ask.
        self._facts = facts
        #: ``{"Error": …, "Cause": …}`` where a failure is being handled.
        self.error = error
        self.item = item
        self.index = index

    @property
    def facts(self) -> Facts:
        """What is known about where the expression is evaluated."""
        if not isinstance(self._facts, Facts):
            self._facts = self._facts()
        return self._facts

    def at(self, data: Json) -> View:
        """Return the same view with another ``$``."""
        return View(
            data,
            raw_input=self.raw_input,
            input=self.input,
            result=self.result,
            variables=self.variables,
            facts=self._facts,
            error=self.error,
            item=self.item,
            index=self.index,
        )
