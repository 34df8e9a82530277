"""How long does a container take to its first answer? With byte code, and without.

The package under Lambda's own runtime client; the time is from the start of the process
to the refusal of a request without a key: it has taken the whole way through the API,
and AWS was not asked. Without byte code Python compiles each time, since Lambda cannot
write it down where the package lies.
"""

import json
import statistics
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from chalicelib.deployment import package, template
from chalicelib.deployment.names import Names
from tests.bench.measuring import ROOT, Figure
from tests.deployment.emulator import ARCHITECTURE
from tests.deployment.runtime import PYTHON, invoke

TRIES = 5
NAMES = Names(stage="bench")
SETTINGS = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "TABLE": "t",
    "BUCKET": "b",
    "STEP_QUEUE_URL": "https://queue.example/steps",
    "TOKEN_KEYS": f"k1:{'A' * 43}=",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def cold_starts() -> Iterator[Figure]:
    """Yield the medians; nothing where Lambda's Python is not set up."""
    if not PYTHON.exists():
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = package.build(
            ROOT, folder, NAMES, template.merged(NAMES), architecture=ARCHITECTURE
        )
        compiled, plain = folder / "compiled", folder / "plain"
        with zipfile.ZipFile(made.zip) as packed:
            packed.extractall(compiled)
            packed.extractall(
                plain, [each for each in packed.namelist() if not each.endswith(".pyc")]
            )
        took = [(_first_answer(compiled), _first_answer(plain)) for _ in range(TRIES)]
    with_, without = (statistics.median(each) for each in zip(*took, strict=True))
    shown = f"{with_ * 1e3:.0f}, {without * 1e3:.0f} ms"
    yield Figure("first answer of a container: byte code, none", shown)


def _first_answer(folder: Path) -> float:
    event = json.loads(
        (ROOT / "tests/events/http_get_execution.json").read_text("utf-8")
    )
    began = time.perf_counter()
    kind, said = invoke("app.app", event, folder, SETTINGS)
    took = time.perf_counter() - began
    assert (kind, said["statusCode"]) == ("answer", 401), said
    return took
