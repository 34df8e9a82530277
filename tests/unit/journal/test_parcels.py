from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.journal.parcels import (
    Reference,
    Tier,
    open_content,
    pack,
    reference_in,
    unpack,
)
from chalicelib.journal.weights import is_small
from chalicelib.values import compact, parse, size

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.text(min_size=1, max_size=3).map(lambda text: text * 1500),
    lambda parts: (
        st.lists(parts)
        | st.dictionaries(st.text() | st.just("@"), parts)
        | st.builds(lambda part: {"@": part}, parts)
    ),
)


def noise_of(length):
    """Text that hardly compresses."""
    digests = (hashlib.sha256(b"%d" % n).hexdigest() for n in range(length // 64))
    return "".join(digests)


class Nothing:
    """Nothing is known to be kept."""

    def reference_to(self, value):
        return None

    def reference_named(self, digest):
        return None


def packed(value):
    return pack(value, Nothing())


def restored(json, parcels):
    contents = {parcel.reference: parcel.content for parcel in parcels}

    def restore(reference):
        return open_content(contents[reference], restore)

    return unpack(parse(compact(json)), restore)


@settings(deadline=None)
@given(JSON)
def test_unpacking_what_was_packed_gives_the_same_text(value):
    json, parcels = packed(value)
    assert compact(restored(json, parcels)) == compact(value)


@settings(deadline=None)
@given(JSON)
def test_what_remains_is_small_and_names_the_size_of_what_left(value):
    json, parcels = packed(value)
    assert size(json) <= 2048
    for parcel in parcels:
        assert parcel.reference.size == size(parcel.value)


@settings(deadline=None)
@given(JSON)
def test_a_small_value_is_one_that_packing_leaves_alone(value):
    if is_small(value):
        assert packed(value).json is value
        assert size(value) <= 2048
    elif size(value) <= 2048:
        assert '{"@":' in compact(value) or ',"@":' in compact(value)


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        pytest.param("x" * 2046, True, id="text of 2,048 bytes"),
        pytest.param("x" * 2047, False, id="text of 2,049 bytes"),
        pytest.param("é" * 1023, True, id="two bytes a letter"),
        pytest.param("é" * 1024, False, id="two bytes a letter, one too many"),
        pytest.param('"' * 1023, True, id="escaped letters count twice"),
        pytest.param('"' * 1024, False, id="escaped letters, one too many"),
        pytest.param("\u0001" * 341, True, id="six bytes a letter"),
        pytest.param("\u0001" * 342, False, id="six bytes a letter, one too many"),
        pytest.param([1] * 1023, True, id="list of 2,047 bytes"),
        pytest.param([11] * 683, False, id="list of 2,050 bytes"),
        pytest.param([1] * 100_000, False, id="long list"),
        pytest.param({"k" * 2039: "v"}, True, id="object of 2,047 bytes"),
        pytest.param({"k" * 2041: "v"}, False, id="object of 2,049 bytes"),
        pytest.param([[1] * 600, [2] * 600], False, id="two lists"),
        pytest.param([0.1234567890123456] * 107, True, id="floats of 2,034 bytes"),
        pytest.param(10**2047, True, id="number of 2,048 digits"),
        pytest.param(10**2048, False, id="number of 2,049 digits"),
        pytest.param((1, 2), True, id="a tuple is a list"),
        pytest.param([True, False, None] * 127, True, id="words of 2,033 bytes"),
        pytest.param([True, False, None] * 140, False, id="too many words"),
    ],
)
def test_2048_bytes_of_text_stay(value, fits):
    json, parcels = packed(value)
    assert is_small(value) == fits == (json is value)
    assert bool(parcels) == (not fits)


def test_large_children_leave_before_their_container():
    text, rows = "x" * 5000, list(range(2000))
    json, parcels = packed({"text": text, "rest": {"rows": rows, "n": 1}})
    assert [parcel.value for parcel in parcels] == [text, rows]
    assert list(json) == ["text", "rest"]
    assert json["rest"]["n"] == 1
    assert reference_in(json["text"]).size == 5002


