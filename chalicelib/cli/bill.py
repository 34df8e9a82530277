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
    """Return the bill as a table, with the comparison where transitions are known.

    Nobody has a feeling for millionths of a dollar: the last column says what a
    million such executions cost.
    """
    rows = [
        (str(each["label"]), amount_text(each["amount"]), *usd(each["usd"]))
        for each in found["lines"]
        if each["amount"]
    ]
    total = float(found["usd"])
    rows.append(("list price", "", *usd(total)))
    if transitions:
        theirs = transitions * STEP_FUNCTIONS
        label = "Step Functions Standard"
        rows.append((label, f"{transitions} transitions", *usd(theirs)))
    shown = table(("USED", "AMOUNT", "USD", "USD A MILLION"), rows, right=(1, 2, 3))
    return [*shown[:-1], "", shown[-1]] if transitions else shown


def transitions_in(events: Iterable[Mapping[str, Any]]) -> int:
    """Return how many transitions Step Functions would have counted."""
    return sum(1 for event in events if event["type"] in TRANSITIONS)


def usd(amount: float) -> tuple[str, str]:
    """Return an amount of money for one execution, and for a million of them.

    >>> usd(0.0000125)
    ('0.000012500', '12.50')
    """
    return f"{amount:.9f}", f"{amount * 1_000_000:,.2f}"


def amount_text(amount: float) -> str:
    """Return an amount without a tail of zeros.

    >>> amount_text(12.0), amount_text(0.125)
    ('12', '0.125')
    """
    return f"{amount:,.3f}".rstrip("0").rstrip(".")
