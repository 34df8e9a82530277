"""Who could not be told of an execution? List them, or have them told once more."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from chalicelib.cli import text
from chalicelib.cli.commands import client
from chalicelib.cli.queries import said
from chalicelib.cli.story import moment
from chalicelib.cli.terminal import Terminal

#: What ``--again`` means without a notice.
_ALL = "all"


def notices(options: Namespace, terminal: Terminal) -> int:
    """List the notices that were given up; send those again that are asked for."""
    stage = client(options)
    if not options.again:
        found = stage.notices(options.id)
        terminal.say(*said(options, found, _table(found)))
        return 0
    named = [options.again]
    if options.again == _ALL:
        listed = stage.notices(options.id)
        named = [each["notice"] for each in listed if each["receiver"] is not None]
    sent = [stage.send_again(options.id, each) for each in named]
    lines = [f"{each['notice']} is sent again, to {each['receiver']}" for each in sent]
    terminal.say(*said(options, sent, lines or ["nothing to send"]))
    return 0


def _table(found: list[Mapping[str, Any]]) -> list[str]:
    heads = ("NOTICE", "OF", "TO", "TRIES", "GIVEN UP", "WHY")
    rows = [_row(each) for each in found]
    if not rows:
        return ["no notice was given up"]
    return text.table(heads, rows, cells=60, right=(3,))


def _row(found: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        found["notice"],
        found["about"],
        found["receiver"] or "nobody any more",
        str(found["tries"]),
        text.moment_text(moment(found["givenUpAt"])),
        " ".join(found["cause"].split()),
    )


def _arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("id", metavar="ID", help="of the execution")
    verb.add_argument(
        "--again",
        nargs="?",
        const=_ALL,
        default="",
        metavar="NOTICE",
        help="send this one once more; without a name all of them",
    )


VERB = (notices, _arguments)
