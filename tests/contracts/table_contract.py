"""What every table must do; a test module subclasses this with its own fixture."""

from __future__ import annotations

import pytest

from chalicelib.errors import StaleRecord
from chalicelib.ports import LISTED


def an_item(sk="0#1", pk="orders:run-1", **attributes):
    return {"pk": pk, "sk": sk, **attributes}


def sorts(items):
    return [item["sk"] for item in items]


@pytest.fixture
def letters(table):
    """Five items, and neighbours before, after and beside them."""
    for sk in ("c", "a", "e", "b", "d"):
        table.put(an_item(sk))
    table.put(an_item("c", pk="orders:run-0"))
    table.put(an_item("c", pk="orders:run-2"))
    return table


class TableContract:
    @pytest.fixture
    def table(self):
        raise NotImplementedError

    # Put and get

    def test_a_missing_item_is_none(self, table):
        assert table.get(("orders:run-1", "0#1")) is None

    @pytest.mark.parametrize("pk", ["", "x" * 2049])
    def test_a_key_that_no_item_can_have_is_of_no_item(self, table, pk):
        assert table.get((pk, "0#1")) is None
        assert table.query(pk) == []

    def test_an_item_comes_back_as_it_was_put(self, table):
        table.put(an_item(status="RUNNING", z=b"\x00\xff"))
        found = table.get(("orders:run-1", "0#1"))
        assert found == an_item(status="RUNNING", z=b"\x00\xff")

    def test_a_put_replaces_the_whole_item(self, table):
        table.put(an_item(old=1))
        table.put(an_item(new=2))
        assert table.get(("orders:run-1", "0#1")) == an_item(new=2)

    def test_a_change_of_what_was_read_or_put_does_not_reach_the_table(self, table):
        item = an_item(n=1)
        table.put(item)
        item["n"] = 2
        table.get(("orders:run-1", "0#1"))["n"] = 3
        assert table.get(("orders:run-1", "0#1")) == an_item(n=1)

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("", id="empty text"),
            pytest.param("Grüße, 世界 \U0001f600 \u0000 \ufffe", id="unicode"),
            pytest.param(0, id="zero"),
            pytest.param(-7, id="negative"),
            pytest.param(10**37 + 1, id="38 digits"),
            pytest.param(10**38 + 1, id="39 digits, more than DynamoDB keeps"),
            pytest.param(-(10**38) - 1, id="39 digits, negative"),
            pytest.param(10**30, id="a one and 30 zeros"),
            pytest.param(0.5, id="half"),
            pytest.param(1e-7, id="small float"),
            pytest.param(0.1 + 0.2, id="17 digits"),
            pytest.param(1764000000.125, id="a time"),
            pytest.param(5.0, id="whole float"),
            pytest.param(1e22, id="large whole float"),
            pytest.param(-0.0, id="negative zero"),
            pytest.param(5e-324, id="smallest float, less than DynamoDB keeps"),
            pytest.param(1.7976931348623157e308, id="largest float"),
            pytest.param(True, id="true"),
            pytest.param(False, id="false"),
            pytest.param(None, id="null"),
            pytest.param(b"", id="no bytes"),
            pytest.param(bytes(range(256)), id="every byte"),
            pytest.param(frozenset({3, 1, 2, 1000}), id="set"),
            pytest.param([], id="empty list"),
            pytest.param({}, id="empty map"),
            pytest.param({"ä b": [1, {"SS": [None, 2.0]}, "x"]}, id="nested"),
        ],
    )
    def test_a_value_comes_back_with_its_type(self, table, value):
        table.put(an_item(value=value))
        found = table.get(("orders:run-1", "0#1"))["value"]
        assert (found, repr(found)) == (value, repr(value))

    def test_an_empty_set_is_refused(self, table):
        with pytest.raises(ValueError, match="empty set"):
            table.put(an_item(done=frozenset()))

    # The fence

    def test_the_second_writer_of_a_key_loses(self, table):
        table.put(an_item(by="first"), unless_exists=True)
        with pytest.raises(StaleRecord, match="orders:run-1 0#1"):
            table.put(an_item(by="second"), unless_exists=True)
        assert table.get(("orders:run-1", "0#1"))["by"] == "first"

    def test_two_writers_of_neighbouring_keys_both_win(self, table):
        table.put(an_item("0#1"), unless_exists=True)
        table.put(an_item("0#2"), unless_exists=True)
        assert sorts(table.query("orders:run-1")) == ["0#1", "0#2"]

    def test_a_condition_on_what_is_there_lets_one_of_two_writers_win(self, table):
        table.put(an_item(status="RUNNING", version=1))
        expected = {"status": "RUNNING", "version": 1}
        table.put(an_item(status="RUNNING", version=2), where=expected)
        with pytest.raises(StaleRecord):
            table.put(an_item(status="FAILED", version=2), where=expected)
        found = table.get(("orders:run-1", "0#1"))
        assert found == an_item(status="RUNNING", version=2)

    def test_a_condition_on_a_missing_item_does_not_hold(self, table):
        with pytest.raises(StaleRecord):
            table.put(an_item(), where={"status": "RUNNING"})
        assert table.get(("orders:run-1", "0#1")) is None

    @pytest.mark.parametrize(
        ("there", "where"),
        [
            pytest.param({}, {"x": None}, id="absent is not null"),
            pytest.param({"x": 1}, {"x": "1"}, id="one is not its text"),
            pytest.param({"x": 1, "y": 2}, {"x": 1, "y": 3}, id="all must hold"),
        ],
    )
    def test_a_condition_that_does_not_hold(self, table, there, where):
        table.put(an_item(**there))
        with pytest.raises(StaleRecord):
            table.put(an_item(new=1), where=where)

    @pytest.mark.parametrize("where", [{"x": None}, {"x": None, "y": b"1"}, {}, None])
    def test_a_condition_that_holds(self, table, where):
        table.put(an_item(x=None, y=b"1"))
        table.put(an_item(new=1), where=where)
        assert table.get(("orders:run-1", "0#1")) == an_item(new=1)

    # Query

    def test_an_unknown_partition_has_no_items(self, table):
        assert table.query("nobody") == []

    def test_a_query_gives_the_partition_in_order(self, letters):
        assert sorts(letters.query("orders:run-1")) == ["a", "b", "c", "d", "e"]

    def test_order_is_that_of_utf8_bytes(self, table):
        for sk in ("\U0001f600", "é", "z", "Z", "\uffee", "10", "9"):
            table.put(an_item(sk))
        found = sorts(table.query("orders:run-1"))
        assert found == ["10", "9", "Z", "z", "é", "\uffee", "\U0001f600"]

    def test_a_prefix_leaves_its_neighbours_out(self, table):
        for sk in ("0", "0#", "0#1", "0#2", "0#\U0001f600", "0$", "00#1", "1#1"):
            table.put(an_item(sk))
        found = sorts(table.query("orders:run-1", prefix="0#"))
        assert found == ["0#", "0#1", "0#2", "0#\U0001f600"]

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            pytest.param({"after": "b"}, "cde", id="after leaves its end out"),
            pytest.param({"before": "d"}, "abc", id="before leaves its end out"),
            pytest.param({"after": "a", "before": "e"}, "bcd", id="open interval"),
            pytest.param({"after": "aa", "before": "dd"}, "bcd", id="ends not there"),
            pytest.param({"after": "c", "before": "c"}, "", id="nothing between"),
            pytest.param({"after": "d", "before": "b"}, "", id="the wrong way round"),
            pytest.param({"after": "b", "before": "c"}, "", id="neighbours"),
            pytest.param({"after": "e"}, "", id="after the last"),
            pytest.param({"before": "a"}, "", id="before the first"),
            pytest.param({"limit": 2}, "ab", id="limit"),
            pytest.param({"limit": 0}, "", id="limit of none"),
            pytest.param({"limit": 9}, "abcde", id="limit beyond the end"),
            pytest.param({"descending": True}, "edcba", id="descending"),
            pytest.param({"descending": True, "limit": 1}, "e", id="the last"),
            pytest.param(
                {"after": "a", "before": "e", "limit": 2}, "bc", id="first two between"
            ),
            pytest.param(
                {"after": "a", "before": "e", "limit": 2, "descending": True},
                "dc",
                id="last two between",
            ),
            pytest.param(
                {"before": "c", "limit": 1, "descending": True}, "b", id="the one below"
            ),
        ],
    )
    def test_an_interval_is_open(self, letters, asked, found):
        assert sorts(letters.query("orders:run-1", **asked)) == list(found)

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            pytest.param({"after": "0#2"}, ["0#3"], id="page on"),
            pytest.param({"before": "0#2"}, ["0#1"], id="page back"),
            pytest.param({"after": "0#1", "before": "0#3"}, ["0#2"], id="between"),
            pytest.param({"after": "0"}, ["0#1", "0#2", "0#3"], id="from before it"),
            pytest.param({"after": "2"}, [], id="from behind it"),
        ],
    )
    def test_a_prefix_with_an_end_is_both(self, table, asked, found):
        for sk in ("0", "0#1", "0#2", "0#3", "1"):
            table.put(an_item(sk))
        assert sorts(table.query("orders:run-1", prefix="0#", **asked)) == found

    def test_a_query_gives_whole_items(self, table):
        table.put(an_item("a", done=frozenset({1, 2}), z=b"\x01"))
        found = table.query("orders:run-1")
        assert found == [an_item("a", done=frozenset({1, 2}), z=b"\x01")]

    # Delete

    def test_a_deleted_item_is_gone_from_every_reading(self, table):
        table.put(an_item("a", ipk="all", isk="1"))
        table.put(an_item("b", ipk="all", isk="2"))
        table.delete(("orders:run-1", "a"))
        assert table.get(("orders:run-1", "a")) is None
        assert sorts(table.query("orders:run-1")) == ["b"]
        assert sorts(table.query("all", index=True)) == ["b"]

    def test_deleting_what_is_not_there_is_no_error(self, table):
        table.delete(("orders:run-1", "nothing"))

    def test_many_items_are_discarded_at_once(self, table):
        for number in range(60):
            table.put(an_item(f"a{number:02d}"))
        table.put(an_item("b"))

        table.discard([("orders:run-1", f"a{number:02d}") for number in range(61)])

        assert sorts(table.query("orders:run-1")) == ["b"]

    def test_discarding_nothing_is_fine(self, table):
        table.discard([])

    def test_a_deleted_key_can_be_won_again(self, table):
        table.put(an_item(), unless_exists=True)
        table.delete(("orders:run-1", "0#1"))
        table.put(an_item(by="second"), unless_exists=True)
        assert table.get(("orders:run-1", "0#1"))["by"] == "second"

    # The list index

    def test_the_index_has_its_own_order_and_partitions(self, table):
        for pk, ipk, isk in (("r3", "w", "1"), ("r1", "w", "2"), ("r2", "v", "1")):
            table.put(an_item("HEAD", pk=pk, ipk=ipk, isk=isk))
        table.put(an_item("HEAD", pk="r4"))
        assert [item["pk"] for item in table.query("w", index=True)] == ["r3", "r1"]
        latest = table.query("w", index=True, descending=True, limit=1)
        assert [item["pk"] for item in latest] == ["r1"]

    def test_the_index_gives_what_it_projects(self, table):
        listed = dict.fromkeys(LISTED, "seen")
        keys = {"pk": "r1", "sk": "HEAD", "ipk": "w", "isk": "1"}
        table.put({**keys, **listed, "output": "not seen", "tags": {"a": "b"}})
        assert table.query("w", index=True) == [{**keys, **listed}]

    def test_the_index_is_queried_like_the_table(self, table):
        for number in range(5):
            item = an_item("HEAD", pk=f"r{number}", ipk="w", isk=f"2026-0{number}")
            table.put(item)

        def found(**asked):
            items = table.query("w", index=True, **asked)
            return [item["isk"][-1] for item in items]

        assert found(prefix="2026-0") == ["0", "1", "2", "3", "4"]
        assert found(after="2026-01", before="2026-04") == ["2", "3"]
        assert found(before="2026-03", limit=2, descending=True) == ["2", "1"]

    def test_a_changed_item_moves_in_the_index(self, table):
        table.put(an_item("HEAD", ipk="running", isk="1", status="RUNNING"))
        table.put(an_item("HEAD", ipk="ended", isk="1", status="FAILED"))
        assert table.query("running", index=True) == []
        assert table.query("ended", index=True)[0]["status"] == "FAILED"

    def test_an_item_leaves_the_index_with_its_keys(self, table):
        table.put(an_item("HEAD", ipk="w", isk="1"))
        table.put(an_item("HEAD", ipk="w"))
        assert table.query("w", index=True) == []
        assert sorts(table.query("orders:run-1")) == ["HEAD"]

    # Add

    def test_the_first_add_makes_the_item(self, table):
        key = ("orders:run-1", "join#1")
        item = table.add(key, frozenset({4}))
        assert item == an_item("join#1", done=frozenset({4})) == table.get(key)
        assert sorts(table.query("orders:run-1")) == ["join#1"]

    def test_adding_twice_is_adding_once(self, table):
        key = ("orders:run-1", "join#1")
        table.add(key, frozenset({1, 2}))
        once = table.add(key, frozenset({3}))
        assert table.add(key, frozenset({3})) == once
        assert once["done"] == frozenset({1, 2, 3})

    def test_a_failed_member_is_done_too(self, table):
        key = ("orders:run-1", "join#1")
        table.add(key, frozenset({1}))
        item = table.add(key, frozenset({2}), failed=True)
        assert (item["done"], item["failed"]) == (frozenset({1, 2}), frozenset({2}))
        assert table.add(key, frozenset({3}))["failed"] == frozenset({2})

    def test_adding_leaves_other_attributes(self, table):
        table.put(an_item("join#1", children=3))
        item = table.add(("orders:run-1", "join#1"), frozenset({0}))
        assert item == an_item("join#1", children=3, done=frozenset({0}))

    def test_adding_nobody_is_refused(self, table):
        with pytest.raises(ValueError, match="empty set"):
            table.add(("orders:run-1", "join#1"), frozenset())

    # Claim

    @pytest.fixture
    def slots(self, table):
        table.put(an_item("slots#1", slots={"0": 0, "1": 1}, next=2))
        return ("orders:run-1", "slots#1")

    def test_a_claim_gives_the_slot_the_next_index(self, table, slots):
        item = table.claim(slots, "1", held=1)
        assert item == an_item("slots#1", slots={"0": 0, "1": 2}, next=3)
        assert table.get(slots) == item

    def test_a_redelivered_claim_sees_what_the_first_one_did(self, table, slots):
        first = table.claim(slots, "0", held=0)
        assert table.claim(slots, "0", held=0) == first == table.get(slots)

    def test_two_slots_never_get_the_same_index(self, table, slots):
        table.claim(slots, "0", held=0)
        table.claim(slots, "1", held=1)
        assert table.get(slots)["slots"] == {"0": 2, "1": 3}

    def test_claims_to_exhaustion_give_every_index_once(self, table, slots):
        held, given = {"0": 0, "1": 1}, [0, 1]
        for turn in range(20):
            slot = str(turn % 2)
            held[slot] = table.claim(slots, slot, held[slot])["slots"][slot]
            given.append(held[slot])
        assert given == list(range(22))
        assert table.get(slots)["next"] == 22

    def test_a_claim_of_an_unknown_slot_changes_nothing(self, table, slots):
        before = table.get(slots)
        assert table.claim(slots, "7", held=0) == before == table.get(slots)

    def test_a_claim_on_a_missing_item_is_stale(self, table):
        with pytest.raises(StaleRecord, match="slots#9"):
            table.claim(("orders:run-1", "slots#9"), "0", held=0)
