"""What can be done with access keys here? List, issue, rotate, revoke."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.cli import text
from chalicelib.cli.client import Client
from chalicelib.cli.commands import WrongUse, client
from chalicelib.cli.queries import said
from chalicelib.cli.terminal import Terminal
from chalicelib.values import Json


def keys(options: Namespace, terminal: Terminal) -> int:
    """Do what was asked for; without an action, list."""
    answer = _ACTIONS[options.action](client(options), options)
    terminal.say(*said(options, answer, _lines(answer)))
    return 0


def _list(client: Client, _: Namespace) -> Json:
    return client.keys("GET")["keys"]


def _issue(client: Client, options: Namespace) -> Json:
    wanted: dict[str, Json] = {
        "scopes": options.scope or ["read"],
        "workflows": options.workflow,
        "description": options.description,
    }
    if options.expires:
        wanted["expiresAt"] = options.expires
    if options.rate:
        wanted |= {"rate": options.rate, "burst": options.burst}
    return client.keys("POST", body=wanted)


def _rotate(client: Client, options: Namespace) -> Json:
    return client.keys("POST", _id(options), "/rotate", overlap=options.overlap)


def _revoke(client: Client, options: Namespace) -> Json:
    return client.keys("DELETE", _id(options))


def _id(options: Namespace) -> str:
    if not options.id:
        raise WrongUse(f"keys {options.action}: name the key by its id")
    return str(options.id)


_ACTIONS: Mapping[str, Callable[[Client, Namespace], Json]] = {
    "list": _list,
    "issue": _issue,
    "rotate": _rotate,
    "revoke": _revoke,
}


def _lines(answer: Json) -> list[str]:
    if isinstance(answer, dict) and "bearer" in answer:
        return [f"key  {answer['bearer']}", "it is shown this once; keep it safe"]
    rows = [_row(each) for each in (answer if isinstance(answer, list) else [answer])]
    return text.table(("ID", "SCOPES", "WORKFLOWS", "EXPIRES", "FOR"), rows, cells=60)


def _row(found: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        found["id"],
        ", ".join(found["scopes"]),
        ", ".join(found["workflows"]) or "all",
        found["expiresAt"] or "never",
        found["description"],
    )


def _arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("action", nargs="?", choices=tuple(_ACTIONS), default="list")
    verb.add_argument("id", nargs="?", default="", metavar="ID")
    verb.add_argument(
        "--scope",
        action="append",
        choices=("read", "start", "operate", "admin"),
        help="issue: what it may do; repeat it for more (read)",
    )
    verb.add_argument(
        "--workflow", action="append", default=[], help="issue: a pattern of names"
    )
    verb.add_argument("--expires", default="", help="issue: a time")
    verb.add_argument("--description", default="", help="issue: what it is for")
    verb.add_argument(
        "--rate", type=float, default=0, help="issue: requests a second (the stage's)"
    )
    verb.add_argument("--burst", type=float, default=0, help="issue: requests at once")
    verb.add_argument("--overlap", default="", help="rotate: seconds both open")


VERB = (keys, _arguments)
