"""What is a figure, and how is it measured?"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TRIES = 7
_SETTINGS = {
    "TABLE": "t",
    "STEP_QUEUE_URL": "http://localhost/1/q",
    "TOKEN_KEYS": "k:" + "A" * 44,
    "AWS_DEFAULT_REGION": "us-east-1",
}


@dataclass(frozen=True)
class Figure:
    """One thing that was measured."""

    what: str
    value: str
    budget: str = ""


def least(work: Callable[[], float], tries: int = TRIES) -> float:
    """Return the least of several measurements."""
    return min(work() for _ in range(tries))


def cpu_of(work: Callable[[], object]) -> float:
    """Return the seconds of CPU that all threads of this process used for ``work``."""
    began = time.process_time()
    work()
    return time.process_time() - began


def python(
    *arguments: str, stdout: int = subprocess.DEVNULL, **settings: str
) -> subprocess.Popen:
    """Begin a Python of its own, with these variables beside those of a stage."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **_SETTINGS, **settings},
        stdout=stdout,
    )
