"""What does each verb do? Ask the stage, say what came back, return an exit code.

Rule 1  Nothing is computed here that the stage can say.
Rule 2  ``--json`` prints what the stage answered, untouched; ``--query`` parts of it.
"""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from chalicelib.cli import bill, text
from chalicelib.cli.client import Address, Client, Refused
from chalicelib.cli.definitions import default_name
from chalicelib.cli.follow import follow, outcome
from chalicelib.cli.queries import query
from chalicelib.cli.story import moment
from chalicelib.cli.terminal import Terminal
from chalicelib.errors import InputRefused
from chalicelib.values import Json, parse

Command = Callable[[Namespace, Terminal], int]

#: Exit code by the status of an execution; an execution that runs is no failure.
EXIT_CODES: Mapping[str, int] = {
    "RUNNING": 0,
    "SUCCEEDED": 0,
    "FAILED": 1,
    "TIMED_OUT": 3,
    "ABORTED": 4,
}
USAGE = 2


class WrongUse(Exception):
    """What was typed cannot be meant."""


def publish(options: Namespace, terminal: Terminal) -> int:
    """Publish each file; stop at nothing, fail if one was refused."""
    return _each_file(options, terminal, _publish_one)


def validate(options: Namespace, terminal: Terminal) -> int:
    """Say what is wrong with each file."""
    return _each_file(options, terminal, _validate_one)


def start(options: Namespace, terminal: Terminal) -> int:
    """Start an execution, and follow it where asked to."""
    client = _client(options)
    begun = client.start(
        options.workflow, _input(options.input, terminal), options.name
    )
    if not options.watch:
        _say(options, terminal, begun, [begun["id"]])
        return 0
    if not options.json:
        terminal.say(f"started {begun['id']}")
    ended = follow(client, begun["id"], terminal, is_quiet=options.json)
    _say(options, terminal, ended, outcome(ended, terminal))
    return EXIT_CODES.get(ended["status"], 1)


def describe(options: Namespace, terminal: Terminal) -> int:
    """Say how an execution is."""
    found = _client(options).execution(options.id)
    _say(options, terminal, found, outcome(found, terminal))
    return 0


def history(options: Namespace, terminal: Terminal) -> int:
    """Say what happened in an execution, one event per line."""
    events = _client(options).history(options.id)
    _say(options, terminal, events, _event_lines(events))
    return 0


def list_(options: Namespace, terminal: Terminal) -> int:
    """List executions as a table."""
    found = _client(options).executions(
        options.workflow, status=options.status, limit=str(options.limit)
    )[: options.limit]
    rows = [_listed(each) for each in found]
    heads = ("STATUS", "STARTED", "TOOK", "EXECUTION")
    lines = text.table(heads, rows, cells=90) if rows else ["no executions"]
    _say(options, terminal, found, lines)
    return 0


def stop(options: Namespace, terminal: Terminal) -> int:
    """Stop an execution."""
    found = _client(options).stop(options.id, options.error, options.cause)
    _say(options, terminal, found, [f"{found['id']} is {found['status']}"])
    return 0


def delete(options: Namespace, terminal: Terminal) -> int:
    """Delete an execution that has ended."""
    found = _client(options).delete(options.id)
    _say(options, terminal, found, [f"{found['id']} is deleted"])
    return 0


def redrive(options: Namespace, terminal: Terminal) -> int:
    """Have an execution go on from where it failed; follow it where asked to."""
    client = _client(options)
    found = client.redrive(options.id)
    if not options.watch:
        _say(options, terminal, found, [f"{found['id']} is {found['status']}"])
        return 0
    ended = follow(client, found["id"], terminal, is_quiet=options.json)
    _say(options, terminal, ended, outcome(ended, terminal))
    return EXIT_CODES.get(ended["status"], 1)


def cost(options: Namespace, terminal: Terminal) -> int:
    """Say what an execution used."""
    client = _client(options)
    found = client.execution(options.id, "/cost")
    events = [] if options.json else client.history(options.id)
    _say(options, terminal, found, bill.lines(found, bill.transitions_in(events)))
    return 0


def dev(options: Namespace, terminal: Terminal) -> int:
    """Run a stage until Ctrl-C."""
    from chalicelib.cli.dev import run

    return run(Path(options.workflows), options.port, terminal)


def demo(options: Namespace, terminal: Terminal) -> int:
    """Make a video out of a text."""
    from chalicelib.cli.demo import run

    return run(Path(options.text) if options.text else None, terminal)


def _client(options: Namespace) -> Client:
    return Client(Address.found(options.url, options.key))


def _say(
    options: Namespace, terminal: Terminal, answer: Json, lines: list[str]
) -> None:
    if options.query:
        lines = [json.dumps(found) for found in query(options.query, answer)]
    elif options.json:
        lines = [json.dumps(answer, ensure_ascii=False, indent=2)]
    terminal.say(*lines)


def _each_file(
    options: Namespace,
    terminal: Terminal,
    send: Callable[[Client, str, Namespace], list[str]],
) -> int:
    client, worst = _client(options), 0
    for file in options.files:
        try:
            terminal.say(*(f"{file}: {line}" for line in send(client, file, options)))
        except Refused as refused:
            terminal.complain(*text.problem_lines(refused.problem, file))
            worst = 1
    return worst


def _publish_one(client: Client, file: str, options: Namespace) -> list[str]:
    name = options.name or default_name(Path(file))
    made = client.publish(text_in(Path(file)), name=name, format=options.format)
    return [f"published {made['name']}, version {made['version'][:12]}"]


def _validate_one(client: Client, file: str, options: Namespace) -> list[str]:
    name = options.name or default_name(Path(file))
    found = client.validate(text_in(Path(file)), name=name, format=options.format)
    if found["problems"]:
        raise Refused(400, found)
    return ["no problems"]


def text_in(file: Path) -> str:
    """Return the text of a file that somebody named.

    Raises:
        WrongUse: it cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise WrongUse(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        where = f"byte {error.start + 1} is no UTF-8 text"
        raise WrongUse(f"cannot read {file}: {where}") from None


def _input(given: str, terminal: Terminal) -> Json:
    """Return the JSON that was typed, or is in the file behind ``@``, or comes in."""
    source = "--input"
    if given == "-":
        source, given = "standard input", terminal.read()
    elif given.startswith("@"):
        source, given = given[1:], text_in(Path(given[1:]))
    try:
        return parse(given, what=source)
    except InputRefused as refused:
        way_out = f"; write @{given} for the file" if _is_file(given) else ""
        raise WrongUse(f"{refused}{way_out}") from None


def _is_file(given: str) -> bool:
    return len(given) < 256 and Path(given).is_file()


def _listed(found: Mapping[str, Any]) -> tuple[str, str, str, str]:
    started_at, stopped = moment(found["startedAt"]), found.get("stoppedAt")
    took = text.duration(moment(stopped) - started_at) if stopped else ""
    return found["status"], text.moment_text(started_at), took, found["id"]


def _event_lines(events: list[Mapping[str, Any]]) -> list[str]:
    rows = []
    for event in events:
        failed = text.failure(event.get("error"), event.get("cause"))
        what = failed or str(event.get("resource") or "")
        at = text.moment_text(moment(event["timestamp"]))
        scope = str(event.get("scope") or "")
        place = str(event.get("state") or "") + (f" [{scope}]" if "-" in scope else "")
        rows.append((str(event["id"]), at, str(event["type"]), place, what))
    return text.table(("ID", "AT", "EVENT", "STATE", ""), rows, right=(0,))
