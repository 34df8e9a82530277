import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.batches import ItemTooLarge, Most, batched
from chalicelib.values import size


def items(batches):
    return [batch["Items"] for batch in batches]


def test_without_a_limit_there_is_one_batch():
    assert batched([1, 2, 3], Most(), {}) == [{"Items": [1, 2, 3]}]


def test_no_items_make_no_batch():
    assert batched([], Most(items=2, bytes=50), {}) == []


def test_a_batch_has_as_many_items_as_it_may():
    assert items(batched([1, 2, 3, 4, 5], Most(items=2), {})) == [[1, 2], [3, 4], [5]]


def test_every_batch_gets_what_they_share():
    batches = batched([1, 2], Most(items=1), {"BatchInput": {"of": "a"}})

    assert batches == [
        {"BatchInput": {"of": "a"}, "Items": [1]},
        {"BatchInput": {"of": "a"}, "Items": [2]},
    ]


def test_what_is_reached_first_closes_a_batch():
    # {"Items":["aaa","aaa"]} has 23 bytes.
    assert items(batched(["aaa"] * 5, Most(items=3, bytes=23), {})) == [
        ["aaa", "aaa"],
        ["aaa", "aaa"],
        ["aaa"],
    ]
    assert items(batched(["aaa"] * 5, Most(items=1, bytes=23), {})) == [["aaa"]] * 5


def test_an_item_that_no_batch_has_room_for_is_refused():
    with pytest.raises(ItemTooLarge, match="item 1 makes a batch of 24 bytes, and 23"):
        batched(["a", "aaaaaaaaaa"], Most(bytes=23), {})


values = st.lists(st.integers() | st.text(max_size=8), max_size=30)


@given(values, st.integers(0, 5), st.integers(100, 200), st.booleans())
def test_batches_keep_all_items_in_order_and_their_limits(given, most, bytes_, shares):
    around = {"BatchInput": "é"} if shares else {}

    batches = batched(given, Most(items=most, bytes=bytes_), around)

    assert [item for batch in batches for item in batch["Items"]] == given
    assert all(size(batch) <= bytes_ for batch in batches)
    assert all(batch["Items"] for batch in batches)
    if most:
        assert all(len(batch["Items"]) <= most for batch in batches)
