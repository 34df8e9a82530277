import pytest

from chalicelib.formats import compile_definition
from chalicelib.formats.asl.expressions import field_of
from chalicelib.model import workflow as model
from chalicelib.model.codec import decode, encode
from chalicelib.model.expressions import (
    Array,
    Jsonata,
    Literal,
    Object,
    Path,
    Source,
)

DONE = {"Type": "Succeed"}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:resize"
BODY = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}


def workflow_of(states, **facts):
    definition = {"QueryLanguage": "JSONata", "StartAt": "S", "States": states, **facts}
    workflow = compile_definition(definition)
    assert decode(encode(workflow)) == workflow
    return workflow


def state(fields, **following):
    leads_on = "Next" in fields or fields["Type"] in ("Choice", "Fail", "Succeed")
    ends = {} if leads_on else {"End": True}
    return workflow_of({"S": {**ends, **fields}, **following}).scope.states["S"]


def ask(text, field, expects=""):
    return Jsonata(text=text, field=field, expects=expects)


@pytest.mark.parametrize(
    ("written", "compiled"),
    [
        ("{% 1 + 1 %}", ask("1 + 1", "Output")),
        ("{%1%}", ask("1", "Output")),
        ("{%  \n1  %}", ask("1", "Output")),
        (" {% 1 %} ", Literal(value=" {% 1 %} ")),
        ("$states.input", Literal(value="$states.input")),
        (None, Literal(value=None)),
        (0.5, Literal(value=0.5)),
        ([1, {"a": []}], Literal(value=[1, {"a": []}])),
        ({"a.$": "$.b"}, Literal(value={"a.$": "$.b"})),
        (
            {"a": 1, "b": {"c": "{% $x %}"}},
            Object(
                fields=(
                    ("a", Literal(value=1)),
                    ("b", Object(fields=(("c", ask("$x", "Output/b/c")),))),
                )
            ),
        ),
        (
            [[], "{% $x %}", ["{% $y %}"]],
            Array(
                items=(
                    Literal(value=[]),
                    ask("$x", "Output[1]"),
                    Array(items=(ask("$y", "Output[2][0]"),)),
                )
            ),
        ),
    ],
)
def test_a_text_is_an_expression_from_end_to_end_or_not_at_all(written, compiled):
    assert state({"Type": "Pass", "Output": written}).output == compiled


def test_a_task():
    found = state(
        {
            "Type": "Task",
            "Resource": FUNCTION,
            "Arguments": {"id": "{% $states.input.id %}"},
            "TimeoutSeconds": "{% $limit %}",
            "HeartbeatSeconds": 5,
            "Credentials": {"RoleArn": "{% $role %}"},
            "Output": "{% $states.result %}",
            "Assign": {"last": "{% $states.result.id %}"},
            "Retry": [{"ErrorEquals": ["E"]}],
            "Catch": [
                {
                    "ErrorEquals": ["E"],
                    "Next": "D",
                    "Output": "{% $states.errorOutput %}",
                    "Assign": {"why": "{% $states.errorOutput.Cause %}"},
                },
                {"ErrorEquals": ["States.ALL"], "Next": "D"},
            ],
        },
        D=DONE,
    )

    assert found.arguments == Object(
        fields=(("id", ask("$states.input.id", "Arguments/id")),)
    )
    assert found.work.timeout == ask("$limit", "TimeoutSeconds", "positive seconds")
    assert found.work.heartbeat == Literal(value=5)
    assert found.output == ask("$states.result", "Output")
    assert found.assign == Object(
        fields=(("last", ask("$states.result.id", "Assign/last")),)
    )
    assert (found.input, found.result) == (None, None)
    first, second = found.catch
    assert first.output == ask("$states.errorOutput", "Catch[0]/Output")
    assert first.assign == Object(
        fields=(("why", ask("$states.errorOutput.Cause", "Catch[0]/Assign/why")),)
    )
    assert (second.output, second.assign) == (None, None)
    assert len(found.retry) == 1


def test_a_task_without_arguments_sends_its_input():
    assert state({"Type": "Task", "Resource": FUNCTION}).arguments is None


@pytest.mark.parametrize(
    ("fields", "seconds", "timestamp"),
    [
        ({"Seconds": 5}, Literal(value=5), None),
        ({"Seconds": "{% $s %}"}, ask("$s", "Seconds", "seconds"), None),
        ({"Timestamp": "{% $t %}"}, None, ask("$t", "Timestamp", "timestamp")),
        (
            {"Timestamp": "2024-05-01T12:00:00Z"},
            None,
            Literal(value="2024-05-01T12:00:00Z"),
        ),
    ],
)
def test_a_wait(fields, seconds, timestamp):
    found = state({"Type": "Wait", **fields})
    assert found.work == model.Wait(seconds=seconds, timestamp=timestamp)


