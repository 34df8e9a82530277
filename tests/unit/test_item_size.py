from __future__ import annotations

from enum import StrEnum

import pytest

from chalicelib.item_size import index_size, item_size


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "size"),
    [
        pytest.param("", 0, id="empty text"),
        pytest.param("héllo", 6, id="text in UTF-8"),
        pytest.param(b"12345", 5, id="bytes are counted raw"),
        pytest.param(True, 1, id="boolean"),
        pytest.param(None, 1, id="null"),
        pytest.param(0, 1, id="zero has no digits"),
        pytest.param(7, 2, id="one digit"),
        pytest.param(12, 2, id="two digits"),
        pytest.param(123, 3, id="three digits"),
        pytest.param(-12, 3, id="a minus sign"),
        pytest.param(120_000, 2, id="trailing zeros are trimmed"),
        pytest.param(0.0012, 2, id="leading zeros are trimmed"),
        pytest.param(1e-7, 2, id="an exponent is no digit"),
        pytest.param(1764000000.125, 8, id="a time"),
        pytest.param(5.0, 3, id="a whole float is text"),
        pytest.param(frozenset({1, 22}), 4, id="a set is its members"),
        pytest.param({1, 22}, 4, id="the other kind of set"),
        pytest.param([], 3, id="empty list"),
        pytest.param([1, "ab"], 3 + 2 + 2 + 2, id="list"),
        pytest.param((1, "ab"), 3 + 2 + 2 + 2, id="tuple"),
        pytest.param({}, 3, id="empty map"),
        pytest.param({"a": 1, "bc": {}}, 3 + 2 + 1 + 2 + 2 + 3, id="map"),
        pytest.param(Colour.RED, 3, id="a member of an enum is its value"),
    ],
)
def test_the_size_of_a_value(value, size):
    assert item_size({"v": value}) == 1 + size


def test_names_count():
    assert item_size({"pk": "a", "é": "b"}) == 3 + 3


def test_the_index_holds_the_keys_and_what_it_projects():
    item = {"pk": "a", "sk": "b", "ipk": "c", "isk": "d", "status": "FAILED"}
    assert index_size({**item, "z": bytes(5000)}) == item_size(item)


def test_what_has_no_place_in_an_item_has_no_size():
    with pytest.raises(TypeError, match="complex"):
        item_size({"v": 1j})
