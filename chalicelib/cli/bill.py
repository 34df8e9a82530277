"""What did an execution cost, and what would it have cost elsewhere?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.cli.text import table

#: USD per state transition of AWS Step Functions, standard workflows, us-east-1.
STEP_FUNCTIONS = 25.0 / 1_000_000
#: Step Functions counts a state that is entered, and each retry of it.
TRANSITIONS = frozenset({"StateEntered", "RetryScheduled"})


def lines(found: Mapping[str, Any], transitions: int = 0) -> list[str]:
    """Return the bill as a table, with the comparison where transitions are known."""
    rows = [
        (name, amount_text(amount), usd(price)) for name, amount, price in _rows(found)
    ]
    total = float(found["usd"])
    rows.append(("list price", "", usd(total)))
    shown = table(("USED", "AMOUNT", "USD"), rows, right=(1, 2))
    if transitions:
        shown += ["", *comparison(total, transitions)]
    return shown


def comparison(total: float, transitions: int) -> list[str]:
    """Return what the same transitions cost on Step Functions Standard.

    >>> comparison(0.00001, 40)[0]
    '40 transitions on Step Functions Standard: 0.001000 USD, 100 times as much.'
    """
    theirs = transitions * STEP_FUNCTIONS
    times = f", {theirs / total:.0f} times as much" if 0 < total <= theirs else ""
    return [
        f"{transitions} transitions on Step Functions Standard: "
        f"{usd(theirs)} USD{times}."
    ]


def transitions_in(events: Iterable[Mapping[str, Any]]) -> int:
    """Return how many transitions Step Functions would have counted."""
    return sum(1 for event in events if event["type"] in TRANSITIONS)


def usd(amount: float) -> str:
    """Return an amount of money with the digits that matter here.

    >>> usd(0.0000125), usd(3.5)
    ('0.000013', '3.500000')
    """
    return f"{amount:.6f}"


def amount_text(amount: float) -> str:
    """Return an amount without a tail of zeros.

    >>> amount_text(12.0), amount_text(0.125)
    ('12', '0.125')
    """
    return f"{amount:,.3f}".rstrip("0").rstrip(".")


def _rows(found: Mapping[str, Any]) -> list[tuple[str, float, float]]:
    return [
        (str(each["label"]), float(each["amount"]), float(each["usd"]))
        for each in found["lines"]
        if each["amount"]
    ]
