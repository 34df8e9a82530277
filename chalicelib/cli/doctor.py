"""What does ``millrace doctor`` say? What is wrong with a stage, and what helps.

A stage is looked through page by page until there is none left, or until ``--limit``;
``--after`` goes on where that was.
"""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.cli.commands import client
from chalicelib.cli.queries import said
from chalicelib.cli.terminal import Terminal

#: What one request looks at, at most.
PAGE = 1000
WELL, ILL, INCOMPLETE = 0, 1, 3


def doctor(options: Namespace, terminal: Terminal) -> int:
    """Look through the stage.

    1 where something is wrong and was not mended; 3 where nothing was found, and not
    everything was looked at.
    """
    found: list[Mapping[str, Any]] = []
    answer: Mapping[str, Any] = {}
    for answer in _pages(options):
        found += answer["findings"]
        if not (options.json or options.query):
            terminal.say(*_lines(answer["findings"]))
    whole = {**answer, "findings": found}
    terminal.say(*said(options, whole, _last_lines(found, answer)))
    if not all(each["isMended"] for each in found):
        return ILL
    return WELL if answer["isComplete"] else INCOMPLETE


def _pages(options: Namespace) -> Iterator[Mapping[str, Any]]:
    """Yield what the stage answers, until it has been looked through."""
    stage = client(options)
    after, looked_at = options.after, 0
    while True:
        left = options.limit - looked_at if options.limit else PAGE
        page = stage.checkup(
            mends=options.redrive,
            after=after,
            limit=str(min(left, PAGE)),
            behind=str(options.behind),
        )
        looked_at += page["lookedAt"]
        yield {**page, "lookedAt": looked_at}
        after = page["next"]
        if not after or (options.limit and looked_at >= options.limit):
            return


def _lines(findings: list[Mapping[str, Any]]) -> Iterator[str]:
    for found in findings:
        yield f"{found['kind']}: {found['subject']}: {found['says']}"
        yield f"    {'asked for again' if found['isMended'] else found['wayOut']}"


def _last_lines(
    found: list[Mapping[str, Any]], answer: Mapping[str, Any]
) -> Iterator[str]:
    if not found:
        yield "nothing is wrong"
    if answer["next"]:
        yield f"looked at {answer['lookedAt']}; go on with --after {answer['next']!r}"


def _minutes(typed: str) -> int:
    if not (typed.isdecimal() and 0 < int(typed) <= 20_160):
        raise argparse.ArgumentTypeError(f"{typed} is none of 1 to 20160 minutes")
    return int(typed)


def _number(typed: str) -> int:
    if not typed.isdecimal():
        raise argparse.ArgumentTypeError(f"{typed} is no whole number")
    return int(typed)


def _arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--redrive", action="store_true", help="ask again for what should have come"
    )
    verb.add_argument(
        "--limit",
        type=_number,
        default=0,
        metavar="N",
        help="look at so many things, then say where to go on (0: at all)",
    )
    verb.add_argument(
        "--after", default="", metavar="PLACE", help="go on where that was"
    )
    verb.add_argument(
        "--behind",
        type=_minutes,
        default=60,
        metavar="MINUTES",
        help="look for timers so far behind the tick (60; at most 20160)",
    )


VERB = (doctor, _arguments)
