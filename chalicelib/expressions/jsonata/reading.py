"""What does a JSONata expression of the Amazon States Language give?

    text --(once)--> names behind a variable, or a compiled tree
    that + view  --> value: plain JSON, of the kind its field needs

An expression sees ``$states`` and the variables of its scope, nothing else: there is
no ``$`` at its top. What goes wrong is a ``States.QueryEvaluationError`` with a cause
worded as AWS words it, because people search for those words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from chalicelib.expressions import context
from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.checks import CHECKS, failure
from chalicelib.expressions.jsonata.values import MISSING
from chalicelib.expressions.scope import View
from chalicelib.model.expressions import Jsonata
from chalicelib.values import Json

_Evaluate = Callable[[Any, View], Json]

_NAMES = re.compile(r"\$([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)", re.ASCII)
#: Words that are no names behind a dot.
_WORDS = frozenset({"and", "or", "in", "true", "false", "null"})
#: Where ``$states`` stands, and which of its parts is meant where that is plain.
_STATES = re.compile(r"\$states\b(?:\.(\w+))?", re.ASCII)
#: Parts of ``$states``; a part may be asked for some steps only.
_STATIONS: dict[str, Callable[[View, Sequence[str]], Json]] = {
    "input": lambda view, names: view.input,
    "result": lambda view, names: view.result,
    "errorOutput": lambda view, names: MISSING if view.error is None else view.error,
    "context": lambda view, names: context.read(view, tuple(names)),
}


def read(node: Jsonata, view: View, evaluate: _Evaluate) -> Json:
    """Return the value of the expression.

    Raises:
        EvaluationFailure: it has none, or not one for its field.
    """
    names = _names(node.text)
    value = MISSING if names is None else _walked(names, view)
    if value is MISSING:
        value = _run(node, view)
    return CHECKS[node.expects](node, value)


@lru_cache(maxsize=2048)
def _names(text: str) -> tuple[str, ...] | None:
    """Return the names of a plain path; None for any other expression.

    >>> _names("$states.input.id"), _names("$a[0]")
    (('states', 'input', 'id'), None)
    """
    found = _NAMES.fullmatch(text)
    if found is None:
        return None
    names = tuple(found[1].split("."))
    return None if _WORDS.intersection(names[1:]) else names


def _walked(names: tuple[str, ...], view: View) -> Json:
    """Return what is behind plain names; MISSING where it takes more to find out."""
    root, *rest = names
    value: Json = view.variables
    if root == "states":
        station, *rest = rest or [""]
        find = _STATIONS.get(station)
        value = MISSING if find is None else find(view, rest)
    else:
        value = value.get(root, MISSING)
    for name in rest:
        # In an array every element is asked: that is not plain any more.
        if value.__class__ is not dict:
            return MISSING
        value = value.get(name, MISSING)
    return value


def _run(node: Jsonata, view: View) -> Json:
    # The interpreter is loaded when the first expression needs it.
    from chalicelib.expressions.jsonata import running

    try:
        value = running.run(node, _bindings(node.text, view), view)
    except Refusal as refusal:
        raise failure(node, _reason(refusal)) from None
    except running.NotJsonata as error:
        raise failure(node, f"is not valid: {error}") from None
    except RecursionError:
        raise failure(node, f"{_THREW} D1011: it is nested too deeply") from None
    except Exception as error:
        # Nothing of an author's may end more than the author's own state.
        raise failure(node, f"{_THREW} {type(error).__name__}: {error}") from None
    if value is MISSING:
        raise failure(node, "returned nothing (undefined).")
    return value


_THREW = "threw an error during evaluation."


def _reason(refusal: Refusal) -> str:
    if refusal.code == Refusal.NO_JSON:
        return "returned an unsupported result type."
    return f"{_THREW} {refusal.code}: {refusal}"


def _bindings(text: str, view: View) -> dict[str, Json]:
    """Return the names that the expression sees."""
    names = dict(view.variables)
    stations = _stations(text)
    if stations:
        found = {each: _STATIONS[each](view, ()) for each in stations}
        names["states"] = {
            name: value for name, value in found.items() if value is not MISSING
        }
    return names


@lru_cache(maxsize=2048)
def _stations(text: str) -> frozenset[str]:
    """Return the parts of ``$states`` that an expression may ask for.

    >>> sorted(_stations("$states.input.a + $states.context.State.RetryCount"))
    ['context', 'input']
    """
    found = set(_STATES.findall(text))
    return frozenset(_STATIONS if "" in found else found & _STATIONS.keys())
