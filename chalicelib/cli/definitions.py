"""How do the definitions of a folder get into a stage, and what is said about it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from chalicelib.cli.client import Client, Refused
from chalicelib.cli.terminal import Terminal
from chalicelib.cli.text import problem_lines
from chalicelib.errors import DefinitionRefused
from chalicelib.values import Json


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a file."""

    path: Path
    #: Name of the workflow; empty where it was refused.
    name: str
    version: str = ""


def default_name(path: Path) -> str:
    """Return the workflow's name where its definition has none of its own.

    >>> default_name(Path("workflows/orders/orders.asl.json"))
    'orders'
    """
    return path.name.partition(".")[0]


def verdict(text: str, *, name: str, format: str = "") -> Json:
    """Return what a stage answers that is asked to validate ``text``."""
    from chalicelib.bootstrap import compile_definition

    try:
        compile_definition(text, name=name, format=format or None)
    except DefinitionRefused as refused:
        return {"valid": False, "problems": list(map(asdict, refused.problems))}
    return {"valid": True, "problems": []}


def send_all(
    client: Client, paths: Iterable[Path], root: Path, terminal: Terminal
) -> list[Sent]:
    """Publish each file; complain about those that are refused."""
    return [_send(client, path, root, terminal) for path in paths]


def _send(client: Client, path: Path, root: Path, terminal: Terminal) -> Sent:
    shown = str(path.relative_to(root.parent) if path.is_relative_to(root) else path)
    try:
        text = path.read_text(encoding="utf-8")
        made = client.publish(text, name=default_name(path))
    except Refused as refused:
        terminal.complain(*problem_lines(refused.problem, shown))
        return Sent(path, "")
    except (OSError, UnicodeDecodeError) as error:
        terminal.complain(f"{shown}: cannot be read: {error}")
        return Sent(path, "")
    return Sent(path, made["name"], made["version"])
