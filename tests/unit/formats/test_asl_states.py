import pytest

from chalicelib.formats import compile_definition
from chalicelib.model import workflow as model
from chalicelib.model.codec import decode, encode
from chalicelib.model.expressions import (
    Array,
    Call,
    Literal,
    Object,
    Path,
    Pipe,
    Place,
    Source,
)

A = Path(text="$.a", steps=("a",))
DONE = {"Type": "Succeed"}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:resize"
BODY = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}


def state(fields, *, following=None):
    """Compile a machine of one state (and what follows it), and return the state."""
    ends = (
        {}
        if "Next" in fields or fields["Type"] in ("Choice", "Fail")
        else {"End": True}
    )
    states = {"S": {**ends, **fields}, **(following or {})}
    workflow = compile_definition({"StartAt": "S", "States": states})
    assert decode(encode(workflow)) == workflow
    return workflow.scope.states["S"]


def task(**fields):
    return state({"Type": "Task", "Resource": FUNCTION, **fields})


def test_a_machine():
    workflow = compile_definition(
        {
            "Comment": "Ships.",
            "Version": "1.0",
            "QueryLanguage": "JSONPath",
            "TimeoutSeconds": 60,
            "StartAt": "S",
            "States": {"S": {"Type": "Pass", "Next": "T", "Comment": "x"}, "T": DONE},
            "InputSchema": {"type": "object"},
        },
        name="ship",
    )

    assert (workflow.name, workflow.description) == ("ship", "Ships.")
    assert workflow.timeout == Literal(value=60)
    assert workflow.input_schema == {"type": "object"}
    assert workflow.scope.start == ("S",)
    assert workflow.scope.states["S"].next == ("T",)
    assert workflow.scope.states["T"] == model.State(name="T", work=model.Succeed())


def test_a_machine_needs_no_timeout_and_no_schema():
    workflow = compile_definition({"StartAt": "S", "States": {"S": DONE}})

    assert (workflow.timeout, workflow.input_schema) == (None, None)


def test_a_state_without_data_flow_lets_values_through():
    found = state(
        {"Type": "Pass", "InputPath": "$", "OutputPath": "$", "ResultPath": "$"}
    )

    assert found == model.State(name="S", work=model.Pass())


def test_paths_of_data_flow():
    found = task(
        InputPath="$.a",
        Parameters={"x.$": "$.a", "y": [1, {"z.$": "$$.Execution.Id"}], "c": {"d": 1}},
        ResultSelector={"r.$": "$.a"},
        ResultPath="$.b[0]",
        OutputPath="$.a",
        Assign={"v.$": "$.a", "w": 1},
    )

    context = Path(text="$$.Execution.Id", root="$$", steps=("Execution", "Id"))
    items = Array(items=(Literal(value=1), Object(fields=(("z", context),))))
    assert found.input == A
    assert found.arguments == Object(
        fields=(("x", A), ("y", items), ("c", Literal(value={"d": 1})))
    )
    assert found.result == Object(fields=(("r", A),))
    placed = Place(
        steps=("b", 0),
        base=Source(name="raw_input"),
        value=Source(name="result"),
        text="$.b[0]",
    )
    assert found.output == Pipe(stages=(placed, A))
    assert found.assign == Object(fields=(("v", A), ("w", Literal(value=1))))


def test_paths_that_are_null():
    nothing = Literal(value={})

    assert task(InputPath=None).input == nothing
    assert task(OutputPath=None).output == nothing
    assert task(OutputPath=None, ResultPath="$.a").output == nothing
    assert task(ResultPath=None).output == Source(name="raw_input")
    assert task(ResultPath=None, OutputPath="$.a").output == Pipe(
        stages=(Source(name="raw_input"), A)
    )


def test_an_output_path_alone():
    assert task(OutputPath="$.a").output == A


def test_a_template_without_computed_fields_is_a_constant():
    parameters = {"a": [1, {"b": "$.c"}], "d": None}

    assert task(Parameters=parameters).arguments == Literal(value=parameters)


