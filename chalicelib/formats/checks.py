"""Is a graph of states whole: reachable from its start, and able to end?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping


def reachable(
    start: Iterable[str], edges: Mapping[str, Collection[str]]
) -> frozenset[str]:
    """Return the states that ``start`` leads to, itself included.

    >>> sorted(reachable(["a"], {"a": ["b"], "b": [], "c": ["a"]}))
    ['a', 'b']
    """
    found: set[str] = set()
    waiting = [name for name in start if name in edges]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(each for each in edges[name] if each in edges)
    return frozenset(found)


def unreachable(
    start: Iterable[str], edges: Mapping[str, Collection[str]]
) -> list[str]:
    """Return the states that nothing leads to, in the order they are written."""
    found = reachable(start, edges)
    return [name for name in edges if name not in found]
