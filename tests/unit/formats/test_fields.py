import pytest

from chalicelib.errors import DefinitionRefused
from chalicelib.formats import fields
from chalicelib.formats.document import of, read
from chalicelib.formats.fields import Field, Report, Shape

WAIT = Shape(
    "a Wait state",
    {
        "Type": Field(fields.one_of("Wait"), required=True),
        "Seconds": Field(fields.integer(minimum=0, maximum=10)),
        "Tries": Field(fields.integer(), default=3),
    },
    refused={"Output": "Output is for others"},
)


def problems(report):
    return [each.message for each in report.problems]


def reading(value, shape=WAIT):
    report = Report(of(value))
    return report.root().read(shape), problems(report)


def test_right_fields_and_defaults_are_returned():
    found, said = reading({"Type": "Wait", "Seconds": 5})

    assert found == {"Type": "Wait", "Seconds": 5, "Tries": 3}
    assert said == []


def test_every_problem_of_an_object_is_reported_and_wrong_fields_are_left_out():
    found, said = reading({"Secnods": 1, "Zzz": 1, "Output": 1, "Seconds": 11})

    assert found == {"Tries": 3}
    assert said == [
        "unknown field 'Secnods' in a Wait state; did you mean 'Seconds'?",
        "unknown field 'Zzz' in a Wait state; remove it; "
        "known are Seconds, Tries, Type",
        "Output is for others",
        "'Type' is missing in a Wait state; add it",
        "must be a whole number, at least 0 and at most 10, not 11",
    ]


def test_an_open_shape_lets_other_fields_be():
    assert reading({"Zzz": 1}, Shape("anything", {}, open=True)) == ({}, [])


def test_what_is_no_object_has_no_fields():
    assert reading([1]) == ({}, ["must be an object, not an array"])


def test_a_shape_can_be_extended():
    shape = WAIT.with_fields("a longer wait", {"Until": Field(fields.text)})

    assert set(shape.fields) == {"Type", "Seconds", "Tries", "Until"}
    assert shape.refused == WAIT.refused


def test_parts_walk_the_document():
    root = Report(of({"a": [1, {"b": 2}], "c": "x"})).root()

    assert [name for name, _ in root.members()] == ["a", "c"]
    assert [part.value for part in root["a"].elements()] == [1, {"b": 2}]
    assert root["a"][1]["b"].path == ("a", 1, "b")
    assert ("a" in root, "z" in root, "x" in root["c"]) == (True, False, False)


def test_parts_that_are_not_there_are_null_and_empty():
    root = Report(of({"a": 1})).root()

    assert root["z"]["y"][3].value is None
    assert list(root["a"].members()) == list(root["a"].elements()) == []


def test_problems_are_raised_in_the_order_of_the_text():
    report = Report(read('{"a": 1,\n"b": 2}', file="f"))
    report.root()["b"].wrong("second")
    report.root()["a"].wrong("first", at="key")

    with pytest.raises(DefinitionRefused) as refused:
        report.require_none()

    assert str(refused.value) == "f:1:2 /a: first\nf:2:6 /b: second"


def test_nothing_wrong_is_nothing_raised():
    Report(of({})).require_none()


def test_an_unknown_target_gets_a_suggestion_or_the_known_ones():
    report = Report(of({"Next": "Shp"}))
    target = report.root()["Next"]

    assert target.require_known("Ship", {"Ship", "Pack"}, "state")
    assert not target.require_known("Shp", {"Ship", "Pack"}, "state")
    assert not target.require_known("Zzzzz", set(), "state")
    assert problems(report) == [
        "there is no state 'Shp' here; did you mean 'Ship'?",
        "there is no state 'Zzzzz' here; known are none",
    ]


def test_a_long_list_of_names_is_cut():
    assert fields.listed([f"n{at}" for at in range(5)], most=2) == "n0, n1, …"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({}, "an object"),
        ([], "an array"),
        ("x", "'x'"),
        ("x" * 41, "a text"),
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (1.5, "1.5"),
    ],
)
def test_values_are_described(value, shown):
    assert fields.described(value) == shown


@pytest.mark.parametrize(
    ("rule", "right", "wrong", "must"),
    [
        (fields.text, "", 1, "must be a text"),
        (fields.name_text, "x", " ", "must be a text that is not empty"),
        (fields.boolean, False, 0, "must be true or false"),
        (fields.mapping, {}, [], "must be an object"),
        (fields.sequence, [], {}, "must be an array"),
        (fields.number(), 1.5, True, "must be a number"),
        (fields.number(minimum=1), 1, 0.5, "must be a number, at least 1"),
        (fields.number(maximum=1), 1, 1.5, "must be a number, at most 1"),
        (fields.integer(), 1, 1.0, "must be a whole number"),
        (fields.one_of("a"), "a", "b", "must be 'a'"),
        (fields.one_of(1, None), None, True, "must be one of 1, null"),
        (
            fields.either(fields.text, fields.number()),
            1,
            None,
            "must be a text or a number",
        ),
        (fields.every(fields.text), ["a"], [1], "each element must be a text"),
        (fields.every(fields.text), [], "a", "must be an array"),
        (fields.every(fields.text, least=1), ["a"], [], "must have at least 1 element"),
        (
            fields.every(fields.text, least=2),
            ["a"] * 2,
            [],
            "must have at least 2 elements",
        ),
    ],
)
def test_rules_say_what_a_value_must_be(rule, right, wrong, must):
    assert rule(right) is None
    assert rule(wrong) == must


def test_some_fields_take_anything():
    assert fields.anything(object()) is None
