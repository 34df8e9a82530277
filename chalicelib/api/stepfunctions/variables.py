"""Which variables does each state of a machine read?

AWS, "DescribeStateMachine", ``variableReferences``: states that read none are not in
it; states of branches and iterations stand beside the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

from chalicelib.model.expressions import Jsonata, Path
from chalicelib.model.jsonata_syntax import Node, parse
from chalicelib.model.workflow import Scope, Workflow
from chalicelib.values import Json

#: Roots of paths that are no variables.
_ROOTS = ("$", "$$")


def references(workflow: Workflow) -> dict[str, Json]:
    """Return the variables by the names of the states that read them."""
    found = {
        name: list(dict.fromkeys(_read(state)))
        for scope in workflow.scopes.values()
        for name, state in scope.states.items()
    }
    return {name: variables for name, variables in found.items() if variables}


def _read(part: Any) -> Iterator[str]:
    """Yield the variables that are read in a part of the model, not in its scopes."""
    if isinstance(part, Path):
        yield from () if part.root in _ROOTS else (part.root,)
    elif isinstance(part, Jsonata):
        yield from _in_expression(part.text)
    elif isinstance(part, tuple):
        for each in part:
            yield from _read(each)
    elif is_dataclass(part) and not isinstance(part, Scope):
        for each in fields(part):
            yield from _read(getattr(part, each.name))


@lru_cache(maxsize=512)
def _in_expression(text: str) -> tuple[str, ...]:
    """Return the variables that an expression has from outside of itself.

    >>> _in_expression("($b := $a; $sum($map($list, function($x) { $x * $b })))")
    ('$a', '$list')
    """
    named, bound = [], {"", "$", "states"}
    for node in _nodes(parse(text)):
        if node.type == "variable":
            named.append(str(node.value))
        elif node.type == "bind":
            bound.add(str(node.lhs.value))
        elif node.type == "lambda":
            bound |= {str(each.value) for each in node.arguments}
    # A variable holds no function: whatever is called is one of the language's own.
    free = dict.fromkeys(each for each in named if each not in bound | _functions())
    return tuple(f"${each}" for each in free)


def _functions() -> frozenset[str]:
    from chalicelib.expressions.jsonata.library import LIBRARY  # loads the interpreter

    return frozenset(LIBRARY)


def _nodes(part: Any) -> Iterator[Node]:
    """Yield every node of a tree, in the order in which they are written."""
    if isinstance(part, list):
        for each in part:
            yield from _nodes(each)
    elif hasattr(part, "type") and hasattr(part, "steps"):
        yield part
        for name, inner in vars(part).items():
            if name != "_outer_instance":
                yield from _nodes(inner)
