from __future__ import annotations

from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.stores.attributes import decode, decode_item, encode, encode_item

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(min_size=1), parts),
)


class Colour(StrEnum):
    RED = "red"


@given(VALUES)
def test_decoding_what_was_encoded_gives_the_same_value(value):
    found = decode(encode(value))
    assert (found, repr(found)) == (value, repr(value))


@given(st.frozensets(st.integers(-(10**37), 10**37), min_size=1))
def test_a_set_comes_back_as_a_set(members):
    assert decode(encode(members)) == members


def test_an_item_keeps_its_names():
    item = {"pk": "a", "sk": "b", "n": 1}
    assert encode_item(item) == {"pk": {"S": "a"}, "sk": {"S": "b"}, "n": {"N": "1"}}
    assert decode_item(encode_item(item)) == item


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100000000000000000000", 10**20),
        ("1E+20", 10**20),
        ("1E-7", 1e-7),
        ("0.0000001", 1e-7),
        ("-0.5", -0.5),
    ],
)
def test_a_number_is_read_in_every_way_that_it_may_be_written(text, value):
    found = decode({"N": text})
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("value", "attribute"),
    [
        pytest.param(0.25, {"N": "0.25"}, id="a fraction is a number"),
        pytest.param(3.0, {"SS": ["3.0"]}, id="a whole float is text"),
        pytest.param(1e-200, {"SS": ["1e-200"]}, id="out of DynamoDB's range"),
        pytest.param(10**38, {"SS": ["1" + "0" * 38]}, id="39 digits"),
        pytest.param(Colour.RED, {"S": "red"}, id="a member of an enum is its value"),
        pytest.param((1,), {"L": [{"N": "1"}]}, id="a tuple is a list"),
        pytest.param({2, 1}, {"NS": ["1", "2"]}, id="a set is a set"),
    ],
)
def test_how_a_value_travels(value, attribute):
    assert encode(value) == attribute
    assert type(encode(value).get("S", "")) is str


def test_what_has_no_place_in_an_item_is_refused():
    with pytest.raises(TypeError, match="complex"):
        encode(1j)


def test_an_attribute_without_a_type_is_refused():
    with pytest.raises(ValueError, match="without a type"):
        decode({})
