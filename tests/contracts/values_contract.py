"""What ``Values`` must do on every table and blobs; a test module subclasses this."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import pytest

from chalicelib.engine.state import Stored
from chalicelib.errors import ValueLost
from chalicelib.journal.values import Values
from chalicelib.ports import Blobs, Table
from chalicelib.values import compact

RUN = "orders:run-1"
#: As random as text can be: it is still too large for an item when compressed.
NOISE = "".join(hashlib.sha256(b"%d" % n).hexdigest() for n in range(12_500))
LARGE = {f"key {number}": [number, "text" * 9] for number in range(200)}


@dataclass
class Watched:
    """A table that remembers what was put, and how often it was read."""

    table: Table
    puts: list = field(default_factory=list)
    gets: int = 0

    def put(self, item):
        self.puts.append(item["sk"])
        self.table.put(item)

    def get(self, key):
        self.gets += 1
        return self.table.get(key)


@dataclass
class WatchedBlobs:
    blobs: Blobs
    puts: list = field(default_factory=list)

    def put(self, name, content):
        self.puts.append(name)
        self.blobs.put(name, content)

    def get(self, name):
        return self.blobs.get(name)

    def delete(self, name):
        self.blobs.delete(name)


class ValuesContract:
    @pytest.fixture
    def tiers(self):
        """The table and the blobs."""
        raise NotImplementedError

    @pytest.fixture
    def table(self, tiers):
        return Watched(tiers[0])

    @pytest.fixture
    def blobs(self, tiers):
        return WatchedBlobs(tiers[1])

    @pytest.fixture
    def values(self, table, blobs):
        return Values(table, blobs)

    @pytest.fixture
    def elsewhere(self, table, blobs):
        """The same tiers in a process that remembers nothing."""
        return Values(table, blobs)

    @pytest.mark.parametrize("value", [None, 7, "x" * 2000, [], {"a": [1, {"b": {}}]}])
    def test_a_small_value_stays_as_it_is(self, values, table, value):
        assert values.keep(RUN, value) is value
        assert values.restore(RUN, value) is value
        assert (table.puts, table.gets) == ([], 0)

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("x" * 2047, id="text"),
            pytest.param("\ud800" * 3000, id="lone surrogates"),
            pytest.param(list(range(1000)), id="list"),
            pytest.param(LARGE, id="object"),
            pytest.param({"a": {"b": [LARGE, "y" * 5000]}, "c": 1}, id="nested"),
            pytest.param({"z": 1, "a": {"z": "x" * 3000, "a": 2.0}}, id="order"),
            pytest.param({"@": ["not", "a", "reference"] * 300}, id="escaped"),
            pytest.param(NOISE, id="too large for an item"),
            pytest.param({"n": NOISE, "m": ["x" * 3000, NOISE]}, id="mixed"),
        ],
    )
    def test_a_large_value_comes_back_elsewhere(self, values, elsewhere, value):
        kept = values.keep(RUN, value)
        assert len(compact(kept)) <= 2048
        assert compact(elsewhere.restore(RUN, kept)) == compact(value)

    def test_a_part_too_large_for_an_item_is_a_blob(self, values, table, blobs):
        kept = values.keep(RUN, NOISE)
        digest, size, tier = kept["@"]
        assert (size, tier) == (len(NOISE) + 2, "blob")
        assert blobs.puts == [f"values/{RUN}/{digest}"]

    def test_an_item_says_which_blobs_there_are(self, values, table, blobs):
        values.keep(RUN, {"noise": NOISE})
        for item in table.table.query(RUN):
            values.discard(item)

        with pytest.raises(ValueLost):
            blobs.get(blobs.puts[0])

    def test_a_slot_is_fetched_whole(self, values, elsewhere):
        value = {"small": 1, "large": LARGE}
        stored = Stored(compact(values.keep(RUN, value)))
        assert elsewhere.fetch(RUN, stored) == value

    def test_the_same_object_is_written_once(self, values, table):
        kept = values.keep(RUN, LARGE)
        assert values.keep(RUN, LARGE) == kept
        assert values.keep(RUN, {"wrapped": LARGE}) == {"wrapped": kept}
        assert len(table.puts) == 1

    def test_an_equal_value_is_written_once(self, values, table):
        kept = values.keep(RUN, LARGE)
        assert values.keep(RUN, dict(LARGE)) == kept
        assert len(table.puts) == 1

    def test_a_restored_value_is_read_once_and_not_written(
        self, values, elsewhere, table
    ):
        kept = values.keep(RUN, LARGE)
        restored = elsewhere.restore(RUN, kept)
        assert elsewhere.restore(RUN, {"again": kept})["again"] is restored
        assert elsewhere.keep(RUN, restored) == kept
        assert (len(table.puts), table.gets) == (1, 1)

    def test_what_contains_a_kept_value_is_written_without_it(self, values, table):
        values.keep(RUN, NOISE[:9000])
        values.keep(RUN, {"a": NOISE[:9000], "b": "x" * 2000, "c": "y" * 2000})
        assert len(table.puts) == 2
        assert len(table.table.get((RUN, table.puts[1]))["z"]) < 400

    def test_another_partition_has_its_own(self, values, elsewhere, table):
        values.keep(RUN, LARGE)
        kept = values.keep("orders:run-2", LARGE)
        assert len(table.puts) == 2
        assert elsewhere.restore("orders:run-2", kept) == LARGE

    @pytest.mark.parametrize("value", [LARGE, NOISE])
    def test_a_value_that_is_gone_is_lost(self, values, elsewhere, value):
        kept = values.keep(RUN, value)
        with pytest.raises(ValueLost, match=kept["@"][0]):
            elsewhere.restore("orders:run-2", kept)

    def test_a_damaged_value_is_lost(self, values, elsewhere, table):
        kept = values.keep(RUN, LARGE)
        table.put({"pk": RUN, "sk": table.puts[0], "z": b"damaged"})
        with pytest.raises(ValueLost, match=kept["@"][0]):
            elsewhere.restore(RUN, kept)
