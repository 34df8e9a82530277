import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.errors import InputRefused
from chalicelib.values import canonical, compact, digest, parse, short_hash, size

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_what_is_written_is_read_again(value):
    assert parse(compact(value)) == parse(canonical(value)) == value


@given(JSON)
def test_size_is_the_number_of_bytes(value):
    assert size(value) == len(compact(value).encode("utf-8", "surrogatepass"))


def test_equal_values_have_one_digest_and_others_another():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 1})


def test_the_parts_of_a_hash_do_not_run_into_each_other():
    assert short_hash("ab", "c") != short_hash("a", "bc")
    assert len(short_hash("a", length=5)) == 5


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_json_is_not_written(value):
    with pytest.raises(ValueError, match="JSON"):
        compact(value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("{\n x", "line 2, column 2", id="a slip has its place"),
        pytest.param("NaN", "NaN is not JSON", id="not a number"),
        pytest.param(b"\xff", "body is not JSON", id="not UTF-8"),
        pytest.param("[" * 100_000, "body is not JSON", id="too deep to read"),
    ],
)
def test_what_is_no_json_is_refused(text, says):
    with pytest.raises(InputRefused, match=says):
        parse(text)


def test_bytes_are_read_as_utf8():
    assert parse(b'"\xc3\xa9"') == "é"


def test_a_number_beyond_the_doubles_is_no_json():
    with pytest.raises(InputRefused, match="1e999 is too large for a number"):
        parse("[0.5, 1e999]")
