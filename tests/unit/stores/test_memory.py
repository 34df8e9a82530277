"""Where the memory table is as strict as DynamoDB though some emulators are not."""

from __future__ import annotations

import pytest

from chalicelib.errors import StaleRecord
from chalicelib.stores.memory import MemoryTable


@pytest.mark.parametrize(("there", "asked"), [(1, True), (1, 1.0), (0, False)])
def test_a_condition_compares_the_type_too(there, asked):
    table = MemoryTable()
    table.put({"pk": "a", "sk": "b", "x": there})
    with pytest.raises(StaleRecord):
        table.put({"pk": "a", "sk": "b"}, where={"x": asked})


def test_an_update_keeps_its_place_in_the_index():
    table = MemoryTable()
    table.put({"pk": "a", "sk": "b", "ipk": "w", "isk": "1"})
    table.add(("a", "b"), frozenset({1}))
    assert [item["pk"] for item in table.query("w", index=True)] == ["a"]
