"""How fast is it, and how large? Measured on this machine, as it is now.

CPU, not time, where it can be had: other work on the machine disturbs it less. Of
several tries the least counts: nothing makes a program faster than it is.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.simulation.stage import Stage as MemoryStage
from tests.bench.definitions import PASS, TASK, chain, echo, fan_out
from tests.bench.measuring import Figure, cpu_of, least, python
from tests.bench.starting import starts


def figures() -> Iterator[Figure]:
    """Yield everything, the quick ones first."""
    pure = _marginal(PASS, 400, 100)
    yield Figure("CPU per pure transition", f"{pure * 1e6:.1f} µs", "30 µs")
    task = _marginal(TASK, 200, 20)
    what = "CPU per synchronous task, memory store"
    yield Figure(what, f"{task * 1e6:.0f} µs", "150 µs")
    for children in (100, 1000):
        child = _of_a_map(children) / children
        what = f"CPU per Map child of {children:,}, memory store"
        yield Figure(what, f"{child * 1e6:.0f} µs", "150 µs")
    yield Figure("CPU per step, local stage", f"{_local_step() * 1e3:.2f} ms", "0.7 ms")
    yield from starts()
    yield Figure("peak memory of make demo", f"{_demo_memory():.0f} MB", "250 MB")


def _run_in_memory(definition: dict, input_: object) -> float:
    stage = MemoryStage({"echo": echo})
    stage.publish(definition, name="bench")
    # The first execution compiles what the next ones find compiled.
    stage.run("bench", input_, name="warm")
    return cpu_of(lambda: stage.run("bench", input_, name="measured"))


def _marginal(state: dict, long: int, short: int) -> float:
    """Return the CPU of one more state."""
    more = least(lambda: _run_in_memory(chain(state, long), {"a": 1}))
    less = least(lambda: _run_in_memory(chain(state, short), {"a": 1}))
    return (more - less) / (long - short)


def _of_a_map(children: int) -> float:
    items = {"items": [{"n": number} for number in range(children)]}
    return least(lambda: _run_in_memory(fan_out(TASK), items), tries=3)


def _local_step() -> float:
    from chalicelib.cli.client import Address, Client
    from chalicelib.local.stage import Stage
    from chalicelib.values import compact

    def run(client: Client, name: str) -> float:
        def work() -> None:
            begun = client.start(name, {"a": 1})
            while client.execution(begun["id"])["status"] == "RUNNING":
                time.sleep(0.25)

        return cpu_of(work)

    with TemporaryDirectory() as folder:
        place = Path(folder) / "bench"
        place.mkdir()
        (place / "functions.py").write_text("def echo(event):\n    return event\n")
        with Stage(Path(folder)) as stage:
            client = Client(Address(stage.url, stage.key))
            for length in (10, 110):
                client.publish(compact(chain(TASK, length)), name=f"of-{length}")
            run(client, "of-10")
            long = least(lambda: run(client, "of-110"), tries=3)
            short = least(lambda: run(client, "of-10"), tries=3)
    return (long - short) / 100


#: Run by a small process: Linux counts for a child what its parent had when it forked.
_PEAK = """
import resource, subprocess, sys
demo = [sys.executable, "-m", "chalicelib", "demo"]
subprocess.run(demo, check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def _demo_memory() -> float:
    """Return the megabytes that the demo needed at most."""
    counted = int(python("-c", _PEAK, stdout=subprocess.PIPE).communicate()[0])
    # Linux counts kilobytes, macOS bytes.
    return counted / (1024 * 1024 if sys.platform == "darwin" else 1024)
