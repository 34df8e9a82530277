"""How does a stage get into an account?

    make deploy STAGE=dev      package, look, change, publish, print URL and key

``chalicelib.cli.destroy`` is the way out.

Rule 1  A stage is made by one way: what ``chalice deploy`` made is not touched here.
Rule 2  Nothing new is no change: then only the workflows are published again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.cli.stages import (
    check_argument,
    client,
    go_round,
    grants_in,
    publish_all,
    require_one_way,
    set_argument,
    settings_of,
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
    from chalicelib.deployment.package import Package
    from chalicelib.deployment.stack import Stack

#: Where packages are made.
BUILD = Path(".local/deploy")


def deploy(options: Namespace, terminal: Terminal) -> int:
    """Bring the stage into the account, as this project is now."""
    return told(terminal, lambda: _deploy(options, terminal))


def _deploy(options: Namespace, terminal: Terminal) -> None:
    from chalicelib.deployment.secrets import bearer, provide
    from chalicelib.deployment.stack import Stack

    names, folder = Names(stage=options.stage), Path(options.workflows)
    stack = Stack(client, names, time.sleep)
    require_one_way(names, is_stack=bool(stack.settled()))
    grants = grants_in(folder, settings_of(options.set), terminal)
    known = provide(client("ssm"), names)
    url = _bring(stack, names, grants, options, terminal)
    if options.plan:
        return
    stage = publish_all(url, bearer(known), folder, terminal)
    if options.check:
        go_round(stage, terminal)


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
            environment=settings_of(options.set),
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
    if _adopt(stack, names, merged, made, options, terminal):
        return {}
    changes = stack.plan(stack.upload(made))
    told = [f"  {each}" for each in changes]
    terminal.say(*told or ["  nothing to change"])
    if options.plan or not changes:
        return stack.outputs()
    return stack.execute()


def _adopt(
    stack: Stack,
    names: Names,
    merged: dict[str, Any],
    made: Package,
    options: Namespace,
    terminal: Terminal,
) -> bool:
    """Take over what an earlier stack left; True if there is no more to be planned.

    What would be new beside that cannot be asked before it is done: it is all the rest.
    """
    from chalicelib.deployment.adoption import left_behind, refresh
    from chalicelib.deployment.stack import new_beside

    if stack.status():
        return False
    kept = left_behind(client, merged)
    terminal.say(*(f"  {each}" for each in kept))
    if not kept:
        return False
    if options.plan:
        terminal.say(*(f"  {each}" for each in new_beside(kept, made.template)))
        return True
    refresh(client, place_of(client("sts"), names), kept, merged)
    stack.adopt(kept, merged)
    return False


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


def _deploy_arguments(verb: argparse.ArgumentParser) -> None:
    stage_argument(verb)
    verb.add_argument("--plan", action="store_true", help="only say what would change")
    verb.add_argument(
        "--arch", default="arm64", choices=("arm64", "x86_64"), help="of the functions"
    )
    set_argument(verb)
    check_argument(verb)


DEPLOY = (deploy, _deploy_arguments)
