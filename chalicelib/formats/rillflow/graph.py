"""How do the tasks of one level follow each other?

``next`` is a list with commas and nothing else: a blank belongs to the name, so that
``B, C`` names a task that cannot exist. In a ``switch`` blanks are nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from chalicelib.formats.fields import Part
from chalicelib.formats.rillflow.shapes import text_of
from chalicelib.values import Json


def following(task: Json) -> tuple[str, ...]:
    """Return the names of the tasks behind ``task``, each once."""
    if task.get("category") == "switch":
        switches = task.get("switches")
        elements = switches if isinstance(switches, list) else []
        return tuple(dict.fromkeys(name for each in elements for name in targets(each)))
    text = text_of(task.get("next"))
    names = text.rstrip(",").split(",") if text.strip() else []
    return tuple(dict.fromkeys(names))


def targets(switch: Json) -> tuple[str, ...]:
    """Return the names in one element of ``switches``."""
    text = text_of(switch.get("next")) if isinstance(switch, dict) else ""
    names = (name.strip() for name in text.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def levels(
    tasks: Part, trail: tuple[str, ...] = ()
) -> Iterator[tuple[Part, tuple[str, ...]]]:
    """Yield every list of tasks with the names of the tasks around it."""
    yield tasks, trail
    for task in tasks.elements():
        inside = (*trail, text_of(task["name"].value))
        category = task["category"].value
        if category == "foreach":
            yield from levels(task["tasks"], inside)
        if category == "choice":
            for choice in task["choices"].elements():
                yield from levels(choice["tasks"], inside)


def roots(tasks: Sequence[Json]) -> tuple[str, ...]:
    """Return the names of the tasks that nothing comes before."""
    behind = {name for task in tasks for name in following(task)}
    names = (text_of(task["name"]) for task in tasks)
    return tuple(name for name in names if name not in behind)


def circle(edges: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return names that lead back to the first; nothing when none do.

    >>> circle({"A": ("B",), "B": ("A",)})
    ['A', 'B', 'A']
    """
    done: set[str] = set()
    for first in edges:
        trail = {} if first in done else {first: iter(edges[first])}
        while trail:
            name = next(reversed(trail))
            after = next(trail[name], None)
            if after is None:
                done.add(name)
                del trail[name]
            elif after in trail:
                names = list(trail)
                return [*names[names.index(after) :], after]
            elif after in edges and after not in done:
                trail[after] = iter(edges[after])
    return []
