import pytest

from chalicelib.model.schema import check_input, check_schema

ORDER = {
    "type": "object",
    "title": "An order",
    "required": ["id", "lines"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": "^o-", "minLength": 3, "maxLength": 5},
        "lines": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {"properties": {"count": {"type": "integer", "minimum": 1}}},
        },
        "state/now": {"enum": ["new", 1, None]},
        "kind": {"const": {"a": [1, True]}},
    },
}


def test_an_input_that_fits_has_no_problems():
    kind = {"a": [1.0, True]}
    value = {"id": "o-1", "lines": [{"count": 2.0}, {}], "state/now": 1, "kind": kind}

    assert check_schema(ORDER) == []
    assert check_input(ORDER, value) == []


def test_every_problem_of_an_input_is_found_with_its_place():
    value = {
        "lines": [{"count": 0}, {"count": 1.5}, 7],
        "state/now": True,
        "kind": {"a": [1, 1]},
        "more": 1,
    }

    assert sorted(check_input(ORDER, value)) == [
        ("", "'id' is missing"),
        ("/kind", "must be the one value that is allowed for it"),
        ("/lines", "may have 2 elements"),
        ("/lines/0/count", "must be at least 1"),
        ("/lines/1/count", "must be of type integer"),
        ("/more", "is not expected here"),
        ("/state~1now", "must be one of the values that are listed for it"),
    ]


@pytest.mark.parametrize(
    ("schema", "right", "wrong", "says"),
    [
        ({"type": "object"}, {}, [], "must be of type object"),
        ({"type": "boolean"}, True, 1, "must be of type boolean"),
        ({"type": "null"}, None, 0, "must be of type null"),
        ({"type": "number"}, 1.5, True, "must be of type number"),
        ({"type": ["string", "null"]}, None, 1, "must be of type string or null"),
        ({"maximum": 3}, 3, 4, "must be at most 3"),
        ({"minLength": 2}, "ab", "a", "must have 2 characters"),
        ({"maxLength": 2}, "ab", "abc", "may have 2 characters"),
        ({"pattern": "b"}, "abc", "ac", "must match b"),
        ({"const": [1]}, [1], [1, 2], "must be the one value that is allowed for it"),
        (
            {"const": {"a": 1}},
            {"a": 1},
            {},
            "must be the one value that is allowed for it",
        ),
        ({"additionalProperties": True}, {"a": 1}, None, None),
    ],
)
def test_keywords(schema, right, wrong, says):
    assert check_schema(schema) == []
    assert check_input(schema, right) == []
    assert check_input(schema, wrong) == ([("", says)] if says else [])


def test_a_keyword_for_another_type_says_nothing():
    schema = {
        "required": ["a"],
        "properties": {"a": {}},
        "additionalProperties": False,
        "items": {"type": "null"},
        "minimum": 9,
        "pattern": "x",
    }

    assert check_input(schema, True) == []


def test_other_properties_can_have_a_schema_too():
    schema = {"properties": {"a": {}}, "additionalProperties": {"type": "integer"}}

    assert check_schema(schema) == []
    assert check_input(schema, {"a": "x", "b": 1}) == []
    assert check_input(schema, {"b": "x"}) == [("/b", "must be of type integer")]


def test_no_schema_asks_for_nothing():
    assert check_schema(None) == []
    assert check_input(None, object()) == []


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ([], ()),
        ({"oneOf": []}, ("oneOf",)),
        ({"type": "text"}, ("type",)),
        ({"type": []}, ("type",)),
        ({"enum": "a"}, ("enum",)),
        ({"required": [1]}, ("required",)),
        ({"required": "a"}, ("required",)),
        ({"minLength": -1}, ("minLength",)),
        ({"minimum": "1"}, ("minimum",)),
        ({"pattern": "("}, ("pattern",)),
        ({"properties": {"a": {"type": "x"}}}, ("properties", "a", "type")),
        ({"items": {"a": 1}}, ("items", "a")),
        ({"additionalProperties": {"a": 1}}, ("additionalProperties", "a")),
        ({"additionalProperties": 1}, ("additionalProperties",)),
    ],
)
def test_a_schema_that_is_not_understood_is_refused_with_its_place(schema, path):
    ((found, _message),) = check_schema(schema)

    assert found == path
