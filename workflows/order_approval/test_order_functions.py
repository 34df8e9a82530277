import json
from pathlib import Path

import pytest

from workflows.order_approval.functions import (
    AddressIsUnknown,
    CardIsRefused,
    CardServiceIsBusy,
    OrderIsUnclear,
    OutOfStock,
    ask_approval,
    charge,
    invoice,
    refund,
    release_stock,
    reserve_stock,
    ship,
)

ORDER = {
    "id": "B-7",
    "customer": "Ben",
    "address": "1 Pier",
    "card": "4242424242424242",
    "lines": [{"item": "lantern", "quantity": 2}],
}


def test_a_reservation_has_the_price_of_all_lines():
    reserved = reserve_stock({"order": ORDER})

    assert reserved == {"reservation": "reservation-B-7", "total": 3780}
    assert release_stock(reserved) == {"released": "reservation-B-7"}


@pytest.mark.parametrize(
    "line", [{"item": "lantern", "quantity": 6}, {"item": "submarine", "quantity": 1}]
)
def test_what_is_not_there_cannot_be_reserved(line):
    with pytest.raises(OutOfStock, match=line["item"]):
        reserve_stock({"order": {**ORDER, "lines": [line]}})


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(None, id="no order"),
        pytest.param({**ORDER, "id": ""}, id="no number"),
        pytest.param({**ORDER, "lines": []}, id="nothing in it"),
        pytest.param({**ORDER, "lines": [{"item": "kite", "quantity": 0}]}, id="none"),
        pytest.param(
            {**ORDER, "lines": [{"item": "kite", "quantity": "2"}]}, id="text"
        ),
    ],
)
def test_an_unclear_order_is_refused(order):
    with pytest.raises(OrderIsUnclear):
        reserve_stock({"order": order})


def test_who_runs_the_stage_is_told_where_the_letter_is(tmp_path, capsys):
    event = {"order": ORDER, "total": 3780, "token": "t-1", "outbox": str(tmp_path)}

    asked = ask_approval(event)

    said = capsys.readouterr().out
    assert asked["letter"] in said
    assert """curl -d '{"approved": true, "by": "your name"}'""" in said


def test_the_letter_has_the_question_and_the_token(tmp_path):
    event = {"order": ORDER, "total": 3780, "token": "t-1", "outbox": str(tmp_path)}

    asked = ask_approval(event)

    letter = json.loads(Path(asked["letter"]).read_text("utf-8"))
    assert letter["question"] == "May Ben have this for 37.80 EUR?"
    assert letter["task_token"] == "t-1"


def test_a_card_is_charged_once_it_is_not_busy():
    order = {**ORDER, "rehearse_busy": 1}

    with pytest.raises(CardServiceIsBusy):
        charge({"order": order, "total": 100, "attempt": 0})
    assert charge({"order": order, "total": 100, "attempt": 1}) == {
        "receipt": "receipt-B-7",
        "charged": 100,
    }


@pytest.mark.parametrize("card", ["", "4242424242424241", "42", "not a card"])
def test_a_card_whose_number_is_wrong_is_refused(card):
    with pytest.raises(CardIsRefused):
        charge({"order": {**ORDER, "card": card}, "total": 100})


def test_a_card_has_a_limit():
    with pytest.raises(CardIsRefused, match=r"5000\.01 EUR"):
        charge({"order": ORDER, "total": 500_001})


def test_a_refund_names_its_receipt():
    assert refund({"receipt": "receipt-B-7"}) == {"refund": "refund-B-7"}


def test_a_parcel_needs_an_address():
    event = {"order": ORDER, "reservation": "reservation-B-7"}

    assert ship(event)["parcel"] == "parcel-B-7"
    with pytest.raises(AddressIsUnknown):
        ship({**event, "order": {**ORDER, "address": None}})


def test_an_invoice_lists_what_was_paid():
    written = invoice({"order": ORDER, "total": 3780, "receipt": "receipt-B-7"})

    assert written["invoice"]["lines"] == ["2 x lantern"]
    assert written["invoice"]["total"] == "37.80 EUR"
