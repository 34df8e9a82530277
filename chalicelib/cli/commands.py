"""What does each verb do? Ask the stage, say what came back, return an exit code.

Rule 1  Nothing is computed here that the stage can say.
Rule 2  ``--json`` prints what the stage answered, untouched; ``--query`` parts of it.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from chalicelib.cli import bill, text
from chalicelib.cli.client import Address, Client, NoStage, Refused
from chalicelib.cli.definitions import default_name, verdict
from chalicelib.cli.follow import follow, outcome
from chalicelib.cli.queries import said
from chalicelib.cli.story import moment
from chalicelib.cli.terminal import Terminal
from chalicelib.errors import InputRefused
from chalicelib.values import Json, parse

Command = Callable[[Namespace, Terminal], int]
#: Takes the text of a definition, with its name and format; gives what is said of it.
_Send = Callable[..., Json]

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
    return _each_file(options, terminal, client(options).publish)


def validate(options: Namespace, terminal: Terminal) -> int:
    """Say what is wrong with each file; where there is no stage, by the same rules."""
    try:
        send: _Send = client(options).validate
    except NoStage:
        send = verdict
    return _each_file(options, terminal, send)


def start(options: Namespace, terminal: Terminal) -> int:
    """Start an execution, and follow it where asked to."""
    stage = client(options)
    begun = stage.start(
        options.workflow, read_input(options.input, terminal), options.name
    )
    if not options.watch:
        terminal.say(*said(options, begun, [begun["id"]]))
        return 0
    if not options.json:
        terminal.say(f"started {begun['id']}")
    ended = follow(stage, begun["id"], terminal, is_quiet=options.json)
    terminal.say(*said(options, ended, outcome(ended, terminal)))
    return EXIT_CODES.get(ended["status"], 1)


def describe(options: Namespace, terminal: Terminal) -> int:
    """Say how an execution is."""
    found = client(options).execution(options.id)
    terminal.say(*said(options, found, outcome(found, terminal)))
    return 0


def history(options: Namespace, terminal: Terminal) -> int:
    """Say what happened in an execution, one event per line."""
    events = client(options).history(options.id)
    terminal.say(*said(options, events, _event_lines(events)))
    return 0


def list_(options: Namespace, terminal: Terminal) -> int:
    """List executions as a table."""
    found = client(options).executions(
        options.workflow, status=options.status, limit=str(options.limit)
    )[: options.limit]
    rows = [_listed(each) for each in found]
    heads = ("STATUS", "STARTED", "TOOK", "EXECUTION")
    lines = text.table(heads, rows, cells=90) if rows else ["no executions"]
    terminal.say(*said(options, found, lines))
    return 0


def stop(options: Namespace, terminal: Terminal) -> int:
    """Stop an execution."""
    found = client(options).stop(options.id, options.error, options.cause)
    terminal.say(*said(options, found, [f"{found['id']} is {found['status']}"]))
    return 0


def delete(options: Namespace, terminal: Terminal) -> int:
    """Delete an execution that has ended."""
    found = client(options).delete(options.id)
    terminal.say(*said(options, found, [f"{found['id']} is deleted"]))
    return 0


def redrive(options: Namespace, terminal: Terminal) -> int:
    """Have an execution go on from where it failed; follow it where asked to."""
    stage = client(options)
    found = stage.redrive(options.id)
    if not options.watch:
        terminal.say(*said(options, found, [f"{found['id']} is {found['status']}"]))
        return 0
    ended = follow(stage, found["id"], terminal, is_quiet=options.json)
    terminal.say(*said(options, ended, outcome(ended, terminal)))
    return EXIT_CODES.get(ended["status"], 1)


def cost(options: Namespace, terminal: Terminal) -> int:
    """Say what an execution used."""
    stage = client(options)
    found = stage.execution(options.id, "/cost")
    events = [] if options.json else stage.history(options.id)
    terminal.say(*said(options, found, bill.lines(found, bill.transitions_in(events))))
    return 0


def dev(options: Namespace, terminal: Terminal) -> int:
    """Run a stage until Ctrl-C."""
    from chalicelib.cli.dev import run

    return run(Path(options.workflows), options.port, terminal)


def demo(options: Namespace, terminal: Terminal) -> int:
    """Make a video out of a text."""
    from chalicelib.cli.demo import run

    return run(Path(options.text) if options.text else None, terminal)


def client(options: Namespace) -> Client:
    """Return the stage that is meant.

    Raises:
        NoStage: nobody said which.
    """
    return Client(Address.found(options.url, options.key))


def _each_file(options: Namespace, terminal: Terminal, send: _Send) -> int:
    worst = 0
    for file in options.files:
        name = options.name or default_name(Path(file))
        try:
            answer = send(text_in(Path(file)), name=name, format=options.format)
        except Refused as refused:
            terminal.complain(*text.problem_lines(refused.problem, file))
            worst = 1
        else:
            worst |= _tell(options, terminal, file, answer)
    return worst


def _tell(options: Namespace, terminal: Terminal, file: str, answer: Json) -> int:
    """Say what became of a file; return the exit code for it."""
    if not answer.get("problems"):
        terminal.say(*said(options, answer, [f"{file}: {_became(answer)}"]))
        return 0
    is_data = options.json or options.query
    say = terminal.say if is_data else terminal.complain
    say(*said(options, answer, text.problem_lines(answer, file)))
    return 1


def _became(answer: Json) -> str:
    if "version" not in answer:
        return "no problems"
    return f"published {answer['name']}, version {answer['version'][:12]}"


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


def read_input(given: str, terminal: Terminal) -> Json:
    """Return the JSON that was typed, or is in the file behind ``@``, or comes in.

    Raises:
        WrongUse: it is not JSON, or the file cannot be read.
    """
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
