import pytest

from chalicelib.formats import compile_definition
from chalicelib.model import workflow as model
from chalicelib.model.codec import decode, encode
from chalicelib.model.expressions import (
    And,
    Array,
    Call,
    Compare,
    Is,
    Literal,
    Not,
    Object,
    Or,
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


def intrinsic(text):
    found = task(Parameters={"x.$": text}).arguments
    ((_name, call),) = found.fields
    return call


def test_intrinsic_functions():
    call = intrinsic(
        "States.Format('{}\\{ \\'', States.MathAdd( $.a , -1.5 ), true, null)"
    )

    inner = Call(
        name="States.MathAdd",
        arguments=(A, Literal(value=-1.5)),
        text="States.MathAdd( $.a , -1.5 )",
        place="States/S/Parameters/x.$:25",
    )
    assert call.arguments == (
        Literal(value="{}\\{ \\'"),
        inner,
        Literal(value=True),
        Literal(value=None),
    )


def test_texts_outside_of_format_lose_their_escapes():
    assert intrinsic(r"States.Array('it\'s \{\\')").arguments == (
        Literal(value="it's {\\"),
    )


def test_a_path_in_an_argument_may_have_brackets_and_commas():
    call = intrinsic("States.Array($.a[?(@.b == 'x,)')], $['c,d'], $e)")

    assert [each.text for each in call.arguments] == [
        "$.a[?(@.b == 'x,)')]",
        "$['c,d']",
        "$e",
    ]


def test_two_calls_have_two_places():
    found = task(Parameters={"x.$": "States.UUID()", "y.$": "States.UUID()"}).arguments

    assert len({call.place for _, call in found.fields}) == 2


def test_limits_of_a_task():
    found = task(TimeoutSeconds=10, HeartbeatSeconds=5).work
    other = task(TimeoutSecondsPath="$.a", HeartbeatSecondsPath="$.a").work

    assert (found.timeout, found.heartbeat) == (Literal(value=10), Literal(value=5))
    assert other.timeout == Call(
        name="Field.positive_seconds", arguments=(A,), text="TimeoutSecondsPath"
    )
    assert other.heartbeat.text == "HeartbeatSecondsPath"


def test_credentials_are_accepted():
    assert task(Credentials={"RoleArn.$": "$.role"}).work == task().work


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


def rule(**test):
    found = state(
        {"Type": "Choice", "Choices": [{**test, "Next": "D"}], "Default": "D"},
        following={"D": DONE},
    )
    assert found.work.default == ("D",)
    (only,) = found.work.rules
    assert only.next == ("D",)
    return only


def test_rules_of_a_choice():
    one = Literal(value=1)
    equals = Compare(operator="NumericEquals", left=A, right=one)
    other = Compare(operator="StringMatches", left=A, right=Literal(value="*.txt"))
    same = Compare(operator="StringEquals", left=A, right=A)
    kind = Is(kind="IsPresent", subject=A, expected=False)
    test = {"Variable": "$.a", "NumericEquals": 1}

    assert rule(**test).condition == equals
    assert rule(Variable="$.a", StringMatches="*.txt").condition == other
    assert rule(Variable="$.a", StringEqualsPath="$.a").condition == same
    assert rule(Variable="$.a", IsPresent=False).condition == kind
    assert rule(Not=test).condition == Not(rule=equals)
    assert rule(And=[test, {"Not": test}]).condition == And(
        rules=(equals, Not(rule=equals))
    )
    assert rule(Or=[test]).condition == Or(rules=(equals,))


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("BooleanEquals", True),
        ("TimestampLessThanEquals", "2024-01-01T00:00:00Z"),
        ("NumericGreaterThanEqualsPath", "$.b"),
        ("TimestampEqualsPath", "$$.State.EnteredTime"),
        ("IsTimestamp", True),
    ],
)
def test_operators_of_a_choice(operator, value):
    assert rule(Variable="$.a", Comment="x", **{operator: value}).condition


def test_a_rule_can_assign():
    found = rule(Variable="$.a", IsNull=True, Assign={"x": 1})

    assert found.assign == Literal(value={"x": 1})


def test_a_choice_needs_no_default():
    choices = [{"Variable": "$.a", "IsNull": True, "Next": "D"}]
    found = state({"Type": "Choice", "Choices": choices}, following={"D": DONE})

    assert found.work.default is None


def test_a_parallel():
    other = {"StartAt": "J", "Comment": "x", "States": {"J": {"Type": "Succeed"}}}
    found = state(
        {"Type": "Parallel", "Branches": [BODY, other], "Parameters": {"x": 1}}
    )

    assert [branch.scope.id for branch in found.work.branches] == ["0/S/0", "0/S/1"]
    assert list(found.work.branches[1].scope.states) == ["J"]
    assert found.arguments == Literal(value={"x": 1})


def test_a_map():
    found = state(
        {
            "Type": "Map",
            "ItemsPath": "$.a",
            "ItemSelector": {"x.$": "$.a"},
            "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **BODY},
            "MaxConcurrency": 3,
            "ToleratedFailureCountPath": "$.a",
            "ToleratedFailurePercentage": 12.5,
        }
    )

    work = found.work
    assert work.scope.id == "0/S"
    assert (work.items, work.item_input) == (A, Object(fields=(("x", A),)))
    assert work.max_concurrency == Literal(value=3)
    assert work.tolerated_count == Call(
        name="Field.count", arguments=(A,), text="ToleratedFailureCountPath"
    )
    assert work.tolerated_percentage == Literal(value=12.5)
    assert found.arguments is None


def test_a_map_as_it_was_written_before():
    work = state({"Type": "Map", "Iterator": BODY, "Parameters": {"x.$": "$.a"}}).work

    assert work.item_input == Object(fields=(("x", A),))
    assert (work.items, work.max_concurrency) == (None, None)


def test_a_slash_in_a_name_does_not_make_two_scopes_alike():
    inner = {"StartAt": "I", "States": {"I": {"Type": "Map", "End": True}}}
    inner["States"]["I"]["ItemProcessor"] = {
        "StartAt": "J",
        "States": {"J": {"Type": "Succeed"}},
    }
    machine = {
        "StartAt": "a",
        "States": {
            "a": {"Type": "Map", "ItemProcessor": inner, "Next": "a/I"},
            "a/I": {"Type": "Parallel", "Branches": [BODY | {}], "End": True},
        },
    }
    machine["States"]["a/I"]["Branches"][0] = {
        "StartAt": "K",
        "States": {"K": {"Type": "Succeed"}},
    }

    workflow = compile_definition(machine)

    assert list(workflow.scopes) == ["0", "0/a", "0/a/I", "0/a~1I/0"]