def test_a_fail():
    found = state({"Type": "Fail", "Error": "{% $e %}", "Cause": "plain"})
    error = ask("$e", "Error", "string")
    assert found.work == model.Fail(error=error, cause=Literal(value="plain"))
    assert state({"Type": "Fail"}).work == model.Fail()


def test_a_succeed():
    assert state({"Type": "Succeed", "Output": 1}).output == Literal(value=1)


def test_a_choice_whose_state_has_data_for_the_default():
    found = state(
        {
            "Type": "Choice",
            "Choices": [
                {"Condition": "{% $a %}", "Next": "D"},
                {
                    "Condition": True,
                    "Next": "D",
                    "Output": "{% 1 %}",
                    "Assign": {"x": 1},
                },
            ],
            "Default": "D",
            "Output": "{% 2 %}",
            "Assign": {"x": 2},
        },
        D=DONE,
    )
    first, second = found.work.rules

    assert first.condition == ask("$a", "Choices[0]/Condition", "boolean")
    assert (first.output, first.assign) == (Source(name="input"), Literal(value={}))
    assert second.condition == Literal(value=True)
    assert second.output == ask("1", "Choices[1]/Output")
    assert second.assign == Literal(value={"x": 1})
    assert found.output == ask("2", "Output")
    assert found.work.default == ("D",)


def test_a_choice_without_data():
    rule = {"Condition": "{% $a %}", "Next": "D"}
    found = state({"Type": "Choice", "Choices": [rule]}, D=DONE)
    assert (found.work.rules[0].output, found.work.rules[0].assign) == (None, None)
    assert found.work.default is None


@pytest.mark.parametrize(
    ("written", "compiled"),
    [
        ("{% $list %}", ask("$list", "Items", "array")),
        ([1, 2], Literal(value=[1, 2])),
        (["{% $a %}"], Array(items=(ask("$a", "Items[0]"),))),
    ],
)
def test_the_items_of_a_map(written, compiled):
    found = state({"Type": "Map", "ItemProcessor": BODY, "Items": written})
    assert found.work.items == compiled


def test_a_map():
    found = state(
        {
            "Type": "Map",
            "ItemProcessor": BODY,
            "ItemSelector": {"n": "{% $states.context.Map.Item.Value %}"},
            "MaxConcurrency": "{% 2 %}",
            "ToleratedFailureCount": 1,
            "ToleratedFailurePercentage": "{% 50 %}",
            "Output": "{% $states.result %}",
        }
    )
    work = found.work

    assert work.items == Jsonata(text="$states.input", expects="map input")
    assert work.item_input == Object(
        fields=(("n", ask("$states.context.Map.Item.Value", "ItemSelector/n")),)
    )
    assert work.max_concurrency == ask("2", "MaxConcurrency", "count")
    assert work.tolerated_count == Literal(value=1)
    assert work.tolerated_percentage == ask(
        "50", "ToleratedFailurePercentage", "percentage"
    )


def test_a_parallel():
    found = state(
        {"Type": "Parallel", "Branches": [BODY], "Arguments": "{% $states.input.a %}"}
    )
    assert found.arguments == ask("$states.input.a", "Arguments")


def test_each_state_may_choose_its_language():
    paths = {"Type": "Pass", "Parameters": {"a.$": "$.b"}, "Next": "T"}
    states = {
        "S": paths,
        "T": {
            "Type": "Map",
            "QueryLanguage": "JSONata",
            "ItemProcessor": BODY,
            "End": 1,
        },
    }
    states["T"]["End"] = True
    scope = compile_definition({"StartAt": "S", "States": states}).scope

    assert scope.states["S"].arguments == Object(
        fields=(("a", Path(text="$.b", steps=("b",))),)
    )
    assert isinstance(scope.states["T"].work.items, Jsonata)


def test_a_branch_hands_its_language_to_its_states():
    inner = {"Type": "Pass", "Output": "{% 1 %}", "End": True}
    branch = {"QueryLanguage": "JSONata", "StartAt": "I", "States": {"I": inner}}
    outer = {"Type": "Parallel", "Branches": [branch], "End": True}
    scope = compile_definition({"StartAt": "S", "States": {"S": outer}}).scope

    (found,) = model.child_scopes(scope.states["S"])
    assert found.states["I"].output == ask("1", "Output")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (("States", "A", "Output"), "Output"),
        (("States", "A", "Catch", 1, "Assign", "x"), "Catch[1]/Assign/x"),
        (("States", "P", "Branches", 0, "States", "A", "Output", "a/b"), "Output/a/b"),
        (("States", "M", "ItemProcessor", "States", "A", "Arguments"), "Arguments"),
        (("States", "M", "Iterator", "States", "A", "Assign", "x"), "Assign/x"),
        (("States", "A", "Arguments", "States", "x"), "Arguments/States/x"),
        (("States", "M", "ItemProcessor", "Other"), "ItemProcessor/Other"),
    ],
)
def test_where_a_part_stands_in_its_state(path, field):
    assert field_of(path) == field
