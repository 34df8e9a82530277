"""How many units does each thing use? Counted by the meter, not measured."""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.prices import Bill
from chalicelib.testing import run
from tests.bench.definitions import CALLBACK, TASK, chain, echo, fan_out

#: States of a chain, long and short: their difference is the price of the states alone.
LONG, SHORT = 60, 10


@dataclass(frozen=True)
class Units:
    """What one of something uses."""

    what: str
    writes: float
    messages: float
    usd: float
    budget: str


def rows() -> Iterator[Units]:
    """Yield a row for each thing that has a budget."""
    yield _each("synchronous task", _marginal(TASK), "1 write, 0 messages")
    yield _each("asynchronous task", _marginal(CALLBACK), "2 writes, 1 message")
    yield _each("execution, besides its tasks", _overhead(), "4 writes, 2 messages")
    for children in (100, 1000):
        what = f"Map child with one task, of {children:,}"
        yield _each(what, _child(children), "3 writes, 1.2 messages")


def _each(what: str, used: tuple[float, float, float], budget: str) -> Units:
    return Units(what, *used, budget)


def _used(definition: dict, input_: object) -> Bill:
    done = run(definition, input_, functions={"echo": echo})
    if done.status != "SUCCEEDED":
        raise AssertionError(f"{done.status}: {done.error} {done.cause}")
    return done.cost


def _marginal(state: dict) -> tuple[float, float, float]:
    long = _used(chain(state, LONG), {"a": 1})
    short = _used(chain(state, SHORT), {"a": 1})
    return _difference(long, short, LONG - SHORT)


def _overhead() -> tuple[float, float, float]:
    """Return what is left of an execution without what its tasks use."""
    used = _used(chain(TASK, SHORT), {"a": 1})
    tasks = _marginal(TASK)
    whole = (used.writes, used.messages, used.usd)
    writes, messages, usd = (a - SHORT * b for a, b in zip(whole, tasks, strict=True))
    return writes, messages, usd


def _child(children: int) -> tuple[float, float, float]:
    many = _used(fan_out(TASK), {"items": [{"n": n} for n in range(children)]})
    return _difference(many, _used(fan_out(TASK), {"items": []}), children)


def _difference(long: Bill, short: Bill, count: int) -> tuple[float, float, float]:
    return (
        (long.writes - short.writes) / count,
        (long.messages - short.messages) / count,
        (long.usd - short.usd) / count,
    )
