"""How is a program run? Compiled once, with names and a budget of its own.

What a script is given is never changed: what it may change is copied first, and what
it did change is told beside its value.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions.aviator.calling import Left, Run
from chalicelib.expressions.aviator.frames import Frame, Place
from chalicelib.expressions.aviator.statements import compile_node
from chalicelib.expressions.aviator.values import Thrown, Value
from chalicelib.expressions.aviator.written import json_of
from chalicelib.expressions.jsonata.budget import Budget, Refusal
from chalicelib.expressions.scope import NO_FACTS, Facts
from chalicelib.model import aviator_tree as tree
from chalicelib.model.aviator_grammar import parse
from chalicelib.model.aviator_names import CHANGING, dotted, parts
from chalicelib.model.aviator_tree import NotAviator
from chalicelib.values import Json, compact

FAILED = "expression_failed"
REFUSED = "expression_too_much"
INVALID = "expression_invalid"
#: Frames of Python: 250 calls inside calls (``budget.MAX_DEPTH``) of up to 20 frames.
_FRAMES = 6_000
sys.setrecursionlimit(max(sys.getrecursionlimit(), _FRAMES))


class Outcome(NamedTuple):
    """What a program gave, and which of its names have another value now."""

    value: Json
    changed: dict[str, Json]


class Program(NamedTuple):
    """A program, compiled."""

    run: Run
    #: Names that it reads.
    names: frozenset[str]
    #: Whether it may change what it is given.
    changes: bool


@lru_cache(maxsize=2048)
def compiled(text: str) -> Program:
    """Return a program, ready to run.

    Raises:
        NotAviator: the text is none.
    """
    program = parse(text)
    nodes = [*parts(program)]
    names = {each.name for each in nodes if isinstance(each, tree.Name)}
    return Program(
        run=compile_node(program),
        names=frozenset(names),
        changes=any(_changes(each) for each in nodes),
    )


def _changes(node: tree.Node) -> bool:
    if isinstance(node, tree.Assign):
        return not isinstance(node.target, tree.Name)
    return dotted(node) in CHANGING


def evaluate(
    text: str, environment: Mapping[str, Json], facts: Facts = NO_FACTS, place: str = ""
) -> Json:
    """Return what a program gives; nothing else comes out of it.

    Args:
        text: The program.
        environment: The names that it sees.
        facts: Where it is evaluated: time and chance come from here.
        place: Where it is written, so that two programs draw other chances.

    Raises:
        EvaluationFailure: ``expression_invalid``: it is no program;
            ``expression_failed``: it ended with an error; ``expression_too_much``:
            it takes more steps or room than there are.
    """
    return run(text, environment, facts, place).value


def run(
    text: str, environment: Mapping[str, Json], facts: Facts = NO_FACTS, place: str = ""
) -> Outcome:
    """Return what a program gives, and what it changed of the environment.

    Raises:
        EvaluationFailure: as ``evaluate`` does.
    """
    try:
        where = Place(environment, facts, place or text)
        return _outcome(compiled(text), environment, where)
    except NotAviator as error:
        raise EvaluationFailure(INVALID, str(error)) from None
    except Thrown as thrown:
        raise EvaluationFailure(FAILED, _told(thrown, text)) from None
    except Refusal as refusal:
        raise EvaluationFailure(REFUSED, str(refusal)) from None
    except RecursionError:
        raise EvaluationFailure(REFUSED, "calls are nested too deeply") from None
    except Exception as error:
        # Nothing of an author's may end more than the author's own task.
        why = f"{type(error).__name__}: {error}"
        raise EvaluationFailure(FAILED, why) from None


def _told(thrown: Thrown, text: str) -> str:
    line = text.count("\n", 0, max(thrown.at, 0)) + 1
    return f"{thrown.error.kind} in line {line}: {thrown.error.message}"


def _outcome(
    program: Program, environment: Mapping[str, Json], place: Place
) -> Outcome:
    given = {name: environment[name] for name in environment if name in program.names}
    if program.changes:
        given = {name: _copied(each, place.budget) for name, each in given.items()}
    shared = dict(given) if program.changes else {}
    found = program.run(Frame(given, place).inside({}))
    value = found.value if found.__class__ is Left else found
    changed = {}
    for name, each in shared.items():
        after = json_of(each, place.budget)
        if compact(after) != compact(environment[name]):
            changed[name] = after
    return Outcome(json_of(value, place.budget), changed)


def _copied(value: Json, budget: Budget) -> Value:
    if isinstance(value, dict):
        budget.take(len(value))
        return {key: _copied(each, budget) for key, each in value.items()}
    if isinstance(value, list):
        budget.take(len(value))
        return [_copied(each, budget) for each in value]
    return value
