from __future__ import annotations

import pytest

from chalicelib.engine.events import Answer
from chalicelib.errors import StaleRecord, ValueLost
from chalicelib.meter import (
    Meter,
    MeteredBlobs,
    MeteredDispatcher,
    MeteredQueue,
    MeteredTable,
    execution_of,
)
from chalicelib.model.workflow import Mode
from chalicelib.ports import LISTED, Call, Message
from chalicelib.prices import Bill
from chalicelib.stores.blobs import MemoryBlobs
from chalicelib.stores.memory import MemoryTable

RUN = "orders:run-1"


def an_item(sk="0#1", pk=RUN, size=100, **attributes):
    """An item of exactly ``size`` bytes."""
    item = {"pk": pk, "sk": sk, **attributes}
    used = sum(len(name) + len(value) for name, value in item.items())
    return {**item, "z": bytes(size - used - 1)}


@pytest.fixture
def meter():
    return Meter()


@pytest.fixture
def table(meter):
    return MeteredTable(MemoryTable(), meter)


# Writes


@pytest.mark.parametrize(
    ("size", "units"), [(100, 1), (1024, 1), (1025, 2), (10 * 1024, 10)]
)
def test_each_kilobyte_written_is_a_unit(table, meter, size, units):
    table.put(an_item(size=size))
    assert meter.bill(RUN) == Bill(writes=units)


def test_overwriting_costs_the_larger_of_old_and_new(table, meter):
    table.put(an_item(size=5000))
    table.put(an_item(size=100))
    table.put(an_item(size=100))
    assert meter.bill(RUN).writes == 5 + 5 + 1


def test_a_lost_fence_is_paid_for(table, meter):
    table.put(an_item(), unless_exists=True)
    with pytest.raises(StaleRecord):
        table.put(an_item(size=3000), unless_exists=True)
    assert meter.bill(RUN).writes == 1 + 3


def test_a_listed_item_costs_its_projection_once_more(table, meter):
    listed = {"ipk": "all", "isk": "1", "status": "RUNNING"}
    table.put(an_item(size=4000, **listed))
    assert meter.bill(RUN).writes == 4 + 1
    table.put(an_item("2", size=4000, **listed, name="x" * 1100))
    assert meter.bill(RUN).writes == 4 + 1 + 4 + 2


def test_deleting_costs_what_is_deleted(table, meter):
    table.put(an_item(size=3000))
    table.delete((RUN, "0#1"))
    table.delete((RUN, "0#1"))
    assert meter.bill(RUN).writes == 3 + 3 + 1


def test_an_addition_costs_the_whole_item(table, meter):
    table.add((RUN, "join#1"), frozenset(range(600)))
    assert meter.bill(RUN).writes == 2
    table.add((RUN, "join#1"), frozenset({1}), failed=True)
    assert meter.bill(RUN).writes == 4


def test_a_claim_costs_the_whole_item_won_or_not(table, meter):
    table.put({"pk": RUN, "sk": "slots", "slots": {"0": 0}, "next": 1})
    assert table.claim((RUN, "slots"), "0", 0)["slots"] == {"0": 1}
    assert table.claim((RUN, "slots"), "0", 0)["slots"] == {"0": 1}
    assert meter.bill(RUN).writes == 3


def test_a_claim_on_a_missing_item_costs_a_unit(table, meter):
    with pytest.raises(StaleRecord):
        table.claim((RUN, "slots"), "0", 0)
    assert meter.bill(RUN).writes == 1


def test_sizes_of_items_written_long_ago_are_forgotten(table, meter):
    table.put(an_item("first", size=2000))
    for number in range(10_000):
        table.put({"pk": "other", "sk": str(number)})
    table.delete((RUN, "first"))
    assert meter.bill(RUN).writes == 2 + 1


# Reads


def test_each_four_kilobytes_read_are_a_unit(table, meter):
    table.put(an_item(size=4097))
    assert table.get((RUN, "0#1")) is not None
    assert meter.bill(RUN).reads == 2


def test_reading_nothing_costs_a_unit(table, meter):
    assert table.get((RUN, "0#1")) is None
    assert table.query(RUN) == []
    assert meter.bill(RUN).reads == 2


def test_a_query_costs_the_sum_of_what_it_reads(table, meter):
    for sk in "abc":
        table.put(an_item(sk, size=3000))
    found = table.query(RUN, after="a", before="d", limit=2, descending=True)
    assert [item["sk"] for item in found] == ["c", "b"]
    assert meter.bill(RUN).reads == 2


