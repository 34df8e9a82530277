"""Parts -> one node: a constant where every part is constant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.model.expressions import Array, Expression, Literal, Object


def object_of(fields: Mapping[str, Expression]) -> Expression:
    """Return the object of these fields.

    >>> object_of({"a": Literal(value=1)})
    Literal(value={'a': 1})
    """
    constants = {
        name: each.value for name, each in fields.items() if isinstance(each, Literal)
    }
    if len(constants) == len(fields):
        return Literal(value=constants)
    return Object(fields=tuple(fields.items()))


def array_of(items: Sequence[Expression]) -> Expression:
    """Return the array of these elements.

    >>> array_of([Literal(value=1), Literal(value=2)])
    Literal(value=[1, 2])
    """
    constants = [each.value for each in items if isinstance(each, Literal)]
    if len(constants) == len(items):
        return Literal(value=constants)
    return Array(items=tuple(items))
