"""Where do lines go? To people or to a pipe, with a bar below them or without."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from typing import TextIO

from chalicelib.cli.text import painted


class Terminal:
    """The standard streams, and what standard output can do."""

    def __init__(
        self,
        out: TextIO = sys.stdout,
        *,
        errors: TextIO = sys.stderr,
        source: TextIO = sys.stdin,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._out = out
        self._errors = errors
        self._source = source
        self.is_live = out.isatty() and environ.get("TERM") != "dumb"
        # no-color.org: any value that is not empty.
        self.colours = self.is_live and not environ.get("NO_COLOR")
        self.is_unicode = (getattr(out, "encoding", "") or "").lower().startswith("utf")
        self._has_bar = False

    @property
    def width(self) -> int:
        """Columns to write in."""
        return min(shutil.get_terminal_size((100, 24)).columns, 120)

    def say(self, *lines: str) -> None:
        """Write lines."""
        self.end_bar()
        for line in lines:
            self._out.write(self._readable(line) + "\n")
        self._out.flush()

    def complain(self, *lines: str) -> None:
        """Write lines where errors go."""
        self.end_bar()
        for line in lines:
            self._errors.write(self._readable(line) + "\n")
        self._errors.flush()

    def read(self) -> str:
        """Return all of standard input."""
        return self._source.read()

    def bar(self, line: str) -> None:
        """Show ``line`` below everything else, until the next line; live only."""
        if self.is_live:
            self._out.write(f"\r\x1b[2K{line}")
            self._out.flush()
            self._has_bar = True

    def paint(self, text: str, colour: str | None) -> str:
        """Return ``text`` in ``colour``, if this terminal shows colours."""
        return painted(text, colour, colours=self.colours)

    def end_bar(self) -> None:
        """Take the bar away."""
        if self._has_bar:
            self._out.write("\r\x1b[2K")
            self._out.flush()
            self._has_bar = False

    def _readable(self, line: str) -> str:
        """Replace what the terminal's encoding cannot show."""
        encoding = getattr(self._out, "encoding", None) or "utf-8"
        return line.encode(encoding, "replace").decode(encoding)
