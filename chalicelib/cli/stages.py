"""What do the verbs that change an account have in common?"""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable, Mapping, Sequence
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
        terminal.complain(f"millrace: AWS: {error}{_way_out(error)}")
        return 1
    except KeyboardInterrupt:
        terminal.complain(
            "millrace: what AWS has begun goes on without this; run the same again, "
            "which waits for it and does the rest"
        )
        raise
    return 0


def _way_out(error: Any) -> str:
    """Return what the reader can do about an error of AWS, or of the way there."""
    response = getattr(error, "response", {})
    code = response.get("Error", {}).get("Code", type(error).__name__)
    found = _WAYS_OUT.get(code, "")
    return f"; {found}" if found else ""


_UNKNOWN = "AWS does not know these credentials: look at AWS_PROFILE, AWS_ACCESS_KEY_ID"
_FORBIDDEN = (
    "these credentials may not do that: docs/operations.md says what who deploys needs"
)
_WAYS_OUT: Mapping[str, str] = {
    "NoCredentialsError": "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and its secret",
    "EndpointConnectionError": "look at AWS_DEFAULT_REGION and AWS_ENDPOINT_URL",
    "ExpiredToken": "log in again",
    "ExpiredTokenException": "log in again",
    "InvalidClientTokenId": _UNKNOWN,
    "UnrecognizedClientException": _UNKNOWN,
    "SignatureDoesNotMatch": _UNKNOWN,
    "AccessDenied": _FORBIDDEN,
    "AccessDeniedException": _FORBIDDEN,
}


def client(service: str) -> Any:
    """Return a boto3 client, of AWS or of the emulator that the environment names.

    Raises:
        DeploymentRefused: what the environment names is no address.
    """
    import boto3

    try:
        return boto3.client(service)
    except ValueError as error:
        raise DeploymentRefused(
            f"AWS_ENDPOINT_URL: {error}; write it as http://127.0.0.1:4566"
        ) from None


def calls_in(folder: Path, settings: Mapping[str, str]) -> Calls:
    """Return what the workflows of ``folder`` call, and what people grant beside.

    ``settings``: the stage's own, by name.
    """
    from chalicelib.formats import compile_definition

    compiled = [
        compile_definition(path.read_text("utf-8"), file=str(path))
        for path in definitions_in(folder)
    ]
    found = calls_of(compiled, settings)
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


def grants_in(
    folder: Path, settings: Mapping[str, str], terminal: Terminal
) -> tuple[Grant, ...]:
    """Return what the workflows of ``folder`` need; complain about what is unknown."""
    calls = calls_in(folder, settings)
    for call in calls.unknown:
        terminal.complain(f"{call} is not known yet; grant it in {GRANTS}")
    return calls.grants


def publish_all(url: str, key: str, folder: Path, terminal: Terminal) -> Client:
    """Publish the workflows of ``folder``, say where the stage is; return it.

    Raises:
        DeploymentRefused: the stage takes some of them only.
    """
    stage = Client(Address(url, key))
    sent = send_all(stage, definitions_in(folder), folder, terminal)
    accepted = [each for each in sent if each.name]
    terminal.say(
        f"workflows  {len(accepted)} published",
        f"API        {url}/v1",
        f"key        {key}",
    )
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
    if is_made_by_chalice(names):
        raise DeploymentRefused(
            f"stage {names.stage!r} was made by `chalice deploy`, as "
            f"{deployed_file(names)} says; go on with it (make finish), or `chalice "
            f"delete --stage {names.stage}` and `make destroy` it first"
        )
    from chalicelib.deployment.provision import has_queue

    if has_queue(client("sqs"), names):
        raise DeploymentRefused(
            f"the queue {names.steps} is there, but no stack: stage {names.stage!r} "
            f"was made by `make provision`; go on with `chalice deploy --stage "
            f"{names.stage}`, or `make destroy` it first"
        )


def deployed_file(names: Names) -> Path:
    """Return where Chalice keeps what it has deployed."""
    return Path(f".chalice/deployed/{names.stage}.json")


def is_made_by_chalice(names: Names) -> bool:
    """Say whether Chalice has something deployed; `chalice delete` empties its file."""
    from chalicelib.deployment.finish import resources_in

    file = deployed_file(names)
    return file.exists() and bool(resources_in(file.read_text("utf-8")))


def go_round(stage: Client, terminal: Terminal) -> None:
    """Have one workflow go through the queue more often than Lambda lets a loop.

    Raises:
        DeploymentRefused: it does not get to its end.
    """
    from chalicelib.cli.follow import follow
    from chalicelib.deployment.check import HOPS, NAME, definition

    stage.publish(definition(), name=NAME)
    begun = stage.start(NAME, {}, f"check-{secrets.token_hex(6)}")
    ended = follow(stage, begun["id"], terminal, is_quiet=True)
    if ended["status"] != "SUCCEEDED":
        raise DeploymentRefused(
            f"the check of {HOPS} hops ended {ended['status']}: `millrace history "
            f"{begun['id']}` says where; is the step function's RecursiveLoop Allow?"
        )
    terminal.say(f"check      {HOPS} hops through the queue went well")


def settings_of(pairs: Sequence[str]) -> dict[str, str]:
    """Return the settings that were typed.

    Raises:
        WrongUse: one of them has no value.
    """
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise WrongUse(f"--set {pair}: write NAME=VALUE")
        found[name] = value
    return found


def set_argument(verb: argparse.ArgumentParser) -> None:
    """Add the settings of the stage's own."""
    verb.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting"
    )


def check_argument(verb: argparse.ArgumentParser) -> None:
    """Add the way to leave the check out."""
    verb.add_argument(
        "--no-check", dest="check", action="store_false", help="leave out the 40 hops"
    )


def stage_argument(verb: argparse.ArgumentParser) -> None:
    """Add the stage, and where its workflows are."""
    verb.add_argument("stage", nargs="?", default="dev", metavar="STAGE")
    verb.add_argument("--workflows", default="workflows", metavar="FOLDER")
