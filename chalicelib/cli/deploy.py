"""How does a stage get into an account, and out of it again?

    make deploy STAGE=dev      package, look, change, publish, print URL and key
    make destroy STAGE=dev     the stack goes; table, values and dead letters stay
    millrace policy dev        what the workflows call, against what is granted

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
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.cli.client import Address, Client
from chalicelib.cli.commands import WrongUse
from chalicelib.cli.definitions import default_name, send_all
from chalicelib.cli.terminal import Terminal
from chalicelib.deployment import address
from chalicelib.deployment.calls import Calls, calls_of, read_grants, shown
from chalicelib.deployment.names import Names
from chalicelib.deployment.permissions import CALLED, Grant
from chalicelib.errors import DefinitionRefused, DeploymentRefused

if TYPE_CHECKING:
    from chalicelib.deployment.stack import Stack

#: Where what people grant beside the workflows is written.
GRANTS = Path(".chalice/grants.json")
BUILD = Path(".local/deploy")


def deploy(options: Namespace, terminal: Terminal) -> int:
    """Bring the stage into the account, as this project is now."""
    return _told(terminal, lambda: _deploy(options, terminal))


def destroy(options: Namespace, terminal: Terminal) -> int:
    """Take the stage out of the account; what holds data stays."""
    return _told(terminal, lambda: _destroy(options, terminal))


def policy(options: Namespace, terminal: Terminal) -> int:
    """Say what the workflows call, and what changes in what is granted."""
    return _told(terminal, lambda: _policy(options, terminal))


def _told(terminal: Terminal, do: Callable[[], None]) -> int:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        do()
    except (DeploymentRefused, DefinitionRefused) as refused:
        terminal.complain(f"millrace: {refused}")
        return 1
    except (BotoCoreError, ClientError) as error:
        terminal.complain(f"millrace: AWS: {error}")
        return 1
    return 0


def _deploy(options: Namespace, terminal: Terminal) -> None:
    from chalicelib.deployment.secrets import bearer, provide
    from chalicelib.deployment.stack import Stack

    names, folder = Names(stage=options.stage), Path(options.workflows)
    stack = Stack(_client, names, time.sleep)
    _require_one_way(names, is_stack=bool(stack.status()))
    grants = _grants(folder, terminal)
    known = provide(_client("ssm"), names)
    url = _bring(stack, names, grants, options, terminal)
    if options.plan:
        return
    key = bearer(known)
    client = Client(Address(url, key))
    sent = send_all(client, _definitions(folder), folder, terminal)
    terminal.say(f"API        {url}/v1", f"key        {key}")
    if not all(each.name for each in sent):
        raise DeploymentRefused("the stage is there, but not all of its workflows")
    if options.check:
        _check(client, terminal)


def _grants(folder: Path, terminal: Terminal) -> tuple[Grant, ...]:
    calls = _calls(folder)
    for place in calls.unknown:
        terminal.complain(f"{place}: grant what it calls in {GRANTS}")
    return calls.grants


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
    while True:
        merged = template.merged(
            names,
            calls=grants,
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

    BUILD.mkdir(parents=True, exist_ok=True)
    made = package.build(
        Path.cwd(), BUILD.resolve(), names, merged, architecture=options.arch
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
    from chalicelib.deployment.stack import Stack

    names = Names(stage=options.stage)
    stack = Stack(_client, names, time.sleep)
    if not stack.status():
        raise DeploymentRefused(f"there is no stack {names.stack}")
    stack.delete()
    terminal.say(
        f"{names.stack} is gone.",
        f"Kept: table {names.table}, queue {names.dead_letters}, the values' bucket "
        f"and the parameter {names.secrets}.",
    )


def _policy(options: Namespace, terminal: Terminal) -> None:
    names = Names(stage=options.stage)
    calls = _calls(Path(options.workflows))
    if options.offline:
        terminal.say(*shown(calls, []) or ["nothing to change"])
    else:
        lines = shown(calls, _granted(names), _here())
        terminal.say(*lines or ["nothing to change"])


def _granted(names: Names) -> list[Any]:
    """Return what the step function may do now, beyond what every stage does."""
    iam, formation = _client("iam"), _client("cloudformation")
    role = formation.describe_stack_resource(
        StackName=names.stack, LogicalResourceId="OnStepRole"
    )["StackResourceDetail"]["PhysicalResourceId"]
    try:
        document = iam.get_role_policy(RoleName=role, PolicyName=CALLED)
    except iam.exceptions.NoSuchEntityException:
        return []  # the workflows that were published called nothing
    statements: list[Any] = document["PolicyDocument"]["Statement"]
    return statements


def _here() -> dict[str, str]:
    """Return what a template's pseudo parameters stand for in this account."""
    found = _client("sts").get_caller_identity()
    return {
        "AWS::Partition": found["Arn"].split(":")[1],
        "AWS::Region": _client("sts").meta.region_name,
        "AWS::AccountId": found["Account"],
    }


def _require_one_way(names: Names, *, is_stack: bool) -> None:
    """Pass if nobody made the stage by the other way.

    Raises:
        DeploymentRefused: ``chalice deploy`` made it.
    """
    deployed = Path(f".chalice/deployed/{names.stage}.json")
    if not is_stack and deployed.exists():
        raise DeploymentRefused(
            f"stage {names.stage!r} was made by `chalice deploy`, as {deployed} says; "
            "go on with it (make finish), or `chalice delete` it first"
        )


def _calls(folder: Path) -> Calls:
    """Return what the workflows of ``folder`` call, and what people grant beside."""
    from chalicelib.formats import compile_definition

    compiled = [
        compile_definition(path.read_text("utf-8"), file=str(path))
        for path in _definitions(folder)
    ]
    found = calls_of(compiled)
    written = read_grants(GRANTS)
    unknown = () if written else found.unknown
    grants = tuple(sorted({*found.grants, *written}))
    return Calls(grants=grants, unknown=unknown)


def _definitions(folder: Path) -> list[Path]:
    from chalicelib.local.watch import definitions

    if not folder.is_dir():
        raise WrongUse(f"there is no folder {folder}")
    return definitions(folder)


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


def _check(client: Client, terminal: Terminal) -> None:
    """Have one execution go through the queue more often than Lambda lets a loop."""
    from chalicelib.cli.follow import follow
    from chalicelib.deployment.check import HOPS, definition

    name = default_name(Path("millrace-check.json"))
    client.publish(definition(), name=name)
    begun = client.start(name, {}, f"check-{secrets.token_hex(6)}")
    ended = follow(client, begun["id"], terminal, is_quiet=True)
    if ended["status"] != "SUCCEEDED":
        raise DeploymentRefused(
            f"the check of {HOPS} hops ended {ended['status']}: is the step function's "
            "RecursiveLoop set to Allow?"
        )
    terminal.say(f"check      {HOPS} hops through the queue went well")


def _client(service: str) -> Any:
    import boto3

    return boto3.client(service)


def _stage(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("stage", nargs="?", default="dev", metavar="STAGE")
    verb.add_argument("--workflows", default="workflows", metavar="FOLDER")


def _deploy_arguments(verb: argparse.ArgumentParser) -> None:
    _stage(verb)
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


def _policy_arguments(verb: argparse.ArgumentParser) -> None:
    _stage(verb)
    verb.add_argument(
        "--offline", action="store_true", help="what is needed, whatever is granted"
    )


DEPLOY = (deploy, _deploy_arguments)
DESTROY = (destroy, _stage)
POLICY = (policy, _policy_arguments)
