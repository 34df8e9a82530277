"""``make dev`` and ``make demo`` as their users meet them."""

import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chalicelib.__main__ import main
from chalicelib.cli.terminal import Terminal
from chalicelib.local.stage import Stage

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.moto, pytest.mark.slow]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with the examples, and a log of its own."""
    (tmp_path / "workflows").symlink_to(ROOT / "workflows")
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield tmp_path
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def demo(*arguments):
    out, errors = io.StringIO(), io.StringIO()
    terminal = Terminal(out, errors=errors, environ={})
    code = main(["demo", *arguments], terminal=terminal)
    return code, out.getvalue(), errors.getvalue()


def test_demo_makes_a_video_of_a_text(folder):
    text = folder / "mine.txt"
    text.write_text("A boat went out. It came home.")

    code, out, errors = demo("--text", str(text))

    assert (code, errors) == (0, "")
    assert "voice (2 of 2)              finished after" in out
    assert "status     SUCCEEDED" in out
    assert "video      out/film.avi" in out
    assert (folder / "out" / "film.avi").read_bytes()[:4] == b"RIFF"
    assert "DynamoDB write units" in out
    assert "Step Functions Standard" in out


def test_demo_of_an_empty_text_fails_and_says_where_to_look(folder):
    text = folder / "empty.txt"
    text.write_text(" ")

    code, out, _ = demo("--text", str(text))

    assert code == 1
    assert "status     FAILED" in out
    assert "What the stage logged is in .local/demo.log." in out


def test_demo_without_its_example_says_so(tmp_path, folder):
    (tmp_path / "workflows").unlink()
    own = tmp_path / "workflows" / "text_to_video"
    own.mkdir(parents=True)
    (own / "input.json").write_text("{}")
    (own / "text.txt").write_text("Hello.")
    (own / "dag.yaml").write_text("tasks: 7")

    code, _, errors = demo()

    assert code == 1
    assert "workflows/text_to_video/dag.yaml:1:" in errors
    assert "was not published" in errors


def test_environment_is_as_before_when_the_stage_is_gone(tmp_path):
    before = dict(os.environ)

    with Stage(tmp_path) as stage:
        assert os.environ["CALLBACK_URL"] == stage.url

    assert dict(os.environ) == before


class Dev:
    """`millrace dev` as a process of its own."""

    def __init__(self, folder, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "chalicelib", "dev", *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Whoever runs the tests in the background of a shell ignores Ctrl-C, and
            # hands that down.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.folder = folder
        self.lines = []

    def read_until(self, words):
        for line in self.process.stdout:
            self.lines.append(line)
            if words in line:
                return line
        raise AssertionError("".join(self.lines))

    def stop(self, how=signal.SIGINT):
        self.process.send_signal(how)
        rest = self.process.communicate(timeout=40)[0]
        return self.process.returncode, "".join(self.lines) + rest


@pytest.fixture
def dev(tmp_path):
    own = tmp_path / "workflows" / "hello"
    own.mkdir(parents=True)
    (own / "hello.asl.json").write_text(flow("say"))
    (own / "functions.py").write_text("def say(event):\n    return 'hello'\n")
    started = Dev(tmp_path, "--port", "0")
    yield started
    started.process.kill()
    started.process.wait()
    started.process.stdout.close()


def flow(function):
    task = {"Type": "Task", "Resource": f"arn:aws:lambda:::function:{function}"}
    return json.dumps({"StartAt": "Say", "States": {"Say": {**task, "End": True}}})


def command(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "chalicelib", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_dev_serves_commands_beside_it_and_follows_the_folder(dev, tmp_path):
    dev.read_until("Ctrl-C ends it")
    code, out = command(tmp_path, "start", "hello", "--watch")
    assert (code, '"hello"' in out or "hello" in out) == (0, True)

    functions = tmp_path / "workflows" / "hello" / "functions.py"
    functions.write_text("def say(event):\n    return 'good morning'\n")
    dev.read_until("reloaded workflows/hello/functions.py")
    _, out = command(tmp_path, "start", "hello", "--watch")
    assert "good morning" in out

    definition = tmp_path / "workflows" / "hello" / "hello.asl.json"
    definition.write_text(flow("say").replace('"Say": {', '"Sai": {'))
    dev.read_until("workflows/hello/hello.asl.json:1:")


def test_ctrl_c_ends_dev_quietly_also_while_a_function_works(dev, tmp_path):
    functions = tmp_path / "workflows" / "hello" / "functions.py"
    functions.write_text(
        "import time\n\ndef say(event):\n    print('said')\n    time.sleep(60)\n"
    )
    dev.read_until("Ctrl-C ends it")
    command(tmp_path, "start", "hello")
    dev.read_until("said")

    began = time.monotonic()
    code, out = dev.stop()

    assert code == 130
    assert "Traceback" not in out
    assert time.monotonic() - began < 30
    assert not (tmp_path / ".local" / "stage.json").exists()


def test_dev_that_is_told_to_end_leaves_nothing_behind(dev, tmp_path):
    worker = tmp_path / "workflows" / "hello" / "worker.py"
    worker.write_text(
        "import os, pathlib, time\n"
        "pathlib.Path('pid').write_text(str(os.getpid()))\n"
        "print('at work', flush=True)\n"
        "time.sleep(60)\n"
    )
    dev.read_until("at work")

    code, out = dev.stop(signal.SIGTERM)

    assert code == 130
    assert "Traceback" not in out
    assert not (tmp_path / ".local" / "stage.json").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_port_that_is_taken_is_wrong_use(tmp_path):
    (tmp_path / "workflows").mkdir()

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out = command(tmp_path, "dev", "--port", str(port))

    assert code == 2
    assert f"cannot use port {port}" in out
