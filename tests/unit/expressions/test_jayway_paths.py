"""Reading through paths; the values were checked against json-path's own."""

import pytest

from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import jayway
from chalicelib.model.jayway_grammar import parse

SHOP = {
    "shelves": [
        {"kind": "tea", "price": 4, "origin": {"land": "Nepal"}},
        {"kind": "rice", "price": 2.5, "origin": {"land": "Laos", "year": 2020}},
        {"kind": "salt", "price": 1},
    ],
    "open": False,
    "owner": None,
    "opening times": {"mon": [8, 18]},
    "empty": [],
}


def read(text, document=SHOP):
    return jayway.read(parse(text), document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("$", SHOP, id="the document"),
        pytest.param("$.open", False, id="a name"),
        pytest.param("open", False, id="a root is not needed"),
        pytest.param("$['opening times'].mon[0]", 8, id="a name in quotes"),
        pytest.param('$.["opening times"]["mon"][-1]', 18, id="a dot before a bracket"),
        pytest.param("$.nobody", None, id="a missing name"),
        pytest.param("$.nobody.name", None, id="below a missing name"),
        pytest.param("$.owner.name", None, id="below null"),
        pytest.param("$.shelves[7]", None, id="a missing position"),
        pytest.param("$.shelves[7].kind", None, id="below a missing position"),
        pytest.param("$.open[0]", None, id="a position of what is no list"),
        pytest.param("$.open[0,1]", None, id="positions of what is no list"),
        pytest.param("$.open[1:]", None, id="a range of what is no list"),
        pytest.param("$.shelves[0]['kind','price']", {"kind": "tea", "price": 4}),
        pytest.param("$.shelves[2]['kind','x']", {"kind": "salt", "x": None}),
        pytest.param("$['open','empty'].x", [], id="several names in the middle"),
        pytest.param("$.shelves[0]['origin','x'].land", ["Nepal"]),
    ],
)
def test_definite_path_gives_one_value_or_null(path, value):
    assert read(path) == value


@pytest.mark.parametrize(
    ("path", "values"),
    [
        pytest.param("$.shelves[*].kind", ["tea", "rice", "salt"], id="every element"),
        pytest.param("$.shelves.[*].kind", ["tea", "rice", "salt"], id="with a dot"),
        pytest.param("$.shelves[*].year", [None] * 3, id="a missing last name is null"),
        pytest.param("$.shelves[*].origin.year", [None, 2020], id="others drop out"),
        pytest.param("$.shelves[0:2].price", [4, 2.5], id="a range"),
        pytest.param("$.shelves[ :1].price", [4], id="a range from the start"),
        pytest.param("$.shelves[-1: ].price", [1], id="a range from the end"),
        pytest.param("$.shelves[0, 2, 9].price", [4, 1], id="some positions"),
        pytest.param("$.shelves[0].origin.*", ["Nepal"], id="every value of an object"),
        pytest.param("$.open.*", [], id="every value of a scalar"),
        pytest.param("$.shelves[9].*", [], id="behind a missing position"),
        pytest.param("$.empty[*].kind", [], id="of an empty list"),
        pytest.param("$..mon", [None] * 6 + [[8, 18]], id="a name anywhere"),
        pytest.param("$..mon[0]", [8], id="a place anywhere"),
        pytest.param("$.shelves..[0].kind", ["tea"], id="a position anywhere"),
        pytest.param("$..['opening times'].mon", [[8, 18]], id="quoted, anywhere"),
        pytest.param("$.shelves[0]..*", ["tea", 4, {"land": "Nepal"}, "Nepal"]),
        pytest.param("$..[?(@.price > 3)].kind", ["tea"], id="what passes, anywhere"),
    ],
)
def test_forking_path_gives_a_list(path, values):
    assert read(path) == values


def test_path_that_ends_before_it_forks_is_null():
    assert read("$.nobody[*].kind") is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.shelves.length()", 3),
        ("$.shelves[0].size()", 3),
        ("$.open.length()", None),
        ("$.shelves[0].keys()", ["kind", "price", "origin"]),
        ("$.open.keys()", None),
        ("$.shelves.first().kind", "tea"),
        ("$.shelves.last().kind", "salt"),
        ("$.shelves.index(1).kind", "rice"),
        ("$.empty.first()", None),
        ("$.open.first()", None),
        ("$['opening times'].mon.sum()", 26.0),
        ("$['opening times'].mon.min()", 8.0),
        ("$['opening times'].mon.max()", 18.0),
        ("$['opening times'].mon.avg()", 13.0),
        ("$['opening times'].mon.stddev()", 5.0),
        ("$.empty.avg()", None),
        ("$.open.sum()", None),
        ("$..price.sum()", 7.5),
        ("$.shelves[*].origin.length()", [1, 2]),
    ],
)
def test_function_at_the_end_of_a_path(path, value):
    assert read(path) == value


@pytest.mark.parametrize("numbers", [[1e308, 1e308], [10**400]])
def test_sum_too_large_for_a_number_is_null(numbers):
    assert read("$.sum()", numbers) is None


def test_find_tells_null_from_missing():
    assert jayway.find(parse("$.owner"), SHOP) == [None]
    assert jayway.find(parse("$.nobody"), SHOP) == []
    assert jayway.find(parse("$.shelves[0]['kind','x']"), SHOP) == [{"kind": "tea"}]


def test_path_that_visits_too_many_places_fails():
    crowd = [[0] * 1_000] * 300

    with pytest.raises(EvaluationFailure, match="more than 200000 places"):
        read("$..x", crowd)


def test_deep_document_needs_no_stack():
    deep = 1
    for _ in range(5_000):
        deep = [deep]

    assert jayway.read(parse("$..[?(@.x)]"), deep) == []


def test_reading_changes_nothing_and_shares_nothing_it_made():
    document = {"a": [1, 2]}

    found = read("$.a[*]", document)

    assert found == [1, 2]
    assert document == {"a": [1, 2]}
