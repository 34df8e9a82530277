import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import DefinitionRefused
from chalicelib.formats.cloudflow.sight import Sight
from chalicelib.formats.cloudflow.syntax import parse
from chalicelib.model.expressions import Array, Call, Literal, Object, Operation, Path

EVERYTHING = Sight(output=True, item=True, token=True)
A = Path(text="$Input.a", root="$Input", steps=("a",))
ONE, TWO, THREE = (Literal(value=n) for n in (1, 2, 3))


def operation(left, operator, right=None):
    return Operation(operator=operator, left=left, right=right)


@pytest.mark.parametrize(
    ("text", "root", "steps"),
    [
        ("$Input", "$Input", ()),
        ("$Output.v", "$Output", ("v",)),
        ("$Item", "$Item", ()),
        ("$Global.k", "$Global", ("k",)),
        ("$Context.Current.TaskToken", "$Context", ("Current", "TaskToken")),
        ("$Context.Execution.Input.x", "$Context", ("Execution", "Input", "x")),
        ("$Context", "$Context", ()),
        ("$Input.order-id.客户", "$Input", ("order-id", "客户")),
        ("$Input.list[10].x", "$Input", ("list", 10, "x")),
        ("$Input['a b'][ 0 ]", "$Input", ("a b", 0)),
        ('$Input["say \\"hi\\""]', "$Input", ('say "hi"',)),
    ],
)
def test_path_has_names_and_positions(text, root, steps):
    assert parse(text, EVERYTHING) == Path(text=text, root=root, steps=steps)


def test_path_of_a_condition_is_lenient():
    assert parse("$Input.a", Sight(lenient=True)) == Path(
        text="$Input.a", root="$Input", steps=("a",), lenient=True
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("12.5", 12.5),
        ("2e3", 2000.0),
        ("-1", -1),
        ("- 1.5", -1.5),
        ("true", True),
        ("false", False),
        ("null", None),
        ('"a\\nb"', "a\nb"),
        ("'it\\'s \"it\"'", 'it\'s "it"'),
        ("`a\\nb`", "a\\nb"),
        ("[]", []),
        ("()", []),
        ('[1, "a", [true]]', [1, "a", [True]]),
        ("(1, 2)", [1, 2]),
        ("(1)", 1),
        ("{}", {}),
        ('{"a": 1, \'b c\': {"d": null}}', {"a": 1, "b c": {"d": None}}),
    ],
)
def test_constant_is_what_it_says(text, value):
    assert parse(text, Sight()) == Literal(value=value)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("$Input.a==1", operation(A, "==", ONE)),
        ("  $Input.a   ==  1 ", operation(A, "==", ONE)),
        (
            "1 == 2 || $Input.a < 1 && 2 >= 3",
            operation(
                operation(ONE, "==", TWO),
                "||",
                operation(operation(A, "<", ONE), "&&", operation(TWO, ">=", THREE)),
            ),
        ),
        (
            "(1 == 2 || $Input.a > 1) && 2 != 3",
            operation(
                operation(operation(ONE, "==", TWO), "||", operation(A, ">", ONE)),
                "&&",
                operation(TWO, "!=", THREE),
            ),
        ),
        pytest.param(
            "1 < 2 == true",
            operation(operation(ONE, "<", TWO), "==", Literal(value=True)),
            id="equal strength groups from the left",
        ),
        ("!$Input.a && true", operation(operation(A, "!"), "&&", Literal(value=True))),
        ("-$Input.a <= 1", operation(operation(A, "-"), "<=", ONE)),
        ("!!true", operation(operation(Literal(value=True), "!"), "!")),
        ("$Input.a in [1, 2]", operation(A, "in", Literal(value=[1, 2]))),
        ("$Input.a in (1, $Input.a)", operation(A, "in", Array(items=(ONE, A)))),
        ("1 in $Input.a", operation(ONE, "in", A)),
    ],
)
def test_condition_groups_by_the_strength_of_its_operators(text, node):
    assert parse(text, Sight()) == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        (
            "length( $Input.a )",
            Call(name="CloudFlow.length", arguments=(A,), text="length( $Input.a )"),
        ),
        ("toArray()", Call(name="CloudFlow.toArray", arguments=(), text="toArray()")),
        (
            'jsonMerge({"a": $Input.a}, {"b": 1})',
            Call(
                name="CloudFlow.jsonMerge",
                arguments=(Object(fields=(("a", A),)), Literal(value={"b": 1})),
                text='jsonMerge({"a": $Input.a}, {"b": 1})',
            ),
        ),
        (
            "length([1, $Input.a]) ",
            Call(
                name="CloudFlow.length",
                arguments=(Array(items=(ONE, A)),),
                text="length([1, $Input.a])",
            ),
        ),
    ],
)
def test_function_is_a_call_with_its_text(text, node):
    assert parse(text, Sight()) == node


