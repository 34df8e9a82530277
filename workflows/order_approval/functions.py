"""The functions behind an order that a person approves.

Each is safe to call twice for the same order: what it makes is named after the order,
so the second call finds the first one's work instead of doing it again.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

Event = dict[str, Any]

#: item -> price in cents, pieces on the shelf
_SHELF = {"kite": (2450, 12), "lantern": (1890, 5), "compass": (3900, 0)}
#: Cents that this shop's card service takes at once.
_CARD_LIMIT = 500_000


class OutOfStock(LookupError):
    """There is less on the shelf than was ordered."""

    def __init__(self, item: str, wanted: int, there: int) -> None:
        super().__init__(f"{wanted} x {item} ordered, {there} on the shelf")


class OrderIsUnclear(ValueError):
    """The order lacks something that nobody can guess."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the order does not say {what}")


class CardServiceIsBusy(ConnectionError):
    """The card service asks to come back later."""

    def __init__(self) -> None:
        super().__init__("the card service is busy; try again")


class CardIsRefused(ValueError):
    """The card's bank says no."""


class AddressIsUnknown(ValueError):
    """Nothing can be shipped to nowhere."""


def reserve_stock(event: Event) -> Event:
    """Put the ordered pieces aside; return the reservation and the price."""
    order = _order(event)
    lines = order.get("lines") or []
    if not lines:
        raise OrderIsUnclear("what is ordered")
    for line in lines:
        if not isinstance(line["quantity"], int) or line["quantity"] < 1:
            raise OrderIsUnclear(f"how many of {line['item']} are wanted")
        _, there = _SHELF.get(line["item"], (0, 0))
        if line["quantity"] > there:
            raise OutOfStock(line["item"], line["quantity"], there)
    total = sum(_SHELF[line["item"]][0] * line["quantity"] for line in lines)
    return {"reservation": f"reservation-{order['id']}", "total": total}


def release_stock(event: Event) -> Event:
    """Put reserved pieces back on the shelf."""
    return {"released": event["reservation"]}


def ask_approval(event: Event) -> Event:
    """Write the letter that asks for approval; whoever has its token may answer."""
    order = _order(event)
    outbox = Path(event.get("outbox") or Path(tempfile.gettempdir()) / "order-approval")
    outbox.mkdir(parents=True, exist_ok=True)
    letter = outbox / f"{order['id']}.json"
    question = f"May {order['customer']} have this for {_money(event['total'])}?"
    text = {
        "question": question,
        "lines": order["lines"],
        "answer_with": {"approved": True, "by": "your name"},
        "task_token": event["token"],
    }
    letter.write_text(json.dumps(text, indent=2) + "\n", encoding="utf-8")
    print(f"{question} The letter with the token: {letter}")
    answer = json.dumps(text["answer_with"])
    print(f"To answer: curl -d '{answer}' <stage>/v1/tasks/<token>/success")
    return {"letter": str(letter), "question": question}


def charge(event: Event) -> Event:
    """Charge the card once for this order.

    ``order.rehearse_busy``: how many attempts find the card service busy, to see
    retries at work.
    """
    order, total = _order(event), event["total"]
    if event.get("attempt", 0) < order.get("rehearse_busy", 0):
        raise CardServiceIsBusy
    digits = str(order.get("card", "")).replace(" ", "")
    if not _is_card_number(digits):
        raise CardIsRefused("this is not the number of a card")
    if total > _CARD_LIMIT:
        raise CardIsRefused(f"{_money(total)} is more than this card may pay")
    return {"receipt": f"receipt-{order['id']}", "charged": total}


def refund(event: Event) -> Event:
    """Give back what a receipt says was charged."""
    return {"refund": event["receipt"].replace("receipt-", "refund-")}


def ship(event: Event) -> Event:
    """Hand the reserved pieces to the carrier."""
    order = _order(event)
    if not str(order.get("address") or "").strip():
        raise AddressIsUnknown("the order has no address")
    return {"parcel": f"parcel-{order['id']}", "from": event["reservation"]}


def invoice(event: Event) -> Event:
    """Write the invoice for a paid order."""
    order = _order(event)
    lines = [f"{line['quantity']} x {line['item']}" for line in order["lines"]]
    return {
        "invoice": {
            "number": f"invoice-{order['id']}",
            "to": order["customer"],
            "lines": lines,
            "total": _money(event["total"]),
            "paid_with": event["receipt"],
        }
    }


def _order(event: Event) -> Event:
    order = event.get("order")
    if not isinstance(order, dict) or not order.get("id"):
        raise OrderIsUnclear("which order it is")
    return order


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02} EUR"


def _is_card_number(digits: str) -> bool:
    """Tell whether the check digit fits (ISO/IEC 7812, "Luhn")."""
    if not digits.isdigit() or not 12 <= len(digits) <= 19:
        return False
    doubled = [int(digit) * (1 + i % 2) for i, digit in enumerate(reversed(digits))]
    return sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0
