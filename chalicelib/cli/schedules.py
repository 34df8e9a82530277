"""What can be done with schedules here? List, show, add, hold, end, catch up."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.cli import text
from chalicelib.cli.client import Client
from chalicelib.cli.commands import WrongUse, client
from chalicelib.cli.queries import said
from chalicelib.cli.story import moment
from chalicelib.cli.terminal import Terminal
from chalicelib.errors import InputRefused
from chalicelib.values import Json, parse


def schedules(options: Namespace, terminal: Terminal) -> int:
    """Do what was asked for; without an action, list."""
    answer = _ACTIONS[options.action](client(options), options)
    terminal.say(*said(options, answer, _lines(answer)))
    return 0


def _list(client: Client, options: Namespace) -> Json:
    return client.schedules(options.workflow)


def _show(client: Client, options: Namespace) -> Json:
    return client.schedule("GET", options.workflow, _name(options))


def _add(client: Client, options: Namespace) -> Json:
    name = _name(options)
    if not options.when:
        raise WrongUse("schedules add: say when it is due with --when")
    wanted: dict[str, Json] = {"name": name, "when": options.when}
    if options.zone:
        wanted["timeZone"] = options.zone
    if options.overlap:
        wanted["overlap"] = options.overlap
    if options.input:
        wanted["input"] = _input(options.input)
    return client.schedule("POST", options.workflow, "", body=wanted)


def _input(typed: str) -> Json:
    try:
        return parse(typed, what="--input")
    except InputRefused as refused:
        raise WrongUse(str(refused)) from None


def _remove(client: Client, options: Namespace) -> Json:
    return client.schedule("DELETE", options.workflow, _name(options))


def _pause(client: Client, options: Namespace) -> Json:
    return client.schedule("POST", options.workflow, _name(options), "/pause")


def _resume(client: Client, options: Namespace) -> Json:
    return client.schedule("POST", options.workflow, _name(options), "/resume")


def _backfill(client: Client, options: Namespace) -> Json:
    span = {"from": options.begin, "to": options.end}
    name = _name(options)
    return client.schedule("POST", options.workflow, name, "/backfill", body=span)


def _name(options: Namespace) -> str:
    if not (options.workflow and options.schedule):
        raise WrongUse(
            f"schedules {options.action}: name the workflow and the schedule"
        )
    return str(options.schedule)


_ACTIONS: Mapping[str, Callable[[Client, Namespace], Json]] = {
    "list": _list,
    "show": _show,
    "add": _add,
    "remove": _remove,
    "pause": _pause,
    "resume": _resume,
    "backfill": _backfill,
}


def _lines(answer: Json) -> list[str]:
    if isinstance(answer, dict) and "when" not in answer:
        return [f"{answer['workflow']}/{answer['name']}: done"]
    rows = [_row(each) for each in (answer if isinstance(answer, list) else [answer])]
    heads = ("SCHEDULE", "WHEN", "ZONE", "NEXT", "LAST EXECUTION", "")
    return text.table(heads, rows, cells=60) if rows else ["no schedules"]


def _row(found: Mapping[str, Any]) -> tuple[str, ...]:
    due = found["nextDueAt"]
    state = "paused" if found["paused"] else ("never" if due is None else "")
    return (
        f"{found['workflow']}/{found['name']}",
        found["when"],
        found["timeZone"],
        state or text.moment_text(moment(due)),
        found["lastExecution"],
        found["error"] or "",
    )


def _arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("action", nargs="?", choices=tuple(_ACTIONS), default="list")
    verb.add_argument("workflow", nargs="?", default="", metavar="WORKFLOW")
    verb.add_argument("schedule", nargs="?", default="", metavar="SCHEDULE")
    verb.add_argument("--when", default="", help="add: cron, rate(…), @every …, at(…)")
    verb.add_argument("--zone", default="", help="add: such as Europe/Berlin")
    verb.add_argument("--overlap", default="", help="add: allow, skip, bufferOne, …")
    verb.add_argument("--input", default="", help="add: JSON")
    verb.add_argument("--from", dest="begin", default="", help="backfill: a time")
    verb.add_argument("--to", dest="end", default="", help="backfill: a time")


VERB = (schedules, _arguments)
