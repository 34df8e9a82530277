"""Flows as texts and as values, and what the compiler says of them."""

import pytest
import yaml

from chalicelib.errors import DefinitionRefused
from chalicelib.formats import document
from chalicelib.formats.cloudflow import compile_document
from chalicelib.model.expressions import Path

HEAD = """\
Type: StateMachine
Name: order
SpecVersion: v1
StartAt: S
States:
"""


def problems(text):
    with pytest.raises(DefinitionRefused) as refused:
        compile_document(document.read(text), name="")
    return refused.value.problems


def facts(found):
    return [(each.line, each.column, each.path, each.message) for each in found]


def path(text, **more):
    root, *steps = text.split(".")
    return Path(text=text, root=root, steps=tuple(steps), **more)


def flow(*states, **more):
    return {
        "Type": "StateMachine",
        "Name": "order",
        "SpecVersion": "v1",
        "StartAt": states[0]["Name"],
        "States": list(states),
        **more,
    }


def compiled(*states, **more):
    return compile_document(document.of(flow(*states, **more)), name="order")


def the_state(text, *others):
    """Compile one state, written in YAML without its name and its end."""
    state = {"Name": "S", **yaml.safe_load(text)}
    if not {"Next", "End", "Branches"} & state.keys() or state["Type"] == "Parallel":
        state["End"] = True
    return compiled(state, *others).scope.states["S"]
