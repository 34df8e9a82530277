"""Where does a stage on this machine log to? A file, and warnings to the terminal."""

from __future__ import annotations

import logging
from pathlib import Path

from chalicelib import logs

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_to(file: Path, *, shows_warnings: bool = False) -> None:
    """Send what is logged in this process to ``file``, begun anew."""
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = logging.FileHandler(file, mode="w", encoding="utf-8")
    kept.setFormatter(logs.TextLines(_FORMAT))
    kept.setLevel(logging.INFO)
    handlers: list[logging.Handler] = [kept]
    if shows_warnings:
        shown = logging.StreamHandler()
        shown.setLevel(logging.WARNING)
        shown.setFormatter(_OneLine("%(levelname)s %(name)s: %(message)s"))
        handlers.append(shown)
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in ("botocore", "boto3", "urllib3", "moto", "responses"):
        logging.getLogger(name).setLevel(logging.WARNING)


class _OneLine(logging.Formatter):
    """Leaves the stack to the file."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, with the name of what was raised."""
        line = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line += f" ({type(error).__name__}: {error})"
        said = f"{record.levelname.lower()}: {line}".replace("\n", " ")
        return logs.redacted(said)
