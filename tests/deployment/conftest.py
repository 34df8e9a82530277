"""One emulator and one deployed stage for all the proofs of this folder."""

import pytest

from chalicelib.clock import SystemClock
from chalicelib.local.gateway import Gateway
from chalicelib.local.watch import WatchedFunctions
from tests.deployment.emulator import ARCHITECTURE, ROOT, an_emulator, stage_of

#: A program of the emulator's own Python.
collect_ignore = ["rest_api_import.py"]


@pytest.fixture(scope="session")
def emulator(tmp_path_factory):
    with an_emulator(tmp_path_factory.mktemp("emulator")) as made:
        yield made


@pytest.fixture(scope="session")
def gateway():
    made = Gateway(WatchedFunctions(ROOT / "workflows"), SystemClock())
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def deployed(emulator, gateway):
    """Deploy the stage ``proof``; return it and what was said."""
    host = "gateway.openfaas.svc.cluster.local:8080"
    options = [
        *("--arch", ARCHITECTURE),
        *("--set", f"HTTP_HOSTS={host}=127.0.0.1:{gateway.port}"),
    ]
    code, said = emulator.millrace("deploy", "proof", *options)
    assert code == 0, said
    return stage_of(said), said, [*options, "--no-check"]


@pytest.fixture(scope="session")
def stage(deployed):
    return deployed[0]


@pytest.fixture(scope="session")
def stack_of_proof(deployed):
    """The name of that stage's stack."""
    return "millrace-proof"
