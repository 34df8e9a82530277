"""Whatever is written in a definition, its author gets problems and no crash."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as some

from chalicelib.errors import DefinitionRefused
from chalicelib.formats import compile_definition
from chalicelib.model.codec import decode, encode

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
END = {"Type": "Pass", "End": True}
WHOLE = {
    "StartAt": "Task",
    "TimeoutSeconds": 9,
    "InputSchema": {"properties": {"a": {"type": "string"}}},
    "States": {
        "Task": {
            "Type": "Task",
            "Resource": FUNCTION,
            "InputPath": "$.a",
            "Parameters": {"a.$": "States.Format('{}', $.a[?(@.b == 1)])", "b": [1]},
            "ResultSelector": {"a.$": "$"},
            "ResultPath": "$.b",
            "OutputPath": "$",
            "Assign": {"v.$": "$.a"},
            "Retry": [{"ErrorEquals": ["States.ALL"], "MaxDelaySeconds": 5}],
            "Catch": [{"ErrorEquals": ["A"], "Next": "Choice", "ResultPath": "$.e"}],
            "Next": "Invoke",
        },
        "Invoke": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "f", "Payload.$": "$"},
            "TimeoutSecondsPath": "$.t",
            "Next": "Start",
        },
        "Start": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": "m", "Input": {}},
            "Next": "Choice",
        },
        "Choice": {
            "Type": "Choice",
            "Choices": [
                {
                    "And": [
                        {"Variable": "$.a", "NumericEquals": 1},
                        {"Not": {"Variable": "$.a", "IsNull": True}},
                    ],
                    "Next": "Map",
                }
            ],
            "Default": "Wait",
        },
        "Map": {
            "Type": "Map",
            "ItemsPath": "$.a",
            "ItemSelector": {"a.$": "$$.Map.Item.Value"},
            "MaxConcurrencyPath": "$.n",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "In",
                "States": {"In": END},
            },
            "Next": "Parallel",
        },
        "Parallel": {
            "Type": "Parallel",
            "Branches": [{"StartAt": "One", "States": {"One": END}}],
            "Next": "Fail",
        },
        "Wait": {"Type": "Wait", "Seconds": 5, "Next": "Done"},
        "Fail": {"Type": "Fail", "Error": "E", "CausePath": "$.c"},
        "Done": {"Type": "Succeed"},
    },
}


JSONATA = {
    "QueryLanguage": "JSONata",
    "StartAt": "Task",
    "States": {
        "Task": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "{% $f %}", "Payload": ["{% $sum([1]) %}"]},
            "TimeoutSeconds": "{% 5 %}",
            "Output": {"a": "{% $states.result.a[b = 1] %}"},
            "Assign": {"v": "{% $states.input %}"},
            "Catch": [
                {"ErrorEquals": ["A"], "Next": "Map", "Output": "{% $states.input %}"}
            ],
            "Next": "Choice",
        },
        "Choice": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $v = 1 %}", "Next": "Map", "Assign": {}}],
            "Default": "Wait",
            "Output": "{% $now() %}",
        },
        "Map": {
            "Type": "Map",
            "Items": "{% $states.input.a %}",
            "MaxConcurrency": 2,
            "ItemProcessor": {"StartAt": "In", "States": {"In": END}},
            "Next": "Fail",
        },
        "Wait": {"Type": "Wait", "Timestamp": "{% $t %}", "Next": "Done"},
        "Fail": {"Type": "Fail", "Error": "{% $states.input.e %}"},
        "Done": {"Type": "Succeed", "Output": []},
    },
}


def places(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    for step, each in inner:
        yield from places(each, (*path, step))


PLACES = [(WHOLE, place) for place in list(places(WHOLE))[1:]]
PLACES += [(JSONATA, place) for place in list(places(JSONATA))[1:]]
ANYTHING = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.sampled_from(["", "$", "$.a[", "$..*", "States.", "States.UUID()", "Done"])
    | some.sampled_from(["{% 1", "{% a %}", "{% $x[ %}", "{% /(/ %}", "{% $f() %}"])
    | some.text("$.[]()'\"?@*\\{}, aS", max_size=12),
    lambda inner: (
        some.lists(inner, max_size=2)
        | some.dictionaries(
            some.sampled_from(["Type", "Next", "And", "a.$", "x"]), inner, max_size=2
        )
    ),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(some.sampled_from(PLACES), ANYTHING)
def test_anything_anywhere_is_compiled_or_refused(place, value):
    whole, path = place
    definition = copy.deepcopy(whole)
    around = definition
    for step in path[:-1]:
        around = around[step]
    around[path[-1]] = value

    try:
        workflow = compile_definition(definition)
    except DefinitionRefused as refused:
        assert all(problem.message for problem in refused.problems)
    else:
        assert decode(encode(workflow)) == workflow


def test_the_whole_of_it_is_a_definition():
    assert compile_definition(WHOLE).scope.start == ("Task",)
    assert compile_definition(JSONATA).scope.start == ("Task",)
