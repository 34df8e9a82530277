"""Is what a state made small enough to be written down?

Values are shared, not copied: a state that names its input twice makes two of it for
nothing, and thirty such states make what no process can write. So what an expression
makes is weighed before it goes on. What a walk has weighed it knows, so weighing costs
no more than making did; a path or a constant makes nothing.
"""

from __future__ import annotations

from chalicelib.engine.walk import Walk
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import evaluate
from chalicelib.expressions.scope import View
from chalicelib.model.error_names import Kind
from chalicelib.model.expressions import Expression, Literal, Path
from chalicelib.values import Json

#: Characters, nearly, of a value: what an answer may have, unless the stage says else.
LARGEST = 32 * 1024 * 1024
#: Arrays and objects inside each other: what json writes of a process's own depth.
DEEPEST = 800
#: What a number, true, false or null counts, with the comma behind it.
_SCALAR = 5


def make(walk: Walk, program: Expression, view: View) -> Json:
    """Return the value of an expression.

    Raises:
        EvaluationFailure: it has none, or one that is too large to be written.
    """
    value = evaluate(program, view)
    if isinstance(program, Literal | Path) or not isinstance(value, dict | list):
        return value
    try:
        characters, depth = _weigh(value, walk.weighed)
    except RecursionError:
        characters, depth = 0, DEEPEST + 1
    if depth > DEEPEST:
        raise _refused(walk, f"a value may be nested {DEEPEST} deep")
    if characters > LARGEST:
        raise _refused(walk, f"a value may have {LARGEST} characters")
    return value


def _refused(walk: Walk, cause: str) -> EvaluationFailure:
    return EvaluationFailure(walk.name_of(Kind.TOO_LARGE), cause)


def _weigh(value: Json, known: dict[int, tuple[Json, int, int]]) -> tuple[int, int]:
    """Return characters and depth of an array or an object."""
    found = known.get(id(value))
    if found is not None:
        return found[1], found[2]
    characters, deepest = 2, 0
    is_object = isinstance(value, dict)
    for each in value.values() if is_object else value:
        if isinstance(each, str):
            characters += len(each) + 3
        elif isinstance(each, dict | list):
            inside, depth = _weigh(each, known)
            characters += inside + 1
            deepest = max(deepest, depth)
        else:
            characters += _SCALAR
    if is_object:
        characters += sum(map(len, value)) + 3 * len(value)
    known[id(value)] = (value, characters, deepest + 1)
    return characters, deepest + 1
