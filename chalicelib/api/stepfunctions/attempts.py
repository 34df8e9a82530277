"""How far is an attempt of a Map or a Parallel, as its history is told?"""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.model.workflow import Map, State

#: (scope, name of the state)
Key = tuple[str, str]


@dataclass(slots=True)
class Attempt:
    """What has become of it so far."""

    #: Whether a child failed, or something else that makes it fail.
    has_failed: bool = False
    #: Whether its children have all been waited for.
    has_joined: bool = False
    #: Runtime ids of the children that have begun and go on, in their order.
    children: dict[str, None] = field(default_factory=dict)

    def is_done(self, state: State) -> bool:
        """Whether it succeeded; otherwise a catcher led out of it."""
        if not self.has_joined or not self.has_failed:
            return self.has_joined
        work = state.work
        return isinstance(work, Map) and bool(
            work.tolerated_count or work.tolerated_percentage
        )


class Attempts:
    """Those that go on."""

    def __init__(self) -> None:
        self._open: dict[Key, Attempt] = {}

    def begin(self, key: Key) -> bool:
        """Note that one has begun; whether that is news."""
        is_news = key not in self._open
        self._open[key] = Attempt()
        return is_news

    def fail(self, key: Key) -> None:
        """Note that something of it failed, if it goes on."""
        if key in self._open:
            self._open[key].has_failed = True

    def join(self, key: Key, *, is_joined: bool = True) -> None:
        """Note whether its children have all been waited for, if it goes on."""
        if key in self._open:
            self._open[key].has_joined = is_joined

    def child_began(self, key: Key, child: str) -> None:
        """Note that a child goes on."""
        if key in self._open:
            self._open[key].children[child] = None

    def child_ended(self, key: Key, child: str) -> None:
        """Note that a child is over."""
        if key in self._open:
            self._open[key].children.pop(child, None)

    def end(self, key: Key) -> Attempt | None:
        """Return the one that is over, if it had begun."""
        return self._open.pop(key, None)
