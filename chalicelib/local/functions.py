"""Which Python functions stand beside the workflows, and how does one call them?

    workflows/<folder>/functions.py        workflows/<folder>/functions/<any>.py

A module lends its public functions under their own names, and what its dict
``FUNCTIONS`` lists under the names there. Each is found by its name, if only one folder
has it, and by ``<folder>-<name>``; a hyphen and an underscore are the same.

Rule 1  A file is imported by itself, under a name of its own, and imported again when
        it has changed. One that cannot be imported does not harm the others.
Rule 2  A function takes the event, or the event and a context.
"""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import logging
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from chalicelib.values import Json

_log = logging.getLogger(__name__)

Function = Callable[..., Json]

#: (time of the last change in nanoseconds, bytes)
Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A file of functions, as it was when it was imported."""

    path: Path
    folder: str
    stamp: Stamp
    functions: Mapping[str, Function]
    #: Why it could not be imported; empty if it could.
    problem: str = ""


class Functions:
    """The functions that stand beside the workflows of a folder."""

    def __init__(
        self, root: Path | None = None, *, given: Mapping[str, Function] | None = None
    ) -> None:
        """``root``: holds a folder for each workflow. ``given``: functions by name."""
        self._root = root
        self._given = {_plain(name): each for name, each in (given or {}).items()}
        self._sources: dict[Path, _Source] = {}
        self._names: dict[str, list[_Source]] = {}
        self._lock = threading.Lock()

    def find(self, name: str) -> Function | None:
        """Return the function called ``name``, as its file is now; None: there is none.

        A qualifier behind the name, and the parts of an ARN before it, do not count.
        """
        wanted = _plain(_bare(name))
        if wanted in self._given:
            return self._given[wanted]
        with self._lock:
            if self._is_stale(wanted):
                self._look()
            sources = self._names.get(wanted, [])
            if len(sources) != 1:
                return None
            return _named(sources[0])[wanted]

    def why_not(self, name: str) -> str:
        """Say why ``find`` has no function called ``name``."""
        wanted = _plain(_bare(name))
        folders = sorted(source.folder for source in self._names.get(wanted, []))
        if folders:
            choice = ", ".join(f"{folder}-{wanted}" for folder in folders)
            return f"several folders have a function {wanted!r}; say which: {choice}"
        broken = [source for source in self._sources.values() if source.problem]
        problems = "".join(f"; {source.path}: {source.problem}" for source in broken)
        return f"no function {wanted!r}{problems}"

    def names(self) -> list[str]:
        """Return every name that ``find`` knows, in order."""
        with self._lock:
            self._look()
            found = [name for name, of in self._names.items() if len(of) == 1]
        return sorted({*found, *self._given})

    def shared(self) -> list[str]:
        """Return the names that stand for nothing: several folders have them."""
        with self._lock:
            self._look()
            return sorted(name for name, of in self._names.items() if len(of) > 1)

    def problems(self) -> dict[Path, str]:
        """Return the files that cannot be imported, and why."""
        with self._lock:
            self._look()
            sources = list(self._sources.values())
        return {source.path: source.problem for source in sources if source.problem}

    def _is_stale(self, wanted: str) -> bool:
        sources = self._names.get(wanted)
        return not sources or any(
            _stamp(source.path) != source.stamp for source in sources
        )

    def _look(self) -> None:
        found = dict(self._files())
        self._sources = {
            path: self._current(path, folder) for path, folder in found.items()
        }
        self._names = {}
        for source in self._sources.values():
            for name in _named(source):
                self._names.setdefault(name, []).append(source)

    def _files(self) -> Iterator[tuple[Path, str]]:
        if self._root is None:
            return
        for pattern in ("*/functions.py", "*/functions/*.py"):
            for path in sorted(self._root.glob(pattern)):
                yield path, path.relative_to(self._root).parts[0]

    def _current(self, path: Path, folder: str) -> _Source:
        stamp, known = _stamp(path), self._sources.get(path)
        if known is not None and known.stamp == stamp:
            return known
        functions, problem = _import(path, folder)
        if problem:
            _log.info("%s cannot be imported: %s", path, problem)
        return _Source(
            path=path,
            folder=folder,
            stamp=stamp,
            functions=functions,
            problem=problem,
        )


def _plain(name: str) -> str:
    return name.replace("_", "-")


def _bare(name: str) -> str:
    """Return the function's name in an ARN, or in ``name:qualifier``."""
    parts = name.split(":")
    return parts[6] if name.startswith("arn:") and len(parts) > 6 else parts[0]


def _named(source: _Source) -> dict[str, Function]:
    """Return the functions of ``source`` by each of their names."""
    found = {_plain(name): each for name, each in source.functions.items()}
    return found | {
        f"{_plain(source.folder)}-{name}": each for name, each in found.items()
    }


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


class _Loader(SourceFileLoader):
    """Compiles every time: cached bytecode is told apart by whole seconds only."""

    def path_stats(self, path: object) -> Mapping[str, Any]:
        """See ``SourceLoader``; an OSError is its word for "do not cache"."""
        raise OSError(path)


def _import(path: Path, folder: str) -> tuple[dict[str, Function], str]:
    name = f"millrace_functions.{folder}.{path.stem}"
    loader = _Loader(name, str(path))
    spec = importlib.util.spec_from_loader(name, loader, origin=str(path))
    assert spec is not None  # noqa: S101 - a loader was given
    module = importlib.util.module_from_spec(spec)
    # Dataclasses and pickles look their module up by its name.
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except Exception as error:  # the author's code: anything may be wrong with it
        return {}, f"{type(error).__name__}: {error}"
    return dict(_lent(module)), ""


def _lent(module: ModuleType) -> Iterator[tuple[str, Function]]:
    for name, value in vars(module).items():
        is_own = getattr(value, "__module__", "") == module.__name__
        if inspect.isfunction(value) and is_own and not name.startswith("_"):
            yield name, value
    listed = getattr(module, "FUNCTIONS", None)
    if isinstance(listed, Mapping):
        yield from listed.items()


def call_with(function: Function, event: Json, context: object) -> Json:
    """Call ``function`` with the event and, if it takes one, a context."""
    try:
        taken = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return function(event)
    by_place = [each for each in taken if each.kind in _BY_PLACE]
    takes_any = any(each.kind is inspect.Parameter.VAR_POSITIONAL for each in taken)
    if len(by_place) > 1 or takes_any:
        return function(event, context)
    return function(event)


_BY_PLACE = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
)


class Workers:
    """A few threads that work off a line of bounded length."""

    def __init__(self, *, threads: int = 8, line: int = 1000) -> None:
        self._line: queue.Queue[Callable[[], None] | None] = queue.Queue(line)
        self._most = threads
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def take(self, work: Callable[[], None]) -> bool:
        """Have ``work`` done soon; False if the line is full."""
        try:
            self._line.put_nowait(work)
        except queue.Full:
            return False
        with self._lock:
            if len(self._threads) < self._most:
                thread = threading.Thread(target=self._work, daemon=True)
                self._threads.append(thread)
                thread.start()
        return True

    def stop(self, patience: float = 5.0) -> None:
        """Finish what is in line; wait at most ``patience`` seconds per thread."""
        with self._lock:
            threads, self._threads = self._threads, []
        for _ in threads:
            # Full, because work hangs? These threads end with the process anyway.
            with contextlib.suppress(queue.Full):
                self._line.put(None, timeout=patience)
        for thread in threads:
            thread.join(patience)

    def _work(self) -> None:
        while (work := self._line.get()) is not None:
            try:
                work()
            except Exception:  # one piece of work must not end the thread
                _log.exception("background work failed")
