"""What return, switch and the names of resources become in the model."""

import pytest

from chalicelib.formats import document
from chalicelib.formats.rillflow import compile_document
from chalicelib.formats.rillflow.resources import Resource, resource
from chalicelib.model.expressions import And, Condition
from chalicelib.model.workflow import Choice, Rule


def states(*tasks):
    value = {"workspace": "shop", "dagName": "order", "type": "flow"}
    source = document.of({**value, "tasks": list(tasks)})
    return compile_document(source, name="").scope.states


def test_return_takes_no_edge_when_all_conditions_hold():
    found = states(
        {
            "name": "A",
            "category": "return",
            "conditions": ["$.input.a", "$.input.b"],
            "next": "B",
            "outputMappings": [{"source": "x", "target": "$.context.x"}],
        },
        {"name": "B", "category": "pass"},
    )["A"]

    rules = Condition(text="$.input.a"), Condition(text="$.input.b")
    assert found.work == Choice(
        rules=(Rule(condition=And(rules=rules), next=()),),
        default=("B",),
        default_skips=True,
    )
    assert found.assign is None


def test_switch_asks_in_order_and_ends_at_a_break():
    found = states(
        {
            "name": "S",
            "category": "switch",
            "next": "whatever",
            "switches": [
                {"condition": "default", "next": "D"},
                {"condition": "$.input.a", "next": "A, B,A"},
                {"condition": "$$$", "next": "A", "break": True},
            ],
        },
        *({"name": name, "category": "pass"} for name in "ABD"),
    )["S"]

    first = Condition(text="$.input.a")
    broken = Condition(text="$$$")
    assert found.next == ("D", "A", "B")
    assert found.work == Choice(
        rules=(
            Rule(condition=first, next=("A", "B"), final=False),
            Rule(condition=broken, next=("A",), final=True),
        ),
        default=("D",),
    )


def test_switch_without_anything_goes_nowhere():
    empty = {"name": "S", "category": "switch", "switches": []}

    assert states(empty)["S"].work == Choice(rules=(), default=())


@pytest.mark.parametrize(
    ("name", "protocol", "found"),
    [
        ("http://shop/x", "", Resource("http", "http://shop/x")),
        ("https://shop/x", "http", Resource("http", "https://shop/x")),
        ("lambda://resize", "", Resource("plain", "lambda:resize")),
        ("resize:live", "lambda", Resource("plain", "lambda:resize:live")),
        ("sqs://jobs", "", Resource("plain", "sqs:jobs")),
        ("", "robot", Resource("plain", "robot:")),
        ("x://arm", "robot", Resource("plain", "robot:arm")),
        ("shop:ship", "rillflow", Resource("workflow", "workflow:shop-ship")),
        (
            "rillflow://shop:ship:canary",
            "",
            Resource("workflow", "workflow:shop-ship:canary"),
        ),
    ],
)
def test_resources(name, protocol, found):
    assert resource(name, protocol) == found
