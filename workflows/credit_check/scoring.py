"""How likely is it that a loan is paid back?

A small scorecard of the kind that every bank has: it starts in the middle, adds for
steady work, takes off for missed payments and for a loan that is large beside the
income. No machine, no chance: the same application has the same score.
"""

from __future__ import annotations

from typing import Any

#: field -> the largest value that is believed
_FIELDS = {
    "income": 10_000_000,
    "employed_years": 60,
    "late_payments": 1000,
    "amount": 10_000_000,
    "months": 480,
}
_LOWEST, _MIDDLE, _HIGHEST = 300, 640, 850
#: Years at work after which more add nothing.
_SETTLED = 12
#: Part of the monthly income that nobody notices.
_LIGHT_BURDEN = 0.15
#: Yearly interest in percent, at the highest score; each hundred points less adds one.
_BEST_RATE = 3.4


class ApplicationIsIncomplete(ValueError):
    """Fields are missing; the applicant can give them."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"please also tell us: {', '.join(missing)}")


class ApplicationIsAbsurd(ValueError):
    """A figure that cannot be right."""

    def __init__(self, field: str, value: object) -> None:
        super().__init__(f"{field} cannot be {value!r}; please check it")


def check_credit(application: dict[str, Any]) -> dict[str, Any]:
    """Return score, monthly payment, burden and the rate that would be offered.

    Raises:
        ApplicationIsIncomplete: fields are missing.
        ApplicationIsAbsurd: a figure cannot be right.
    """
    facts = _facts(application)
    # The score needs a payment and the rate a score: the middle rate breaks the ring.
    guess = monthly_payment(facts["amount"], _rate(_MIDDLE), int(facts["months"]))
    score = _score(facts, burden=guess / (facts["income"] / 12))
    rate = _rate(score)
    payment = monthly_payment(facts["amount"], rate, int(facts["months"]))
    return {
        "score": score,
        "rate": rate,
        "payment": payment,
        "burden": round(payment / (facts["income"] / 12), 3),
    }


def monthly_payment(amount: float, rate: float, months: int) -> float:
    """Return what is paid each month so that ``amount`` is paid back at the end.

    >>> monthly_payment(12_000, 6.0, 12)
    1032.8
    """
    monthly = rate / 1200
    return round(amount * monthly / (1 - (1 + monthly) ** -months), 2)


def _facts(application: dict[str, Any]) -> dict[str, float]:
    needed = ("name", *_FIELDS)
    missing = [name for name in needed if application.get(name) in ("", None)]
    if missing:
        raise ApplicationIsIncomplete(missing)
    for field, most in _FIELDS.items():
        value = application[field]
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        least = 0 if field in ("employed_years", "late_payments") else 1
        if not is_number or not least <= value <= most:
            raise ApplicationIsAbsurd(field, value)
    return {field: float(application[field]) for field in _FIELDS}


def _score(facts: dict[str, float], *, burden: float) -> int:
    points = _MIDDLE + 14 * min(facts["employed_years"], _SETTLED)
    points -= 55 * facts["late_payments"]
    points -= 350 * max(0.0, burden - _LIGHT_BURDEN)
    return round(min(_HIGHEST, max(_LOWEST, points)))


def _rate(score: int) -> float:
    return round(_BEST_RATE + (_HIGHEST - score) / 100, 2)
