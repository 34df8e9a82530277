"""Which programs run beside a stage? The queue workers of the workflows.

    workflows/<folder>/worker.py    runs as ``python -m workflows.<folder>.worker``

A worker is a program like any other: it finds the stage's queues by
``AWS_ENDPOINT_URL``, the stage itself by ``MILLRACE_URL``, and answers over HTTP.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from chalicelib.local.event_shapes import REGION

LOG = logging.getLogger(__name__)
#: Seconds until a program that was asked to end is ended.
PATIENCE = 2.0


class Programs:
    """The workers of a folder, from ``with`` to the end of its block."""

    def __init__(self, root: Path, url: str, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._root = root.resolve()
        self._environment = _environment(url, self._root.parent)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        for path in sorted(self._root.glob("*/worker.py")):
            self._start(path.parent.name)
        return self

    def __exit__(self, *_raised: object) -> None:
        for name in list(self._running):
            self._stop(name)

    @property
    def names(self) -> list[str]:
        """The folders whose workers were started."""
        return list(self._running)

    def changed(self, paths: Iterable[Path]) -> list[str]:
        """Start the workers again whose folder has changed; return their names."""
        folders = {path.resolve().relative_to(self._root).parts[0] for path in paths}
        again = [name for name in folders if (self._root / name / "worker.py").exists()]
        for name in again:
            self._stop(name)
            self._start(name)
        return sorted(again)

    def _start(self, name: str) -> None:
        module = f"{self._root.name}.{name}.worker"
        LOG.info("starting %s", module)
        self._running[name] = subprocess.Popen(  # noqa: S603 - our own folder's program
            [sys.executable, "-m", module],
            cwd=self._root.parent,
            env=self._environment,
            # Ctrl-C is for the stage, which then ends its programs.
            start_new_session=True,
        )

    def _stop(self, name: str) -> None:
        program = self._running.pop(name, None)
        if program is None:
            return
        program.terminate()
        try:
            program.wait(self._patience)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


def _environment(url: str, root: Path) -> Mapping[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("AWS_")
    }
    return kept | {
        "AWS_ENDPOINT_URL": url,
        "MILLRACE_URL": url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "PYTHONPATH": str(root),
        "NO_PROXY": "127.0.0.1,localhost",
    }
