"""An AWS on loopback that runs the deployed package: started and ended by its tests."""

import os
import platform
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import boto3
import requests

ROOT = Path(__file__).parents[2]
#: The emulator, and what it lacks of API Gateway.
PROGRAM = (
    str(Path(sys.prefix) / "emulator" / "bin" / "python"),
    str(Path(__file__).with_name("rest_api_import.py")),
)
#: Seconds that it may take to be there, and to go.
PATIENCE = 60
ARCHITECTURE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Emulator:
    """``ministack``, its clients, and programs that take it for AWS."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"
        self.environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "emulated",
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_DEFAULT_REGION": "us-east-1",
            "PYTHONPATH": str(ROOT),
            "no_proxy": "127.0.0.1,localhost",
        }

    def client(self, service, **facts):
        given = {
            "endpoint_url": self.url,
            "region_name": "us-east-1",
            "aws_access_key_id": "emulated",
            "aws_secret_access_key": "emulated",
        }
        return boto3.client(service, **{**given, **facts})

    def millrace(self, *arguments, folder=ROOT):
        """Run the command in a project; return its exit code and what it said."""
        command = [sys.executable, "-m", "chalicelib", *arguments]
        done = subprocess.run(
            command,
            cwd=folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def wait(self, process):
        ends_at = time.monotonic() + PATIENCE
        while time.monotonic() < ends_at:
            assert process.poll() is None, "the emulator ended at once"
            try:
                requests.get(f"{self.url}/_ministack/health", timeout=2)
            except requests.RequestException:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"the emulator is not there after {PATIENCE} s")


@contextmanager
def an_emulator(folder):
    port = free_port()
    emulator = Emulator(port)
    environ = {
        **emulator.environ,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "LAMBDA_EXECUTOR": "local",
        "PYTHONPATH": "",
    }
    del environ["AWS_ENDPOINT_URL"]
    with (folder / "emulator.log").open("w") as log:
        process = subprocess.Popen(
            PROGRAM, cwd=folder, env=environ, stdout=log, stderr=log
        )
        try:
            emulator.wait(process)
            yield emulator
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Stage:
    """A deployed stage, over HTTP."""

    def __init__(self, url, key):
        self.url, self.key = url, key
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {key}"

    def ask(self, method, path, body=None):
        return self._session.request(method, self.url + path, json=body, timeout=60)

    def workflows(self):
        listed = self.ask("GET", "/v1/workflows").json()["workflows"]
        return [each["name"] for each in listed]

    def start(self, workflow, given):
        answer = self.ask("POST", f"/v1/workflows/{workflow}/executions", given)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def ended(self, execution, within=60):
        """Return an execution once it has ended; fail with its history."""
        ends_at = time.monotonic() + within
        while time.monotonic() < ends_at:
            found = self.ask("GET", f"/v1/executions/{execution}").json()
            if found["status"] != "RUNNING":
                return found
            time.sleep(0.2)
        story = self.ask("GET", f"/v1/executions/{execution}/history").text
        raise AssertionError(f"after {within} s: {found}\n{story}")


def stage_of(said):
    """Return the stage whose address and key the command has printed."""
    words = dict(
        line.split() for line in said.splitlines() if line[:3] in ("API", "key")
    )
    return Stage(words["API"].removesuffix("/v1"), words["key"])
