"""Which variables does a scope assign, and may it?

AWS, "Variables": a variable is seen in its scope and in those inside, which read it
and may not assign one of the same name. A distributed Map sees none from outside.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.formats.fields import Part


def assigned(scope: Part) -> frozenset[str]:
    """Return the names that the states of a scope assign, at its own level."""
    return frozenset(name for name, _ in _assignments(scope))


def check_assigned(scope: Part, outside: frozenset[str]) -> None:
    """Add a problem for each variable of a scope that is assigned outside, too."""
    for name, part in _assignments(scope):
        if name in outside:
            part.wrong(
                f"the variable {name!r} is assigned outside of this, where it can only "
                "be read; choose another name",
                at="key",
            )


def _assignments(scope: Part) -> Iterator[tuple[str, Part]]:
    for _, state in scope["States"].members():
        for holder in (state, *state["Choices"].elements(), *state["Catch"].elements()):
            for name, part in holder["Assign"].members():
                yield name.removesuffix(".$"), part
