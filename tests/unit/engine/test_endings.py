import pytest

from chalicelib.engine.state import Failure, Status
from chalicelib.model import workflow as model
from chalicelib.model.expressions import Compare
from tests.builders import (
    EVERYTHING,
    a_choice,
    a_fail,
    a_pass,
    a_rule,
    a_state,
    a_workflow,
    an_execution,
    an_object,
    literal,
    path,
)

IS_BIG = Compare(operator="NumericGreaterThan", left=path("$.n"), right=literal(9))
BIG, SMALL = a_pass("big", arguments=literal("B")), a_pass("small")


def picking(*rules, **facts):
    return a_workflow(a_choice("pick", *rules, **facts), BIG, SMALL)


# -- Choice --------------------------------------------------------------------


def test_the_first_rule_that_holds_is_followed():
    flow = picking(a_rule(IS_BIG, "big"), a_rule(True, "small"))

    assert an_execution(flow, {"n": 10}).state.output == "B"
    assert an_execution(flow, {"n": 1}).state.output == {"n": 1}


def test_the_default_is_followed_when_no_rule_holds():
    flow = picking(a_rule(IS_BIG, "big"), default=("small",))

    assert an_execution(flow, {"n": 1}).state.output == {"n": 1}


def test_a_choice_may_end_its_scope():
    flow = picking(a_rule(IS_BIG, "big"), default=())

    assert an_execution(flow, {"n": 1}).state.output == {"n": 1}


def test_no_rule_and_no_default_is_a_failure():
    execution = an_execution(picking(a_rule(IS_BIG, "big")), {"n": 1})

    assert execution.state.failure == Failure(
        error="States.NoChoiceMatched",
        cause="no rule of 'pick' holds, and it has no default",
    )


def test_no_choice_can_be_caught():
    catch = (model.Catcher(errors=EVERYTHING, next="small"),)

    execution = an_execution(picking(a_rule(IS_BIG, "big"), catch=catch), {"n": 1})

    assert execution.state.output["Error"] == "States.NoChoiceMatched"


def test_a_condition_that_has_no_value_fails_the_choice():
    execution = an_execution(picking(a_rule(path("$.gone"), "big")), {})

    assert execution.state.failure.error == "States.Runtime"


RULE = {"output": an_object(by=literal("rule")), "assign": an_object(r=literal(1))}
STATE = {"output": an_object(by=literal("state")), "assign": an_object(s=literal(1))}


@pytest.mark.parametrize(
    ("rule", "output", "variables"),
    [
        pytest.param(RULE, {"by": "rule"}, {"r": 1}, id="the rule's come first"),
        pytest.param({}, {"by": "state"}, {"s": 1}, id="else the state's"),
    ],
)
def test_a_choice_shapes_its_output_and_assigns(rule, output, variables):
    flow = picking(a_rule(True, "small", **rule), **STATE)

    execution = an_execution(flow)

    assert execution.state.output == output
    assert execution.state.variables == variables


def test_the_default_uses_the_states_output():
    flow = picking(a_rule(False, "big", **RULE), default=("small",), **STATE)

    assert an_execution(flow).state.output == {"by": "state"}


# -- Succeed and Fail ----------------------------------------------------------


def test_succeed_ends_the_scope_wherever_it_stands():
    end = a_state("end", "never", work=model.Succeed())

    execution = an_execution(a_workflow(end, a_pass("never")), {"n": 1})

    assert execution.state.output == {"n": 1}
    assert execution.said[-2:] == [("StateExited", "end"), ("ExecutionSucceeded", "")]


def test_succeed_may_shape_its_output():
    end = a_state(
        "end", work=model.Succeed(), input=path("$.n"), output=an_object(n=path("$"))
    )

    assert an_execution(a_workflow(end), {"n": 1}).state.output == {"n": 1}


def test_fail_fails_the_scope_with_the_authors_words():
    execution = an_execution(a_workflow(a_fail("end", "Own", "words")))

    assert execution.state.status is Status.FAILED
    assert execution.state.failure == Failure(error="Own", cause="words")


def test_fail_may_take_its_words_from_the_data():
    work = model.Fail(error=path("$.code"), cause=path("$.why"))

    execution = an_execution(
        a_workflow(a_state("end", work=work)), {"code": 404, "why": "x"}
    )

    assert execution.state.failure == Failure(error="404", cause="x")


def test_fail_may_have_no_words():
    execution = an_execution(a_workflow(a_state("end", work=model.Fail())))

    assert execution.state.failure == Failure(error="", cause="")
