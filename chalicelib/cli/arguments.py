"""What was typed? One table of verbs, read by argparse."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from chalicelib.cli import (
    commands,
    deploy,
    destroy,
    doctor,
    keys,
    notices,
    policy,
    provision,
    rotate,
    schedules,
)
from chalicelib.cli.commands import Command
from chalicelib.cli.queries import a_path

_EXIT_CODES = """\
exit codes: 0 succeeded, 1 failed or refused, 2 wrong usage, 3 timed out, 4 aborted

The stage is the one of --url and --key, or of MILLRACE_URL and MILLRACE_KEY, or the
local one that `millrace dev` runs beside you. `validate` does without one."""

#: Verbs that talk to no stage that is there already.
_WITHOUT_STAGE = (
    "dev",
    "demo",
    "deploy",
    "destroy",
    "provision",
    "finish",
    "policy",
    "rotate",
)

_Add = Callable[[argparse.ArgumentParser], None]


#: Verb: what it does, who does it, what it takes.
Verbs = Mapping[str, tuple[str, Command, _Add]]


def parser(table: Verbs) -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    top = argparse.ArgumentParser(
        prog="millrace",
        description=_described(table),
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = top.add_subparsers(
        dest="verb", metavar="VERB", required=True, help="`millrace VERB -h` says more"
    )
    for name, (help_, run, add) in table.items():
        verb = verbs.add_parser(name, description=help_)
        verb.set_defaults(run=run)
        add(verb)
        if name not in _WITHOUT_STAGE:
            _stage(verb)
    return top


def _described(table: Verbs) -> str:
    width = max(map(len, table))
    lines = (f"  {name:{width}}  {help_}" for name, (help_, _, _) in table.items())
    return "\n".join(["Workflows that run as functions.", "", "verbs:", *lines])


def _stage(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--url", default="", help="where the stage is")
    verb.add_argument("--key", default="", help="an access key of the stage")
    verb.add_argument("--json", action="store_true", help="the stage's answer as JSON")
    verb.add_argument(
        "--query",
        type=a_path,
        metavar="JSONPATH",
        help="only these parts of the answer, one JSON value a line",
    )


def _port(typed: str) -> int:
    if not (typed.isdecimal() and int(typed) < 65536):
        raise argparse.ArgumentTypeError(f"{typed} is no port: 0 to 65535")
    return int(typed)


def _dev(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--port", type=_port, default=8333, help="0: any (8333)")
    verb.add_argument("--workflows", default="workflows", metavar="FOLDER")


def _demo(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--text", default="", metavar="FILE", help="another text")


def _files(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("files", nargs="+", metavar="FILE")
    verb.add_argument("--name", default="", help="of a workflow that names none")
    verb.add_argument("--format", default="", choices=("asl", "cloudflow", "rillflow"))


def _start(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("workflow", metavar="NAME")
    verb.add_argument("--input", default="{}", help="JSON, @file, or - for standard in")
    verb.add_argument("--name", default="", help="of the execution; unique, repeatable")
    _watch(verb)


def _watch(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--watch", action="store_true", help="follow it to its end")


def _id(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("id", metavar="ID", help="of the execution")


def _list(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--workflow", default="", metavar="NAME")
    verb.add_argument(
        "--status",
        default="",
        type=str.upper,
        choices=("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"),
    )
    verb.add_argument("--limit", type=int, default=20)


def _stop(verb: argparse.ArgumentParser) -> None:
    _id(verb)
    verb.add_argument("--error", default="")
    verb.add_argument("--cause", default="")


def _redrive(verb: argparse.ArgumentParser) -> None:
    _id(verb)
    _watch(verb)


VERBS: Verbs = {
    "dev": ("run a stage here, with the functions of workflows/", commands.dev, _dev),
    "demo": ("make a video out of a text, here", commands.demo, _demo),
    "deploy": ("bring a stage into an AWS account", *deploy.DEPLOY),
    "destroy": ("take a stage out of it; data stays", *destroy.DESTROY),
    "provision": ("make what `chalice deploy` needs", *provision.PROVISION),
    "finish": ("add what `chalice deploy` leaves out", *provision.FINISH),
    "policy": ("say what the workflows call, and what is granted", *policy.POLICY),
    "publish": ("send definitions to a stage", commands.publish, _files),
    "validate": ("say what is wrong with definitions", commands.validate, _files),
    "start": ("start an execution", commands.start, _start),
    "describe": ("say how an execution is", commands.describe, _id),
    "history": ("say what happened in an execution", commands.history, _id),
    "list": ("list executions, the newest first", commands.list_, _list),
    "stop": ("stop an execution", commands.stop, _stop),
    "redrive": ("have a failed execution go on", commands.redrive, _redrive),
    "notices": ("list what nobody took, or send it again", *notices.VERB),
    "delete": ("delete an execution that has ended", commands.delete, _id),
    "schedules": ("list, show, hold, end or catch up schedules", *schedules.VERB),
    "doctor": ("say what is wrong with a stage, and mend it", *doctor.VERB),
    "keys": ("list, issue, rotate or revoke access keys", *keys.VERB),
    "rotate": ("give a stage a new token key, or webhook secret", *rotate.ROTATE),
    "cost": ("say what an execution used, and its price", commands.cost, _id),
}
