"""How is an expression run? Compiled once, with names and a budget of its own."""

from __future__ import annotations

import sys
from functools import lru_cache

from chalicelib.expressions.jsonata.calling import Run
from chalicelib.expressions.jsonata.compiler import compile_node
from chalicelib.expressions.jsonata.frames import Frame, Place
from chalicelib.expressions.jsonata.library import LIBRARY
from chalicelib.expressions.jsonata.values import MISSING, copied
from chalicelib.expressions.scope import View
from chalicelib.model.expressions import Jsonata
from chalicelib.model.jsonata_syntax import NotJsonata as NotJsonata
from chalicelib.model.jsonata_syntax import parse
from chalicelib.values import Json

#: Frames of Python: 250 calls inside calls (``budget.MAX_DEPTH``) of up to 20 frames.
_FRAMES = 6_000
sys.setrecursionlimit(max(sys.getrecursionlimit(), _FRAMES))


@lru_cache(maxsize=2048)
def _compiled(text: str) -> Run:
    return compile_node(parse(text))


def run(node: Jsonata, names: dict[str, Json], view: View) -> Json:
    """Return the value of the expression; MISSING where it has none.

    Raises:
        NotJsonata: it cannot be read.
        Refusal: it has no value because something in it is wrong, or too much.
    """
    place = Place(view, f"{node.field}\x1f{node.text}")
    value = _compiled(node.text)(MISSING, Frame(names, place, LIBRARY))
    return copied(value, place.budget)
