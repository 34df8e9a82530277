"""How long does a process take to begin? With the project's byte code, and without.

Whether there is byte code must not depend on what ran before: what is in the working
copy may be old, and the shell may forbid to write it. So each measurement reads it from
a folder of its own, which holds what was imported there while writing was allowed.
"""

import time
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from tests.bench.measuring import Figure, least, python

THEIRS = "import chalice, boto3"
OURS = "import chalice, boto3, app"
FIRST = """
from chalicelib.testing import run
from tests.bench.definitions import TASK, chain, echo
run(chain(TASK, 1), {}, functions={"echo": echo})
"""


def starts() -> Iterator[Figure]:
    """Yield what imports take, and the first execution, with byte code and without."""
    with TemporaryDirectory() as both, TemporaryDirectory() as theirs:
        for statement in (OURS, FIRST):
            _seconds(statement, both, writes=True)
        _seconds(THEIRS, theirs, writes=True)
        nothing = _least("", both)
        framework = _least(THEIRS, both)
        ours, plain = (_least(OURS, each) - framework for each in (both, theirs))
        first, plain_first = (_least(FIRST, each) for each in (both, theirs))
    added = f"{(framework - nothing) * 1e3:.0f} + {ours * 1e3:.0f} ms"
    yield Figure("cold start: import chalice, boto3 + app", added, "+ 150 ms")
    yield Figure("cold start, app without byte code", f"+ {plain * 1e3:.0f} ms")
    what = "process start to first execution done"
    yield Figure(what, f"{first * 1e3:.0f} ms", "300 ms")
    yield Figure(f"{what}, without byte code", f"{plain_first * 1e3:.0f} ms")


def _least(statement: str, byte_code: str) -> float:
    return least(lambda: _seconds(statement, byte_code, writes=False))


def _seconds(statement: str, byte_code: str, *, writes: bool) -> float:
    """Return the seconds of a process that reads byte code from one folder only."""
    settings = {
        "PYTHONPYCACHEPREFIX": byte_code,
        # Empty: as if it were not there.
        "PYTHONDONTWRITEBYTECODE": "" if writes else "1",
    }
    began = time.perf_counter()
    if python("-c", statement, **settings).wait():
        raise AssertionError(f"failed: {statement}")
    return time.perf_counter() - began
