"""Scopes with variables of their own, and containers that run one branch."""

import pytest

from chalicelib.engine.commands import CallTask, EndScope, StartChildren
from chalicelib.engine.state import Failure, Status
from chalicelib.model import workflow as model
from tests.builders import (
    a_pass,
    a_scope,
    a_state,
    a_task,
    a_workflow,
    an_execution,
    an_object,
    literal,
    path,
)

#: ``x`` begins as the input, and ``y`` with nothing.
OWN = {"variables": an_object(x=path("$"), y=literal(0))}


def a_flow(*states, **facts):
    return a_workflow(scope=a_scope("0", *states, **OWN, **facts))


def a_switch(name, *following, branches):
    work = model.Parallel(branches=tuple(branches), only_first=True)
    return a_state(name, *following, work=work)


def a_branch(at, *states, condition=None, **facts):
    scope = a_scope(f"0/way/{at}", *states)
    return model.Branch(scope=scope, condition=condition, **facts)


def test_a_scope_makes_its_variables_of_its_input():
    execution = an_execution(a_flow(a_task("a")), {"n": 1})

    assert execution.state.variables == {"x": {"n": 1}, "y": 0}


def test_its_states_receive_nothing_else():
    flow = a_flow(
        a_pass("a", "b", output=literal({"big": 1}), assign=an_object(y=literal(2))),
        a_task("b", input=an_object(both=path("$y"))),
    )
    execution = an_execution(flow, {"n": 1})

    assert execution.at("b").input == {}
    assert execution.asked(CallTask)[0].payload == {"both": 2}


def test_its_states_are_entered_with_the_input_they_make():
    flow = a_flow(a_pass("a", input=path("$x")))
    execution = an_execution(flow, {"n": 1})

    (entered,) = [each for each in execution.history if each.kind == "StateEntered"]
    assert entered.value == {"n": 1}


def test_it_gives_what_it_makes_of_its_variables():
    flow = a_flow(
        a_pass("a", assign=an_object(y=literal(5))),
        output=an_object(x=path("$x"), y=path("$y"), last=path("$")),
    )

    assert an_execution(flow, {"n": 1}).state.output == {
        "x": {"n": 1},
        "y": 5,
        "last": {},
    }


def test_a_succeed_gives_that_too_after_its_own_assignment():
    end = a_state("end", work=model.Succeed(), assign=an_object(y=literal(7)))
    flow = a_flow(end, a_pass("never"), output=path("$y"))

    assert an_execution(flow, {}).state.output == 7


def test_a_scope_fails_whose_output_has_no_value():
    flow = a_flow(a_pass("a"), output=path("$nowhere"))
    execution = an_execution(flow, {})

    assert execution.state.status is Status.FAILED
    assert execution.state.failure.error == "States.Runtime"


def test_a_scope_without_states_gives_its_output():
    flow = a_workflow(
        scope=model.Scope(id="0", start=(), states={}, output=path("$x"), **OWN)
    )

    assert an_execution(flow, {"n": 1}).state.output == {"n": 1}


def test_a_scope_without_states_fails_whose_output_has_no_value():
    scope = model.Scope(id="0", start=(), states={}, output=path("$nowhere"))

    assert an_execution(a_workflow(scope=scope), {}).state.status is Status.FAILED


def test_children_with_variables_of_their_own_get_none():
    inner = a_scope("0/each", a_task("t"), **OWN)
    flow = a_flow(a_state("each", work=model.Map(scope=inner, items=literal([1]))))
    execution = an_execution(flow, {"n": 1})

    assert execution.asked(StartChildren)[0].variables == {}


CHOICES = {
    "one": (literal(True), literal(True), {"way": "first"}),
    "two": (literal(False), literal(True), {"way": "second"}),
    "none": (literal(False), literal(False), {"way": "neither"}),
}


@pytest.mark.parametrize("which", CHOICES)
def test_the_first_branch_that_holds_runs_alone_and_says_where_to(which):
    one, two, output = CHOICES[which]
    flow = a_workflow(
        a_switch(
            "way",
            "c",
            branches=[
                a_branch(0, a_pass("in"), condition=one, next=("a",)),
                a_branch(1, a_pass("in"), condition=two, next=("b",)),
            ],
        ),
        a_pass("a", output=literal({"way": "first"})),
        a_pass("b", output=literal({"way": "second"})),
        a_pass("c", output=literal({"way": "neither"})),
    )
    execution = an_execution(flow, {})

    assert execution.state.output == output
    assert len([each for each in execution.said if each[1] == "in"]) == 2 * (
        which != "none"
    )


def test_a_branch_that_says_nothing_leads_where_its_state_does():
    flow = a_workflow(
        a_switch("way", "after", branches=[a_branch(0, a_pass("in"))]),
        a_pass("between"),
        a_pass("after"),
    )

    assert ("StateEntered", "between") not in an_execution(flow, {}).said


def test_a_branch_that_leads_nowhere_ends_the_scope():
    flow = a_workflow(
        a_switch("way", "after", branches=[a_branch(0, a_pass("in"), next=())]),
        a_pass("after"),
    )
    execution = an_execution(flow, {})

    assert execution.asked(EndScope)
    assert ("StateEntered", "after") not in execution.said


def test_a_branch_that_fails_fails_its_state():
    broken = a_state("in", work=model.Fail(error=literal("E"), cause=literal("c")))
    flow = a_workflow(
        a_switch("way", "after", branches=[a_branch(0, broken, next=("after",))]),
        a_pass("after"),
    )

    assert an_execution(flow, {}).state.failure == Failure(error="E", cause="c")