def test_a_query_keeps_its_root_apart():
    found = task(InputPath="$v.a[*]")

    assert found.input == Path(text="$v.a[*]", root="$v", steps=None, query="$.a[*]")


def test_the_result_of_a_pass_state_is_taken_as_it_is():
    found = state({"Type": "Pass", "Result": {"a.$": "$.b"}, "Parameters": {"x": 1}})

    assert found.arguments == Literal(value={"a.$": "$.b"})


def test_a_pass_state_may_give_null():
    assert state({"Type": "Pass", "Result": None}).arguments == Literal(value=None)


def test_parameters_of_a_pass_state():
    found = state({"Type": "Pass", "Parameters": {"x.$": "$.a"}})

    assert found.arguments == Object(fields=(("x", A),))


def test_limits_of_a_task():
    found = task(TimeoutSeconds=10, HeartbeatSeconds=5).work
    other = task(TimeoutSecondsPath="$.a", HeartbeatSecondsPath="$.a").work

    assert (found.timeout, found.heartbeat) == (Literal(value=10), Literal(value=5))
    assert other.timeout == Call(
        name="Field.positive_seconds", arguments=(A,), text="TimeoutSecondsPath"
    )
    assert other.heartbeat.text == "HeartbeatSecondsPath"


def test_retry_and_catch():
    found = state(
        {
            "Type": "Task",
            "Resource": FUNCTION,
            "Retry": [
                {"ErrorEquals": ["A", "B"]},
                {
                    "ErrorEquals": ["States.ALL"],
                    "IntervalSeconds": 2,
                    "MaxAttempts": 0,
                    "BackoffRate": 1,
                    "MaxDelaySeconds": 9,
                    "JitterStrategy": "FULL",
                },
            ],
            "Catch": [
                {"ErrorEquals": ["A"], "Next": "D"},
                {
                    "ErrorEquals": ["States.ALL"],
                    "Next": "D",
                    "ResultPath": "$.error",
                    "Assign": {"why.$": "$.Cause"},
                },
            ],
        },
        following={"D": DONE},
    )

    every = ("States.ALL",)
    assert found.retry == (
        model.Retrier(errors=("A", "B")),
        model.Retrier(
            errors=every,
            interval=2.0,
            max_attempts=0,
            backoff=1.0,
            max_delay=9,
            full_jitter=True,
        ),
    )
    base, error = Source(name="raw_input"), Source(name="error")
    why = Path(text="$.Cause", steps=("Cause",))
    assert found.catch == (
        model.Catcher(errors=("A",), next="D"),
        model.Catcher(
            errors=every,
            next="D",
            output=Place(steps=("error",), base=base, value=error, text="$.error"),
            assign=Object(fields=(("why", why),)),
        ),
    )


@pytest.mark.parametrize(
    ("fields", "work"),
    [
        ({"Seconds": 5}, model.Wait(seconds=Literal(value=5))),
        (
            {"Timestamp": "2024-01-01T00:00:00Z"},
            model.Wait(timestamp=Literal(value="2024-01-01T00:00:00Z")),
        ),
        (
            {"SecondsPath": "$.a"},
            model.Wait(
                seconds=Call(name="Field.seconds", arguments=(A,), text="SecondsPath")
            ),
        ),
        (
            {"TimestampPath": "$.a"},
            model.Wait(
                timestamp=Call(
                    name="Field.timestamp", arguments=(A,), text="TimestampPath"
                )
            ),
        ),
    ],
)
def test_a_wait(fields, work):
    assert state({"Type": "Wait", **fields}).work == work


def test_a_fail():
    fixed = state({"Type": "Fail", "Error": "E", "Cause": "C"}).work
    computed = state(
        {"Type": "Fail", "ErrorPath": "$.a", "CausePath": "States.Format('{}', $.a)"}
    ).work

    assert fixed == model.Fail(error=Literal(value="E"), cause=Literal(value="C"))
    assert computed.error == Call(name="Field.text", arguments=(A,), text="ErrorPath")
    assert computed.cause.arguments[0].name == "States.Format"
    assert state({"Type": "Fail"}).work == model.Fail()
