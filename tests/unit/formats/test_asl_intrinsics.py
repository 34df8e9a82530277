import pytest

from chalicelib.formats import check_definition, compile_definition
from chalicelib.model.expressions import (
    Call,
    Literal,
    Path,
)

A = Path(text="$.a", steps=("a",))


def machine(parameters):
    state = {"Type": "Pass", "End": True, "Parameters": parameters}
    return {"StartAt": "S", "States": {"S": state}}


def computed(parameters):
    return compile_definition(machine(parameters)).scope.states["S"].arguments


def intrinsic(text):
    found = computed({"x.$": text})
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
    found = computed({"x.$": "States.UUID()", "y.$": "States.UUID()"})

    assert len({call.place for _, call in found.fields}) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("States.Format", "expected States.Name("),
        ("States.Format(", "expected States.Name("),
        ("States.Format('a'", "expected , or )"),
        ("States.Format('a') x", "nothing may follow"),
        ("States.Format()", "takes 1 to 999 arguments, not 0"),
        ("States.Hash($.a)", "States.Hash takes 2 arguments, not 1"),
        ("States.Fromat('a')", "did you mean 'States.Format'?"),
        ("States.Zzz('a')", "see AWS, Intrinsic functions"),
        ("States.Array($.a[)", "expected a name in quotes"),
        ("States.Array($.a", "expected , or )"),
        (r"States.Array('a\nb')", "a backslash may stand before"),
        ("States.Array(x)", "expected States.Name("),
        ("States.Array(1e999)", "1e999 is too large for a number"),
        ("States.Array(" * 11 + ")" * 11, "nested 10 deep"),
    ],
)
def test_a_call_that_is_none_is_refused(text, says):
    found = [each.message for each in check_definition(machine({"a.$": text}))]

    assert any(says in message for message in found), found
