"""What has changed in the folder of the workflows?

workflows/<folder>/*.yaml, *.json    definitions; ``input….json`` are examples of input
workflows/<folder>/**.py             functions, and what they import
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from chalicelib.local.functions import Functions

_DEFINITIONS = (".yaml", ".yml", ".json")
#: Beginnings of the names of files that are data for a workflow, not a workflow.
_DATA = ("input", "output", "expected")


def definitions(root: Path) -> list[Path]:
    """Return the definitions of every folder of ``root``."""
    found = sorted(path for path in root.glob("*/*") if _is_definition(path))
    return [path for path in found if path.is_file()]


def _is_definition(path: Path) -> bool:
    is_data = path.name.startswith(_DATA)
    return path.suffix in _DEFINITIONS and not is_data and not _is_hidden(path)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "__")) for part in path.parts[-2:])


class Watch:
    """Remembers a folder as it was when last looked at."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen = dict(self._look())

    def changes(self) -> list[Path]:
        """Return the files that are new or different since the last call."""
        now = dict(self._look())
        changed = [path for path, stamp in now.items() if self._seen.get(path) != stamp]
        self._seen = now
        return sorted(changed)

    def _look(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        for path in self._root.glob("*/**/*"):
            if path.suffix in (*_DEFINITIONS, ".py") and not _is_hidden(path):
                try:
                    stat = path.stat()
                except OSError:
                    continue  # It went away while we looked.
                yield path, (stat.st_mtime_ns, stat.st_size)


class WatchedFunctions(Functions):
    """Functions that can be forgotten, with all the modules they are made of."""

    def forget(self) -> None:
        """Import everything anew when it is asked for the next time."""
        with self._lock:
            for name in list(sys.modules):
                if name.startswith("workflows."):
                    del sys.modules[name]
            self._sources = {}
            self._names = {}