def test_function_of_chance_knows_its_place():
    found = parse("toArray(uuid(), uuid())", Sight(), place="/States/0/x.$")

    assert [each.arguments[0].value for each in found.arguments] == [
        "/States/0/x.$@8",
        "/States/0/x.$@16",
    ]


def test_ten_calls_inside_each_other_are_allowed_and_beside_each_other_any_number():
    nested = "toArray(" * 10 + ")" * 10

    assert parse(f"toArray({', '.join(['toArray()'] * 30)})", Sight())
    assert parse(nested, Sight())


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "must be here, not the end"),
        ("$Input.a ==", 12, "a path, a function or a constant must be here"),
        ("== 1", 1, "a path, a function or a constant must be here, not '=='"),
        ("1 2", 3, "an operator or the end must be here, not '2'"),
        ("(1", 3, "')' must be here, not the end"),
        ("[1; 2]", 3, "';' is not part of an expression; remove it"),
        ("1 + 2", 3, "'+' is not part of an expression"),
        ("hello", 1, "'hello' means nothing here; write a path as"),
        ("True", 1, "'True' means nothing here; did you mean 'true'?"),
        ("lenght($Input)", 1, "there is no function 'lenght'; did you mean 'length'?"),
        ("shuffle([1])", 1, "there is no function 'shuffle'; known are arrayContains"),
        ("timeout(0)", 1, "there is no function 'timeout'"),
        ("split('a')", 1, "split takes 2 arguments, not 1"),
        ("length()", 1, "length takes 1 argument, not 0"),
        ("format()", 1, "format takes at least 1 argument, not 0"),
        ("'abc", 1, "this text has no closing quote; add it"),
        ("toArray(`abc)", 9, "this text has no closing quote"),
        (r'"\q"', 1, "this text has an unknown escape"),
        (r"""$Input["\q"]""", 7, "this text has an unknown escape"),
        ("9" * 301, 1, "this number is too large"),
        ("1" + "0" * 40 + "e999", 1, "this number is too large"),
        ("$Input[*]", 7, "queries are not supported"),
        ("$Input..a", 7, "queries are not supported"),
        ("$Input.a.", 9, "queries are not supported"),
        ("$input.a", 1, "nothing is called '$input'; did you mean '$Input'?"),
        ("$.a", 1, "nothing is called '$'; known are"),
        ("1 == $Context.Now", 6, "$Context has no 'Now'; known are Current, Execution"),
        (
            "$Context.Current.Eror.Code",
            1,
            "$Context.Current has no 'Eror'; did you mean 'Error'?",
        ),
        ("$Context[0]", 1, "$Context has no 0; known are"),
        ("$Output.x", 1, "only in OutputConstructor and GlobalConstructor"),
        ("$Context.Current.Output", 1, "only in OutputConstructor"),
        ("$Item", 1, "$Item is there only in ItemConstructor"),
        ("$Context.Current.TaskToken", 1, "the task token is there only in"),
        ("$Input.a in 3", 10, 'in needs an array after it, as in ["a", "b"]'),
        ("{a: 1}", 2, "the name of a field, in quotes, must be here, not 'a'"),
        ('{"a" 1}', 6, "':' must be here, not '1'"),
        ('{"a": 1, "a": 2}', 10, "'a' is written twice; keep one of them"),
        ("toArray(" * 11 + ")" * 11, 81, "calls are nested more than 10 levels deep"),
        ("(" * 60, 41, "nested more than 40 levels deep"),
        ("1" + " == 1" * 61, 303, "there are more than 60 operators"),
    ],
)
def test_what_is_no_expression_is_refused_at_its_place(text, column, message):
    with pytest.raises(DefinitionRefused) as refused:
        parse(text, Sight())

    [problem] = refused.value.problems
    assert message in problem.message
    assert problem.column == column


@given(st.text("$Input.ab[]0(){}'\"`\\,:=<>!&|- \n1et", max_size=30))
def test_any_text_is_an_expression_or_refused(text):
    try:
        parse(text, EVERYTHING)
    except DefinitionRefused as refused:
        assert 1 <= refused.problems[0].column <= len(text) + 1
