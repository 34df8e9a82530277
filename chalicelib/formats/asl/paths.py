"""A text with a path -> the node that reads it."""

from __future__ import annotations

from chalicelib.formats.fields import Part
from chalicelib.model.expressions import Path, Steps
from chalicelib.model.path_parts import PathError
from chalicelib.model.paths import parse

#: Stands for what could not be read: the problem is reported, the walk goes on.
UNREADABLE = Path(text="$")


def to_path(text: str) -> Path:
    """Return the node of a path's text.

    >>> to_path("$$.Execution.Id").steps
    ('Execution', 'Id')

    Raises:
        PathError: it is not a path.
    """
    parsed = parse(text)
    if parsed.root == "$states":
        # ASL, 'Reserved "states" Variable with JSONPath': it has no contents.
        raise PathError(
            f"{text!r}: $states is there for QueryLanguage JSONata only; begin with $ "
            "for the input, or $$ for the context object"
        )
    if parsed.steps is not None:
        return Path(text=text, root=parsed.root, steps=parsed.steps)
    query = f"${text[len(parsed.root) :]}"
    return Path(text=text, root=parsed.root, steps=None, query=query)


def compile_path(part: Part) -> Path:
    """Return the path that ``part`` spells."""
    try:
        return to_path(part.value)
    except PathError as error:
        part.wrong(f"{error}; write one such as $.order.id")
        return UNREADABLE


def compile_reference(part: Part) -> Steps | None:
    """Return the steps of a ResultPath; None when it is not one.

    ASL, "Reference Paths": one place in the state's input, nothing else.
    """
    path = compile_path(part)
    if path.root != "$" or path.steps is None:
        part.wrong(
            "a ResultPath names one place of the input; write $, or names and "
            "positions such as $.order.items[0]"
        )
        return None
    return path.steps
