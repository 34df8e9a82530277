"""Events that small runs do not have, told in the words of Step Functions."""

import pytest

from chalicelib.api.stepfunctions.history import translate
from chalicelib.api.stepfunctions.places import Places
from chalicelib.formats import compile_definition
from tests.unit.api.step_functions_history import SETTING, a_map, details, types
from tests.unit.api.step_functions_stage import a_machine, a_task

INVOKE = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "same", "Payload": {"n.$": "$.n"}},
    "TimeoutSeconds": 60,
    "HeartbeatSeconds": 5,
}

MACHINE = compile_definition(a_machine(a_map({"Type": "Pass"})), name="w")


def event(kind, scope="r", **facts):
    return {"type": kind, "timestamp": 1.0, "scope": scope, **facts}


def shown(*events):
    return types(translate(list(events), Places(MACHINE), SETTING))


def test_what_is_about_a_state_that_nobody_knows_is_left_out():
    assert (
        shown(
            event("StateEntered", state="Gone", input={}),
            event("TaskScheduled", state="Gone"),
            event("ChildrenStarted", state="Gone", activation=1, children=1),
            event("ScopeStarted", "r.1.1-0", input={}),
            event("StateEntered", "r.1.1-0", state="Each", input={}),
            event("ScopeAborted", "r.1.1-0"),
            event("StateExited", state="Gone", output={}),
            event("ScopeFailed", "odd", error="E") | {"scope": "r.9.1-0"},
        )
        == ""
    )


def test_a_scope_of_another_kind_of_state_is_nobodys_child():
    assert (
        shown(
            event("ChildrenStarted", "r.1.1-0", state="Each", activation=1, children=1),
            event("StateEntered", "odd", state="Each", input={}),
        )
        == ""
    )


def test_what_aws_has_no_event_for_is_left_out():
    quiet = ("TaskHeartbeat", "WaitStarted", "StateSkipped", "StateFailed")
    assert shown(*(event(kind, state="Only") for kind in quiet)) == ""


def test_the_end_comes_last_also_when_others_hear_of_it_later():
    told = shown(
        event("StateEntered", state="Only", input={}),
        event("ChildrenStarted", state="Only", activation=1, children=2),
        event("ScopeStarted", "r.1.1-0", input={}),
        event("StateEntered", "r.1.1-0", state="Each", input={}),
        event("ScopeFailed", "r.1.1-1", error="E"),
        event("ExecutionFailed", error="E"),
        event("ScopeAborted", "r.1.1-0"),
    )
    assert told == (
        "MapEntered MapStarted MapIterationStarted PassEntered MapIterationFailed "
        "MapIterationAborted MapFailed Failed"
    )


@pytest.mark.parametrize(
    ("facts", "where"),
    [({"field": "Output/total"}, {"location": "Output/total"}), ({}, {})],
)
def test_an_evaluation_that_fails_is_told_before_its_scope_fails(facts, where):
    failure = {"error": "States.QueryEvaluationError", "cause": "no value"}
    events = translate(
        [
            event("StateEntered", "r.1.1-0", state="Each", input={}),
            event("EvaluationFailed", "r.1.1-0", state="Each", **failure, **facts),
            event("ScopeFailed", "r.1.1-0", **failure),
        ],
        _within_a_map(),
        SETTING,
    )
    assert types(events) == "PassEntered EvaluationFailed MapIterationFailed"
    assert details(events, "EvaluationFailed") == [
        {**failure, **where, "state": "Each"}
    ]


def test_a_map_whose_items_have_no_value_fails_as_well():
    told = shown(
        event("StateEntered", state="Only", input={}),
        event("EvaluationFailed", state="Only", error="States.QueryEvaluationError"),
        event("ExecutionFailed", error="States.QueryEvaluationError"),
    )
    assert told == "MapEntered EvaluationFailed MapFailed Failed"


def _within_a_map():
    places = Places(MACHINE)
    places.see(event("ChildrenStarted", state="Only", activation=1, children=1))
    return places


def test_what_is_no_function_is_submitted_where_the_engine_says_so():
    machine = compile_definition(a_machine(INVOKE), name="w")
    submitted = event("TaskSubmitted", state="Only")
    assert types(translate([submitted], Places(machine), SETTING)) == "TaskSubmitted"
    function = compile_definition(a_machine(a_task()), name="w")
    assert translate([submitted], Places(function), SETTING) == []
