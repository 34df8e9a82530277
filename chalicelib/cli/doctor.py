"""What does ``millrace doctor`` say? What is wrong with a stage, and what helps."""

from __future__ import annotations

import argparse
import json
from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.cli.client import Address, Client
from chalicelib.cli.terminal import Terminal

_INCOMPLETE = "not all was looked at in the time of a request; ask again"


def doctor(options: Namespace, terminal: Terminal) -> int:
    """Look through the stage; 1 where something is wrong and was not mended."""
    client = Client(Address.found(options.url, options.key))
    answer = client.checkup(mends=options.redrive)
    if options.json:
        terminal.say(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        terminal.say(*_lines(answer))
    is_well = all(each["isMended"] for each in answer["findings"])
    return 0 if is_well else 1


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    for found in answer["findings"]:
        yield f"{found['kind']}: {found['subject']}: {found['says']}"
        yield f"    {'asked for again' if found['isMended'] else found['wayOut']}"
    if not answer["findings"]:
        yield "nothing is wrong"
    if not answer["isComplete"]:
        yield _INCOMPLETE


def _arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--redrive", action="store_true", help="ask again for what should have come"
    )


VERB = (doctor, _arguments)
