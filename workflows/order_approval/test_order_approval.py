import json
from pathlib import Path

import pytest

from chalicelib.testing import run
from workflows.order_approval import functions

HERE = Path(functions.__file__).parent
MACHINE = (HERE / "order_approval.asl.json").read_text("utf-8")
ORDER = json.loads((HERE / "input.json").read_text("utf-8"))["order"]


class Shop:
    """The functions, with a person who decides and a list of what was called."""

    def __init__(self, decision):
        self.called = []
        self.functions = {
            name: self.noting(name)
            for name in ("reserve_stock", "charge", "ship", "invoice")
        }
        self.functions |= {
            name: self.noting(name) for name in ("refund", "release_stock")
        }
        self.functions["ask_approval"] = lambda event: decision

    def noting(self, name):
        def call(event):
            self.called.append(name)
            return getattr(functions, name)(event)

        return call

    def run(self, **changes):
        given = {"order": {**ORDER, **changes}}
        return run(MACHINE, given, functions=self.functions)


@pytest.fixture
def shop():
    return Shop({"approved": True, "by": "Noor"})


def test_an_approved_order_is_charged_and_shipped(shop):
    done = shop.run()

    assert done.status == "SUCCEEDED"
    assert done.output["status"] == "on its way"
    assert done.output["total"] == 2 * 2450 + 1890
    assert done.output["approved_by"] == "Noor"
    assert done.output["parcel"] == "parcel-A-1043"
    assert done.output["invoice"]["paid_with"] == "receipt-A-1043"
    assert sorted(shop.called) == ["charge", "invoice", "reserve_stock", "ship"]


@pytest.mark.parametrize("decision", [{"approved": False, "by": "Noor"}, {}])
def test_an_order_that_is_not_approved_is_put_back_and_not_charged(decision):
    shop = Shop(decision)

    done = shop.run()

    assert done.status == "SUCCEEDED"
    assert done.output["status"] == "declined"
    assert shop.called == ["reserve_stock", "release_stock"]


def test_nothing_is_asked_when_the_shelf_is_empty(shop):
    done = shop.run(lines=[{"item": "compass", "quantity": 1}])

    assert done.output == {"status": "sold out", "order": "A-1043"}
    assert shop.called == ["reserve_stock"]


def test_a_busy_card_service_is_asked_again(shop):
    done = shop.run(rehearse_busy=3)

    assert done.status == "SUCCEEDED"
    assert shop.called.count("charge") == 4


def test_a_card_service_that_stays_busy_gives_the_order_back(shop):
    done = shop.run(rehearse_busy=99)

    assert done.status == "FAILED"
    assert done.error == "CardServiceIsBusy"
    assert shop.called.count("charge") == 5
    assert shop.called[-1] == "release_stock"


def test_a_refused_card_is_not_tried_again(shop):
    done = shop.run(card="1234 5678 9012 3456")

    assert (done.status, done.error) == ("FAILED", "CardIsRefused")
    assert shop.called == ["reserve_stock", "charge", "release_stock"]


def test_what_cannot_be_shipped_is_refunded(shop):
    done = shop.run(address=" ")

    assert (done.status, done.error) == ("FAILED", "AddressIsUnknown")
    assert shop.called[-2:] == ["refund", "release_stock"]


def test_a_letter_that_cannot_be_written_gives_the_order_back(shop):
    def lost(event):
        raise OSError("the disk is full")

    shop.functions["ask_approval"] = lost

    done = shop.run()

    assert (done.status, done.error) == ("FAILED", "OSError")
    assert shop.called == ["reserve_stock", "release_stock"]
