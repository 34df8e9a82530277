"""Programs beside a stage are processes; these tests start real ones."""

import time

import pytest

from chalicelib.local.programs import Programs

WORKER = """
import os, pathlib, signal, time
if {stubborn}:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path({mark!r}).write_text(os.environ["AWS_ENDPOINT_URL"])
time.sleep(60)
"""


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "workflows"
    (root / "checks").mkdir(parents=True)
    (root / "idle").mkdir()
    return root


def a_worker(root, *, stubborn=False):
    """Write a worker that marks that it runs; return the mark's path."""
    mark = root / "mark"
    text = WORKER.format(mark=str(mark), stubborn=stubborn)
    (root / "checks" / "worker.py").write_text(text)
    return mark


def await_text(mark):
    ends_at = time.monotonic() + 10
    while not (mark.exists() and mark.read_text()):
        assert time.monotonic() < ends_at, "the worker did not start"
        time.sleep(0.02)
    return mark.read_text()


def test_worker_runs_and_knows_where_the_queues_are(root):
    mark = a_worker(root)

    with Programs(root, "http://127.0.0.1:9") as programs:
        assert programs.names == ["checks"]
        assert await_text(mark) == "http://127.0.0.1:9"
        (program,) = programs._running.values()

    assert program.poll() is not None


def test_worker_starts_again_when_its_folder_changed(root):
    mark = a_worker(root)

    with Programs(root, "http://127.0.0.1:9") as programs:
        await_text(mark)
        before = programs._running["checks"]
        mark.unlink()

        again = programs.changed([root / "checks" / "score.py", root / "idle" / "x.py"])

        assert again == ["checks"]
        await_text(mark)
        assert before.poll() is not None


def test_worker_that_will_not_end_is_ended(root):
    mark = a_worker(root, stubborn=True)

    with Programs(root, "http://127.0.0.1:9", patience=0.1) as programs:
        await_text(mark)
        (program,) = programs._running.values()

    assert program.poll() is not None


def test_folder_without_workers_has_none(root):
    with Programs(root, "http://127.0.0.1:9") as programs:
        assert programs.names == []
