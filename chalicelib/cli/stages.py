"""What do the verbs that change an account have in common?"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chalicelib.cli.client import Address, Client
from chalicelib.cli.commands import WrongUse
from chalicelib.cli.definitions import send_all
from chalicelib.cli.terminal import Terminal
from chalicelib.deployment.calls import Calls, calls_of, read_grants
from chalicelib.deployment.names import Names
from chalicelib.deployment.permissions import Grant
from chalicelib.errors import DefinitionRefused, DeploymentRefused

#: Where what people grant beside the workflows is written.
GRANTS = Path(".chalice/grants.json")


def told(terminal: Terminal, do: Callable[[], None]) -> int:
    """Do it; return the exit code, and say in a line what was refused."""
    from botocore.exceptions import BotoCoreError, ClientError, NoRegionError

    try:
        do()
    except (DeploymentRefused, DefinitionRefused) as refused:
        terminal.complain(f"millrace: {refused}")
        return 1
    except NoRegionError:
        terminal.complain("millrace: AWS: in which region? set AWS_DEFAULT_REGION")
        return 1
    except (BotoCoreError, ClientError) as error:
        terminal.complain(f"millrace: AWS: {error}")
        return 1
    return 0


def client(service: str) -> Any:
    """Return a boto3 client, of AWS or of the emulator that the environment names."""
    import boto3

    return boto3.client(service)


def calls_in(folder: Path) -> Calls:
    """Return what the workflows of ``folder`` call, and what people grant beside."""
    from chalicelib.formats import compile_definition

    compiled = [
        compile_definition(path.read_text("utf-8"), file=str(path))
        for path in definitions_in(folder)
    ]
    found = calls_of(compiled)
    written = read_grants(GRANTS)
    unknown = () if written else found.unknown
    grants = tuple(sorted({*found.grants, *written}))
    return Calls(grants=grants, unknown=unknown)


def definitions_in(folder: Path) -> list[Path]:
    """Return the files of ``folder`` that are definitions.

    Raises:
        WrongUse: there is no such folder.
    """
    from chalicelib.local.watch import definitions

    if not folder.is_dir():
        raise WrongUse(f"there is no folder {folder}")
    return definitions(folder)


def grants_in(folder: Path, terminal: Terminal) -> tuple[Grant, ...]:
    """Return what the workflows of ``folder`` need; complain about what is unknown."""
    calls = calls_in(folder)
    for place in calls.unknown:
        terminal.complain(f"{place}: grant what it calls in {GRANTS}")
    return calls.grants


def publish_all(url: str, key: str, folder: Path, terminal: Terminal) -> Client:
    """Publish the workflows of ``folder``, say where the stage is; return it.

    Raises:
        DeploymentRefused: the stage takes some of them only.
    """
    stage = Client(Address(url, key))
    sent = send_all(stage, definitions_in(folder), folder, terminal)
    terminal.say(f"API        {url}/v1", f"key        {key}")
    if not all(each.name for each in sent):
        raise DeploymentRefused("the stage is there, but not all of its workflows")
    return stage


def require_one_way(names: Names, *, is_stack: bool) -> None:
    """Pass if nobody made the stage by the way of ``chalice deploy``.

    A stack outweighs all traces: `make destroy` is the way out of it.

    Raises:
        DeploymentRefused: somebody did, or has begun to.
    """
    if is_stack:
        return
    deployed = deployed_file(names)
    if deployed.exists():
        raise DeploymentRefused(
            f"stage {names.stage!r} was made by `chalice deploy`, as {deployed} says; "
            "go on with it (make finish), or `chalice delete` it first"
        )
    from chalicelib.deployment.provision import has_queue

    if has_queue(client("sqs"), names):
        raise DeploymentRefused(
            f"the queue {names.steps} is there, but no stack: stage {names.stage!r} "
            "was made by `make provision`; go on with `chalice deploy`, or delete "
            "that queue first"
        )


def deployed_file(names: Names) -> Path:
    """Return where Chalice keeps what it has deployed."""
    return Path(f".chalice/deployed/{names.stage}.json")


def stage_argument(verb: argparse.ArgumentParser) -> None:
    """Add the stage, and where its workflows are."""
    verb.add_argument("stage", nargs="?", default="dev", metavar="STAGE")
    verb.add_argument("--workflows", default="workflows", metavar="FOLDER")
