"""The two functions that all three greeting workflows call."""

from __future__ import annotations

from typing import Any

Event = dict[str, Any]


class NobodyToGreet(ValueError):
    """The list has no name in it."""


def normalise(event: Event) -> Event:
    """Return each person once, in order, with a name written as names are."""
    names = [" ".join(str(name).split()) for name in event.get("names") or []]
    written = [_written(name) for name in names if name]
    people = [{"name": name} for name in dict.fromkeys(written)]
    if not people:
        raise NobodyToGreet("there is nobody to greet")
    return {"people": people, "count": len(people)}


def greet(event: Event) -> Event:
    """Return the greeting of one person."""
    name = event["name"]
    return {"name": name, "text": f"Welcome aboard, {name}!"}


def _written(name: str) -> str:
    """Give capitals to a name that has none, or only them.

    >>> _written("ADA lovelace"), _written("Ludwig van Beethoven")
    ('Ada Lovelace', 'Ludwig van Beethoven')
    """
    mixed = any(word not in (word.lower(), word.upper()) for word in name.split())
    return name if mixed else " ".join(word.capitalize() for word in name.split())