def test_a_container_leaves_when_what_remains_is_still_large():
    value = {"text": "x" * 5000, "rows": [{"n": n} for n in range(500)]}
    whole = {"value": value, **{f"k{n}": "y" * 30 for n in range(60)}}
    json, parcels = packed(whole)
    assert [parcel.value for parcel in parcels] == ["x" * 5000, value["rows"], whole]
    assert reference_in(json).size == size(whole)


def test_a_value_is_not_changed_by_packing():
    value = {"a": ["x" * 3000, {"@": "y"}], "b": {"@": 1}}
    before = compact(value)
    packed(value)
    assert compact(value) == before


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"@": ["digest", 9, "table"]}, id="forged reference"),
        pytest.param({"@": {"@": {"@": 1}}}, id="escapes of escapes"),
        pytest.param({"@": {}}, id="nothing inside"),
        pytest.param([{"@": "x" * 3000}], id="large inside"),
        pytest.param({"@": 1, "b": 2}, id="not its only key"),
        pytest.param({"a": '{"@":'}, id="inside of a text"),
    ],
)
def test_an_object_of_the_user_is_never_taken_for_a_reference(value):
    json, parcels = packed(value)
    assert restored(json, parcels) == value


def test_a_forged_reference_in_a_large_value_is_not_followed():
    value = [{"@": ["digest", 9, "table"]}, list(range(1000)), "x"] * 50
    json, parcels = packed(value)
    assert restored(json, parcels) == value


def test_a_tuple_comes_back_as_a_list():
    json, parcels = packed(("x" * 3000, (1, 2)))
    assert restored(json, parcels) == ["x" * 3000, [1, 2]]
    assert restored(*packed(tuple(range(2000)))) == list(range(2000))


def test_the_name_is_that_of_the_kept_text_in_its_own_order():
    rows = {f"k{n}": n for n in range(300)}
    back = dict(reversed(rows.items()))
    assert packed(rows).json != packed(back).json
    json, parcels = packed(back)
    assert list(restored(json, parcels)) == list(back)


def test_what_is_large_even_when_compressed_is_a_blob():
    noise = noise_of(1_400_000)
    (parcel,) = packed([noise[:500_000]]).parcels
    assert (parcel.reference.tier, len(parcel.content) < 300_000) == (Tier.TABLE, True)
    (parcel,) = packed([noise]).parcels
    assert (parcel.reference.tier, len(parcel.content) > 300_000) == (Tier.BLOB, True)


class Kept(Nothing):
    def __init__(self, reference):
        self.reference = reference

    def reference_named(self, digest):
        return self.reference


def test_a_part_that_is_kept_under_its_name_is_not_compressed_again():
    reference = Reference("d1", 3002, Tier.BLOB)
    json, (parcel,) = pack("x" * 3000, Kept(reference))
    assert json == {"@": ["d1", 3002, "blob"]}
    assert (parcel.reference, parcel.content) == (reference, None)


class Recognised(Nothing):
    def __init__(self, value, reference):
        self.value, self.reference = value, reference

    def reference_to(self, value):
        return self.reference if value is self.value else None


@pytest.mark.parametrize("part", ["x" * 3000, list(range(2000)), {"k": "x" * 3000}])
def test_a_part_that_is_recognised_is_not_looked_into(part):
    reference = Reference("d1", 9000, Tier.TABLE)
    json, parcels = pack({"a": [part]}, Recognised(part, reference))
    assert json == {"a": [{"@": ["d1", 9000, "table"]}]}
    assert parcels == []


def test_nothing_is_copied_where_nothing_was_kept_apart():
    value = json.loads('{"a": [1, {"b": [2, {}]}], "c": [[]]}')
    assert unpack(value, lambda reference: reference) is value


def test_deep_nesting_takes_one_frame_for_each_level():
    value = "x" * 3000
    for _ in range(400):
        value = {"a": [value]}
    json, parcels = packed(value)
    assert restored(json, parcels) == value
