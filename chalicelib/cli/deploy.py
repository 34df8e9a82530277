"""How does a stage get into an account, and out of it again?

    make deploy STAGE=dev      package, look, change, publish, print URL and key
    make destroy STAGE=dev     the stack goes; table, values and dead letters stay

Rule 1  A stage is made by one way: what ``chalice deploy`` made is not touched here.
Rule 2  Nothing new is no change: then only the workflows are published again.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.cli.client import Client
from chalicelib.cli.commands import WrongUse
from chalicelib.cli.definitions import default_name
from chalicelib.cli.stages import (
    client,
    grants_in,
    publish_all,
    require_one_way,
    stage_argument,
    told,
)
from chalicelib.cli.terminal import Terminal
from chalicelib.deployment import address
from chalicelib.deployment.names import Names
from chalicelib.deployment.permissions import Grant
from chalicelib.deployment.place import place_of
from chalicelib.errors import DeploymentRefused

if TYPE_CHECKING:
    from chalicelib.deployment.stack import Stack

#: Where packages are made.
BUILD = Path(".local/deploy")


def deploy(options: Namespace, terminal: Terminal) -> int:
    """Bring the stage into the account, as this project is now."""
    return told(terminal, lambda: _deploy(options, terminal))


def destroy(options: Namespace, terminal: Terminal) -> int:
    """Take the stage out of the account; what holds data stays."""
    return told(terminal, lambda: _destroy(options, terminal))


def _deploy(options: Namespace, terminal: Terminal) -> None:
    from chalicelib.deployment.secrets import bearer, provide
    from chalicelib.deployment.stack import Stack

    names, folder = Names(stage=options.stage), Path(options.workflows)
    stack = Stack(client, names, time.sleep)
    require_one_way(names, is_stack=bool(stack.status()))
    if not stack.status():
        _require_no_dead_letters(names)
    grants = grants_in(folder, terminal)
    known = provide(client("ssm"), names)
    url = _bring(stack, names, grants, options, terminal)
    if options.plan:
        return
    stage = publish_all(url, bearer(known), folder, terminal)
    if options.check:
        _check(stage, terminal)


def _bring(
    stack: Stack,
    names: Names,
    grants: tuple[Grant, ...],
    options: Namespace,
    terminal: Terminal,
) -> str:
    """Make the stack as it is to be; return where it answers.

    An emulator's address has the API's id in it, and callbacks arrive there: it takes
    a second round where the API is new.
    """
    from chalicelib.deployment import template

    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    url = address.api_url(stack.outputs(), endpoint) if stack.status() else ""
    place = place_of(client("sts"), names)
    bucket = names.values(place.account, place.region)
    while True:
        merged = template.merged(
            names,
            calls=grants,
            bucket=bucket,
            callback_url=url if endpoint else "",
            environment=_environment(options.set),
        )
        outputs = _change(stack, names, merged, options, terminal)
        found = address.api_url(outputs, endpoint) if outputs else ""
        if not (endpoint and outputs) or found == url:
            return found
        url = found


def _change(
    stack: Stack,
    names: Names,
    merged: dict[str, Any],
    options: Namespace,
    terminal: Terminal,
) -> Mapping[str, str]:
    """Package, look, and carry out what is different; return the stack's outputs."""
    from chalicelib.deployment import package

    folder = BUILD / names.stage
    folder.mkdir(parents=True, exist_ok=True)
    made = package.build(
        Path.cwd(), folder.resolve(), names, merged, architecture=options.arch
    )
    _lint(made.template, terminal)
    terminal.say(f"package    {made.zip.stat().st_size / 1e6:.1f} MB")
    changes = stack.plan(stack.upload(made))
    told = [f"  {each}" for each in changes]
    terminal.say(*told or ["  nothing to change"])
    if options.plan or not changes:
        return stack.outputs()
    return stack.execute()


def _destroy(options: Namespace, terminal: Terminal) -> None:
    from chalicelib.deployment.provision import forget_dead_letters, left_behind
    from chalicelib.deployment.stack import Stack

    names = Names(stage=options.stage)
    stack = Stack(client, names, time.sleep)
    if not stack.status():
        raise DeploymentRefused(f"there is no stack {names.stack}")
    stack.delete()
    kept = [f"table {names.table}", "the values' bucket", f"parameter {names.secrets}"]
    # CloudFormation takes over a table and a bucket by their names, but no queue.
    if left_behind(client("sqs"), names) == 0:
        forget_dead_letters(client("sqs"), names)
    else:
        kept.append(f"queue {names.dead_letters}, with its messages")
    terminal.say(f"{names.stack} is gone.", f"Kept: {', '.join(kept)}.")


def _require_no_dead_letters(names: Names) -> None:
    """Pass if no queue of an earlier stack is in the way.

    Raises:
        DeploymentRefused: there are dead letters in it that somebody has to look at.
    """
    from chalicelib.deployment.provision import left_behind

    found = left_behind(client("sqs"), names)
    if found is not None:
        raise DeploymentRefused(
            f"the queue {names.dead_letters} of an earlier stack is still there, with "
            f"{found} messages: look at them and delete it"
        )


def _environment(pairs: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise WrongUse(f"--set {pair}: write NAME=VALUE")
        found[name] = value
    return found


def _lint(template: dict[str, Any], terminal: Terminal) -> None:
    """Have cfn-lint look at the template, where it is installed."""
    import json

    program = shutil.which("cfn-lint", path=str(Path(sys.executable).parent))
    if program is None:
        terminal.say("template   not linted: cfn-lint is not installed")
        return
    file = BUILD / "template.json"
    file.write_text(json.dumps(template, indent=1), "utf-8")
    done = subprocess.run(  # noqa: S603 - a program beside this Python
        [program, "--non-zero-exit-code", "error", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DeploymentRefused(f"cfn-lint refuses the template:\n{done.stdout}")


def _check(stage: Client, terminal: Terminal) -> None:
    """Have one execution go through the queue more often than Lambda lets a loop."""
    from chalicelib.cli.follow import follow
    from chalicelib.deployment.check import HOPS, definition

    name = default_name(Path("millrace-check.json"))
    stage.publish(definition(), name=name)
    begun = stage.start(name, {}, f"check-{secrets.token_hex(6)}")
    ended = follow(stage, begun["id"], terminal, is_quiet=True)
    if ended["status"] != "SUCCEEDED":
        raise DeploymentRefused(
            f"the check of {HOPS} hops ended {ended['status']}: is the step function's "
            "RecursiveLoop set to Allow?"
        )
    terminal.say(f"check      {HOPS} hops through the queue went well")


def _deploy_arguments(verb: argparse.ArgumentParser) -> None:
    stage_argument(verb)
    verb.add_argument("--plan", action="store_true", help="only say what would change")
    verb.add_argument(
        "--arch", default="arm64", choices=("arm64", "x86_64"), help="of the functions"
    )
    verb.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting"
    )
    verb.add_argument(
        "--no-check", dest="check", action="store_false", help="leave out the 40 hops"
    )


DEPLOY = (deploy, _deploy_arguments)
DESTROY = (destroy, stage_argument)
