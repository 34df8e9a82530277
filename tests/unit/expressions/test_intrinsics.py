import re

import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import Facts, View, evaluate
from chalicelib.expressions.intrinsic_functions import FUNCTIONS
from chalicelib.expressions.intrinsic_texts import BadArgument
from chalicelib.model.expressions import Call, Literal, Object, Path

VIEW = View(facts=Facts(salt="e-1/0/3"))


def call(name, *arguments, view=VIEW, place="p"):
    parts = tuple(Literal(value=each) for each in arguments)
    node = Call(
        name=f"States.{name}", arguments=parts, text=f"States.{name}(…)", place=place
    )
    return evaluate(node, view)


@pytest.mark.parametrize(
    ("name", "arguments", "value"),
    [
        ("Array", (), []),
        ("Array", (1, "a", None), [1, "a", None]),
        ("ArrayPartition", ([1, 2, 3], 2), [[1, 2], [3]]),
        ("ArrayPartition", ([1, 2, 3], 2.9), [[1, 2], [3]]),
        ("ArrayContains", ([1, {"a": 1}], {"a": 1.0}), True),
        ("ArrayContains", ([1, [2]], [2]), True),
        ("ArrayContains", ([1], True), False),
        ("ArrayRange", (1, 9, 2), [1, 3, 5, 7, 9]),
        ("ArrayRange", (3, 1, -1), [3, 2, 1]),
        ("ArrayRange", (3, 1, 1), []),
        ("ArrayRange", (1.6, 1.4, 1), [1]),
        ("ArrayRange", (5.4, -0.6, -2.4), [5, 3, 1]),
        ("ArrayGetItem", ([5, 6], 1), 6),
        ("ArrayGetItem", ([5, 6], 1.9), 6),
        ("ArrayGetItem", ([], 3), None),
        ("ArrayLength", ([5, 6],), 2),
        ("ArrayUnique", ([1, 2, 1, 1.0, True, "1"],), [1, 2, True, "1"]),
        ("Base64Encode", ("é",), "w6k="),
        ("Base64Decode", ("w6k=",), "é"),
        ("Base64Decode", ("w6k",), "é"),
        ("Base64Decode", (" aGV5! ",), "hey"),
        ("Base64Decode", ("aGU=aGV5",), "he"),
        ("Base64Decode", ("aGV5a",), "hey"),
        ("Base64Decode", ("/w==",), "\ufffd"),
        ("MathAdd", (2_147_483_646, 1), 2_147_483_647),
        ("Hash", ("a", "MD5"), "0cc175b9c0f1b6a831c399e269772661"),
        ("Hash", ("a", "SHA-1"), "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
        (
            "Hash",
            ({"a": 1}, "SHA-256"),
            "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862",
        ),
        ("JsonMerge", ({"a": 1, "b": 1}, {"b": 2}, False), {"a": 1, "b": 2}),
        ("MathAdd", (1, -3), -2),
        ("MathAdd", (1.5, -2.5), 0),
        ("StringSplit", ("a.b+c", ".+"), ["a", "b", "c"]),
        ("StringSplit", (",a,,b", ","), ["a", "b"]),
        ("StringSplit", ("ab", ""), ["ab"]),
        ("StringToJson", ('{"a": [1]}',), {"a": [1]}),
        ("StringToJson", (" ",), None),
        ("JsonToString", ({"a": [1, "é"]},), '{"a":[1,"é"]}'),
        ("Format", ("no place",), "no place"),
        ("Format", ("{} is {}, {} {}", "a", 1, None, True), "a is 1, null true"),
        ("Format", (r"\{\} \\ \' {} \{x\} \n", "a"), r"{} \ ' a {x} \n"),
        ("Format", ("{}", {"a": [1, {"b": "c"}]}), "{a=[1, {b=c}]}"),
    ],
)
def test_functions(name, arguments, value):
    found = call(name, *arguments)

    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("ArrayPartition", ({}, 2), "the first argument must be an array"),
        ("ArrayPartition", ([1], 0), "the second argument must be a positive number"),
        ("ArrayRange", (1, 9, 0), "the third argument must not be 0"),
        ("ArrayRange", (1, 1001, 1), "an array may have 1000 elements"),
        ("ArrayRange", (1, "9", 1), "the arguments must be numbers"),
        ("ArrayGetItem", ([1], 1), "there is no element at position 1"),
        ("ArrayGetItem", ([1], -1), "there is no element at position -1"),
        ("Base64Encode", (1,), "the first argument must be a text"),
        ("Base64Encode", ("x" * 10_001,), "a text may have 10000 characters"),
        ("ArrayPartition", ([1], 0.6), "the second argument must be a positive number"),
        ("ArrayGetItem", ([], -1), "there is no element at position -1"),
        ("MathAdd", (2_147_483_647, 1), "a number may have 32 bits"),
        ("MathAdd", (-3_000_000_000, 1), "a number may have 32 bits"),
        ("Hash", ("a", "CRC"), "the second argument must be one of MD5, SHA-1, "),
        ("Hash", ("a", []), "the second argument must be one of MD5, SHA-1, "),
        ("JsonMerge", ({}, [], False), "the first two arguments must be objects"),
        ("JsonMerge", ({}, {}, True), "the third argument must be false"),
        ("MathAdd", (True, 1), "the arguments must be numbers"),
        ("MathRandom", (1, 1), "the first argument must be less than the second"),
        ("StringSplit", ("a", 1), "the arguments must be texts"),
        ("StringToJson", (1,), "the argument must be a text"),
        ("Format", (1,), "the first argument must be a text"),
        ("Format", ("{}",), "the text has 1 places {} for 0 values"),
    ],
)
def test_a_wrong_argument_fails_the_state(name, arguments, why):
    with pytest.raises(EvaluationFailure) as failed:
        call(name, *arguments)
    with pytest.raises(BadArgument, match=re.escape(why)):
        FUNCTIONS[f"States.{name}"](None, *arguments)

    assert failed.value.error == "States.Runtime"
    assert failed.value.cause == (
        "There was an error while evaluating the intrinsic function: "
        f"States.{name}(…). Invalid arguments in States.{name}"
    )


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("Format", ("a {", 1), "Invalid template in States.Format: matching '}' not "),
        ("Format", ("{{}}", 1), "Invalid template in States.Format: matching '}' not "),
        ("Format", ("}",), "Invalid template in States.Format: matching '{' not found"),
        (
            "StringToJson",
            ("{",),
            "Cannot convert String to Json in States.StringToJson",
        ),
    ],
)
def test_some_reasons_are_told(name, arguments, says):
    with pytest.raises(EvaluationFailure, match=re.escape(f"(…). {says}")):
        call(name, *arguments)


