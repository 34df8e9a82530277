import pytest

from chalicelib.formats import document
from chalicelib.formats.cloudflow import compile_document
from chalicelib.model import workflow as model
from chalicelib.model.codec import decode, encode
from chalicelib.model.expressions import (
    Array,
    Call,
    Literal,
    Object,
    Operation,
    Path,
)
from tests.unit.formats.cloudflow_texts import compiled, flow, path, the_state

INPUT = Path(text="$Input", root="$Input")
ARN = "acs:fc:::services/shop.LATEST/functions/pay"


NEXT = {"Name": "N", "Type": "Pass", "End": True}


def test_flow_becomes_a_workflow():
    text = """
        Type: StateMachine
        Name: order
        SpecVersion: v1
        Description: all of it
        StartAt: 下单
        States:
          - {Type: Pass, Name: 下单, Description: first, Next: Done}
          - {Type: Succeed, Name: Done}
    """

    assert compile_document(document.read(text), name="") == model.Workflow(
        name="order",
        format="cloudflow",
        errors="cloudflow",
        description="all of it",
        input_schema={"type": "object"},
        scope=model.Scope(
            id="0",
            start=("下单",),
            states={
                "下单": model.State(name="下单", work=model.Pass(), next=("Done",)),
                "Done": model.State(name="Done", work=model.Succeed()),
            },
        ),
    )


@pytest.mark.parametrize(
    ("own", "given", "name"),
    [
        ({}, "file", "file"),
        ({"Name": "own"}, "file", "own"),
        ({"Name": "own"}, "", "own"),
    ],
)
def test_workflow_has_its_own_name_before_the_given_one(own, given, name):
    definition = flow(NEXT)
    del definition["Name"]

    found = compile_document(document.of(definition | own), name=given)
    assert found.name == name


def test_constructors_build_from_constants_and_expressions():
    state = the_state("""
        Type: Pass
        InputConstructor: {a: 1, b: [x, {c: null}], s: $Input.no}
        OutputConstructor:
          whole.$: $Output
          deep: {list: [1, {n.$: length($Input)}]}
          fixed: text
    """)

    assert state.input == Literal(
        value={"a": 1, "b": ["x", {"c": None}], "s": "$Input.no"}
    )
    length = Call(name="CloudFlow.length", arguments=(INPUT,), text="length($Input)")
    assert state.output == Object(
        fields=(
            ("whole", path("$Output")),
            (
                "deep",
                Object(
                    fields=(
                        (
                            "list",
                            Array(
                                items=(
                                    Literal(value=1),
                                    Object(fields=(("n", length),)),
                                )
                            ),
                        ),
                    )
                ),
            ),
            ("fixed", Literal(value="text")),
        )
    )


def test_empty_constructor_builds_an_empty_object():
    assert the_state("{Type: Pass, OutputConstructor: {}}").output == Literal(value={})


def test_global_constructor_changes_the_one_variable_that_holds_them_all():
    state = the_state("{Type: Pass, GlobalConstructor: {k.$: $Output.v, c: 1}}")

    changes = Object(fields=(("k", path("$Output.v")), ("c", Literal(value=1))))
    merged = Call(name="CloudFlow.jsonMerge", arguments=(path("$Global"), changes))
    assert state.assign == Object(fields=(("Global", merged),))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Seconds: 12", Literal(value=12)),
        ("Seconds: '12'", Literal(value="12")),
        ("Seconds.$: $Input.pause", path("$Input.pause")),
    ],
)
def test_wait_lasts_a_constant_or_computed_time(text, seconds):
    state = the_state(f"{{Type: Wait, {text}}}")

    assert state.work == model.Wait(seconds=seconds)


def test_choice_has_rules_in_order_and_a_default():
    state = the_state(
        """
        Type: Choice
        InputConstructor: {n.$: $Input.deep.n}
        Branches:
          - {Condition: $Input.n > 1, Next: N, Description: many}
          - {Condition: "$Input.n == `one`", Next: S}
        Default: N
        """,
        NEXT,
    )

    several = Operation(
        operator=">", left=path("$Input.n", lenient=True), right=Literal(value=1)
    )
    one = Operation(
        operator="==", left=path("$Input.n", lenient=True), right=Literal(value="one")
    )
    assert state.next == ()
    assert state.input == Object(fields=(("n", path("$Input.deep.n")),))
    assert state.work == model.Choice(
        rules=(
            model.Rule(condition=several, next=("N",)),
            model.Rule(condition=one, next=("S",)),
        ),
        default=("N",),
    )


@pytest.mark.parametrize(
    ("text", "error", "cause"),
    [
        ("{Type: Fail}", None, None),
        (
            "{Type: Fail, Code: E1, Detail: why, End: true}",
            Literal(value="E1"),
            Literal(value="why"),
        ),
        (
            "{Type: Fail, Code.$: $Input.code, Detail.$: $Input.why}",
            path("$Input.code"),
            path("$Input.why"),
        ),
    ],
)
def test_fail_names_its_error(text, error, cause):
    assert the_state(text).work == model.Fail(error=error, cause=cause)


def test_retry_and_catch_become_retriers_and_catchers():
    state = the_state(
        """
        Type: Task
        Action: HTTP:Request
        Parameters: {url: "https://example.com/"}
        Retry:
          - {Errors: [FnF.ALL], MaxAttempts: 3, IntervalSeconds: 2}
          - Errors: [A, B]
            Description: slower
            MaxAttempts: 0
            IntervalSeconds: 1
            BackoffRate: 1.5
            MaxBackoffSeconds: 9
        Catch:
          - Errors: [A]
            Next: N
            OutputConstructor: {c.$: $Context.Current.Error.Code}
          - {Errors: [FnF.ALL], Next: S}
        """,
        NEXT,
    )

    assert state.retry == (
        model.Retrier(errors=("FnF.ALL",), max_attempts=3, interval=2.0, backoff=1.0),
        model.Retrier(
            errors=("A", "B"), max_attempts=0, interval=1.0, backoff=1.5, max_delay=9.0
        ),
    )
    assert state.catch == (
        model.Catcher(
            errors=("A",),
            next="N",
            output=Object(fields=(("c", path("$Context.Current.Error.Code")),)),
        ),
        model.Catcher(
            errors=("FnF.ALL",), next="S", output=path("$Context.Current.Error")
        ),
    )


def test_compiled_workflow_survives_being_kept():
    workflow = compiled(
        {
            "Name": "T",
            "Type": "Task",
            "Action": "FC:InvokeFunction",
            "Parameters": {
                "resourceArn": ARN,
                "body.$": "jsonMerge($Input, {'u': uuid()})",
            },
            "Timeout.$": "$Input.t",
            "Catch": [{"Errors": ["FnF.ALL"], "Next": "T"}],
            "End": True,
        }
    )

    assert decode(encode(workflow)) == workflow