def test_a_query_of_the_index_costs_half_and_no_execution(table, meter):
    listed = dict.fromkeys(LISTED, "x")
    table.put(an_item(size=1000, ipk="all", isk="1", **listed))
    assert len(table.query("all", index=True)) == 1
    assert (meter.bill(RUN).reads, meter.bill("").reads) == (0, 0.5)


# Blobs, messages, dispatches, invocations


def test_blobs_count_for_the_execution_in_their_name(meter):
    blobs = MeteredBlobs(MemoryBlobs(), meter)
    blobs.put(f"values/{RUN}/3/abc", b"content")
    assert blobs.get(f"values/{RUN}/3/abc") == b"content"
    with pytest.raises(ValueLost):
        blobs.get(f"values/{RUN}/3/nothing")
    assert meter.bill(RUN) == Bill(blob_puts=1, blob_gets=2)


class Sent(list):
    def send(self, messages):
        self.extend(messages)


def test_a_message_is_sent_received_and_deleted(meter):
    sent = Sent()
    messages = [Message(body={"x": RUN}), Message(body="tick")]
    MeteredQueue(sent, meter).send(messages)
    assert sent == messages
    assert meter.bill(RUN) == meter.bill("") == Bill(messages=1, queue_requests=3)


def test_each_64_kilobytes_of_a_message_are_a_request(meter):
    MeteredQueue(Sent(), meter, lambda body: RUN).send([Message(body="x" * 70_000)])
    assert meter.bill(RUN) == Bill(messages=1, queue_requests=6)


class Echo:
    def dispatch(self, call):
        return Answer(payload=call.payload)

    def cancel(self, call):
        return True


def test_a_dispatch_counts_for_its_execution(meter):
    call = Call(
        resource="echo",
        payload=7,
        mode=Mode.REQUEST,
        idempotency_key="k",
        timeout=1.0,
        execution=RUN,
        task="Say",
    )
    dispatcher = MeteredDispatcher(Echo(), meter)
    assert dispatcher.dispatch(call) == Answer(payload=7)
    assert dispatcher.cancel(call) is True
    assert meter.bill(RUN) == Bill(dispatches=1)


def test_an_invocation_is_billed_by_time_and_memory(meter):
    meter.invoked(RUN, 500, memory=512)
    meter.worked(RUN, 500, memory=512)
    used = Bill(invocations=1, milliseconds=1000, gigabyte_seconds=0.5)
    assert meter.bill(RUN) == used


# Whose is it, and the bill


@pytest.mark.parametrize(
    ("partition", "execution"),
    [
        pytest.param("orders:run-1", "orders:run-1", id="execution"),
        pytest.param("orders:run-1/17", "orders:run-1", id="shard of an execution"),
        pytest.param("orders:a/b", "orders:a", id="the first slash counts"),
        pytest.param("timer#2026-01-01T10:00", "", id="bucket of timers"),
        pytest.param("definition#orders", "", id="definition"),
        pytest.param("cursor", "", id="no execution"),
    ],
)
def test_a_partition_tells_its_execution(partition, execution):
    assert execution_of(partition) == execution


def test_an_execution_that_did_nothing_has_an_empty_bill(meter):
    assert meter.bill("orders:nobody") == Bill()
    assert meter.bill("orders:nobody").usd == 0
    assert meter.forget("orders:nobody") == meter.total() == Bill()


def test_a_forgotten_execution_stays_in_the_total(table, meter):
    table.put(an_item())
    table.put(an_item(pk="orders:run-2", size=2000))
    assert meter.forget(RUN) == Bill(writes=1)
    assert meter.bill(RUN) == Bill()
    assert meter.total() == Bill(writes=3)


def test_bills_add_up():
    one = Bill(writes=1, messages=2)
    assert one + Bill(writes=0.5, reads=1) == Bill(writes=1.5, reads=1, messages=2)


def test_a_million_of_each_unit_costs_the_list_price():
    million = Bill(
        writes=1_000_000,
        reads=1_000_000,
        queue_requests=1_000_000,
        invocations=1_000_000,
        gigabyte_seconds=1_000_000,
        blob_puts=1_000_000,
        blob_gets=1_000_000,
    )
    assert [usd for _, _, usd in million.lines()] == pytest.approx(
        [0.625, 0.125, 0.4, 0.2, 13.3334, 5.0, 0.4]
    )
    assert {amount for _, amount, _ in million.lines()} == {1_000_000}
    assert million.usd == pytest.approx(20.0834)


def test_a_line_says_what_it_is():
    assert Bill(writes=2).lines()[0] == ("DynamoDB write units", 2, 2 * 0.625e-6)
