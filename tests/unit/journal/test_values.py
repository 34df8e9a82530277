"""What ``Values`` remembers; what it keeps is judged by tests/contracts."""

from __future__ import annotations

import pytest

from chalicelib.errors import Unavailable, ValueLost
from chalicelib.journal.values import Values
from chalicelib.stores.blobs import MemoryBlobs
from chalicelib.stores.memory import MemoryTable
from chalicelib.values import parse

RUN = "orders:run-1"


def a_text(letter, length=3000):
    return letter * length


class CountedTable(MemoryTable):
    def __init__(self):
        super().__init__()
        self.puts = 0

    def put(self, item, **conditions):
        self.puts += 1
        super().put(item, **conditions)


class BrokenTable(MemoryTable):
    def put(self, item, **conditions):
        raise Unavailable("table")


def test_the_oldest_is_forgotten_when_memory_is_used_up():
    table = CountedTable()
    values = Values(table, MemoryBlobs(), remembered=7000)
    first, second, third = a_text("a"), a_text("b"), a_text("c")
    for text in (first, second, first, third):
        values.keep(RUN, text)
    assert table.puts == 3
    values.keep(RUN, first)  # was used after the second: still known
    assert table.puts == 3
    values.keep(RUN, second)
    assert table.puts == 4


def test_a_value_larger_than_all_memory_is_kept_and_not_remembered():
    table = CountedTable()
    values = Values(table, MemoryBlobs(), remembered=100)
    kept = values.keep(RUN, a_text("a"))
    assert values.restore(RUN, kept) == a_text("a")
    values.keep(RUN, a_text("a"))
    assert table.puts == 2


def test_many_values_share_memory_without_leaving_traces():
    values = Values(MemoryTable(), MemoryBlobs(), remembered=10_000)
    kept = [values.keep(RUN, a_text(chr(letter))) for letter in range(97, 120)]
    restored = [values.restore(RUN, json) for json in kept]
    assert restored == [a_text(chr(letter)) for letter in range(97, 120)]


def test_what_could_not_be_written_is_not_remembered():
    values = Values(BrokenTable(), MemoryBlobs())
    text = a_text("a")
    for _ in range(2):
        with pytest.raises(Unavailable):
            values.keep(RUN, text)


def test_the_newest_of_equal_objects_is_the_one_that_is_recognised():
    table = CountedTable()
    values = Values(table, MemoryBlobs())
    older, newer = [a_text("a"), 1], [a_text("a"), 1]
    kept = values.keep(RUN, older)
    assert values.keep(RUN, newer) == values.keep(RUN, older) == kept
    assert table.puts == 1


def test_a_large_value_is_never_taken_for_a_small_one_that_is_gone():
    # Objects of a loop take each other's place, and so each other's id.
    values = Values(MemoryTable(), MemoryBlobs())
    for number in range(1_000):
        small = {"n": number}
        assert values.keep(RUN, small) is small
        del small
        large = {"n": a_text("a") + str(number)}
        assert values.keep(RUN, large) != large
        del large


def test_a_small_value_that_is_passed_on_stays_as_it_is():
    values = Values(CountedTable(), MemoryBlobs())
    many = [{"n": number} for number in range(500)]
    assert all(values.keep(RUN, each) is each for each in many)
    assert all(values.keep(RUN, each) is each for each in many)


def test_a_part_that_cannot_be_read_again_is_named_by_its_digest():
    blobs = MemoryBlobs()
    values = Values(MemoryTable(), blobs)
    noise = bytes(range(256)).hex() * 20
    kept = values.keep(RUN, noise)
    other = Values(MemoryTable(), blobs)
    with pytest.raises(ValueLost, match=kept["@"][0]):
        other.restore(RUN, kept)


@pytest.mark.parametrize(
    "value", [{"n": 1}, [1, "é"], "text", 7, {"@": ["d1", 4000, "table"]}, {"a": {}}]
)
def test_what_is_named_is_kept_however_small_it_is(value):
    table = CountedTable()
    values = Values(table, MemoryBlobs())

    stored = values.name(RUN, value)

    assert Values(table, MemoryBlobs()).fetch(RUN, stored) == value
    assert values.name(RUN, value) == stored
    assert table.puts == 1


def test_a_large_value_has_the_name_that_stands_for_it_elsewhere():
    table = CountedTable()
    values = Values(table, MemoryBlobs())
    value = [a_text("a", 30) for _ in range(100)]

    kept = values.keep(RUN, value)

    assert parse(values.name(RUN, value).reference) == kept
    assert table.puts == 1