def test_a_missing_argument_names_the_call():
    part = Path(text="$.no", steps=("no",))
    inner = Call(name="States.ArrayLength", arguments=(part,), text="inner")
    node = Call(name="States.Array", arguments=(inner,), text="outer")

    with pytest.raises(EvaluationFailure) as failed:
        evaluate(node, View({}))

    assert failed.value.error == "States.Runtime"
    assert failed.value.cause.startswith(
        "The function 'inner' had the following error: "
        "The JsonPath argument for the field '$.no' could not be found"
    )


def test_a_uuid_is_of_version_4_and_the_same_in_a_replay():
    found = call("UUID")

    pattern = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert re.fullmatch(pattern, found)
    assert call("UUID") == found


def test_chance_differs_by_place_item_and_attempt():
    found = {
        call("UUID"),
        call("UUID", place="q"),
        call("UUID", view=View(facts=Facts(salt="e-1/0/3"), index=0)),
        call("UUID", view=View(facts=Facts(salt="e-1/0/4"))),
    }

    assert len(found) == 4


def test_random_numbers_stay_in_their_range():
    found = {call("MathRandom", 3, 6, place=str(at)) for at in range(100)}

    assert found == {3, 4, 5}


def test_a_seed_decides():
    one = call("MathRandom", 0, 10**9, 7)

    assert one == call("MathRandom", 0, 10**9, 7, place="q")
    assert one != call("MathRandom", 0, 10**9, 8)


PATH = Path(text="$.v", steps=("v",))


def field(check, name, value):
    node = Call(name=f"Field.{check}", arguments=(PATH,), text=name)
    return evaluate(node, View({"v": value}))


@pytest.mark.parametrize(
    ("check", "value", "found"),
    [
        ("seconds", 0, 0),
        ("seconds", "15", 15),
        ("positive_seconds", 5, 5),
        ("timestamp", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("count", 3, 3),
        ("count", "3", 3),
        ("percentage", 2.5, 2.5),
        ("percentage", "2.5", 2.5),
        ("text", "x", "x"),
    ],
)
def test_a_field_takes_the_value_its_path_leads_to(check, value, found):
    assert field(check, "AnyPath", value) == found


@pytest.mark.parametrize(
    ("check", "name", "value", "cause"),
    [
        (
            "seconds",
            "SecondsPath",
            1.5,
            "The SecondsPath parameter cannot be parsed as a long value: $.v == 1.5",
        ),
        (
            "seconds",
            "SecondsPath",
            -1,
            "The SecondsPath parameter references a negative value: $.v == -1",
        ),
        (
            "positive_seconds",
            "TimeoutSecondsPath",
            0,
            "The TimeoutSecondsPath parameter references a value that is not positive",
        ),
        (
            "timestamp",
            "TimestampPath",
            "soon",
            "The TimestampPath parameter does not reference a valid ISO-8601 extended "
            "offset date-time format string: $.v == soon",
        ),
        (
            "count",
            "MaxConcurrencyPath",
            {},
            'The MaxConcurrencyPath field refers to value "{}" which is not a valid '
            "integer: $.v",
        ),
        (
            "count",
            "ToleratedFailureCountPath",
            True,
            'The ToleratedFailureCountPath field refers to value "true" which is not a '
            "valid integer: $.v",
        ),
        (
            "count",
            "ToleratedFailureCountPath",
            -1,
            "ToleratedFailureCount cannot be negative.",
        ),
        (
            "percentage",
            "ToleratedFailurePercentagePath",
            "much",
            'The ToleratedFailurePercentagePath field refers to value "much" which is '
            "not a valid float: $.v",
        ),
        (
            "percentage",
            "ToleratedFailurePercentagePath",
            101,
            "ToleratedFailurePercentage must be between 0 and 100.",
        ),
        (
            "text",
            "CausePath",
            5,
            "The CausePath field must lead to a text, and it led to 5",
        ),
    ],
)
def test_a_field_refuses_a_value_it_cannot_use(check, name, value, cause):
    with pytest.raises(EvaluationFailure) as failed:
        field(check, name, value)

    assert (failed.value.error, failed.value.cause) == ("States.Runtime", cause)


def test_functions_of_cloudflow_are_called_by_their_name():
    node = Call(name="CloudFlow.length", arguments=(Literal(value=[1, 2]),))

    assert evaluate(Object(fields=(("n", node),)), View({})) == {"n": 2}
