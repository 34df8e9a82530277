"""How does a stage get into an account by ``chalice deploy``? Between these two.

    make provision STAGE=dev       table, bucket, queues, secrets, .chalice/config.json
    chalice deploy --stage dev     the functions and the API
    make finish STAGE=dev          what Chalice leaves out; publishes, prints the key

Both can be done again, and ``finish`` has to be after each ``chalice deploy``.
"""

from __future__ import annotations

import argparse
import os
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.cli.stages import (
    check_argument,
    client,
    deployed_file,
    go_round,
    grants_in,
    publish_all,
    stage_argument,
    told,
)
from chalicelib.cli.terminal import Terminal
from chalicelib.deployment import address
from chalicelib.deployment.names import Names
from chalicelib.errors import DeploymentRefused

if TYPE_CHECKING:
    from chalicelib.deployment.finish import Deployed

CONFIGURATION = Path(".chalice")


def provision(options: Namespace, terminal: Terminal) -> int:
    """Make what ``chalice deploy`` needs."""
    return told(terminal, lambda: _provision(options, terminal))


def finish(options: Namespace, terminal: Terminal) -> int:
    """Add what ``chalice deploy`` leaves out."""
    return told(terminal, lambda: _finish(options, terminal))


def _provision(options: Namespace, terminal: Terminal) -> None:
    from chalicelib.deployment.place import place_of
    from chalicelib.deployment.provision import configure, configured
    from chalicelib.deployment.provision import provision as provided

    names = Names(stage=options.stage)
    _require_no_stack(names)
    settings = configured(CONFIGURATION, names)
    grants = grants_in(Path(options.workflows), settings, terminal)
    place = provided(client, place_of(client("sts"), names))
    configure(CONFIGURATION, place, grants)
    terminal.say(
        f"table      {names.table}",
        f"queues     {names.steps}, {names.dead_letters}",
        f"bucket     {names.values(place.account, place.region)}",
        f"secrets    {names.secrets}",
        f"Now: chalice deploy --stage {names.stage}, then make finish",
    )


def _finish(options: Namespace, terminal: Terminal) -> None:
    from chalicelib.deployment import finish, secrets
    from chalicelib.deployment.place import place_of
    from chalicelib.deployment.provision import configure, configured
    from chalicelib.deployment.provision import provision as provided

    names, folder = Names(stage=options.stage), Path(options.workflows)
    _require_no_stack(names)
    deployed = _deployed(names)
    grants = grants_in(folder, configured(CONFIGURATION, names), terminal)
    place = provided(client, place_of(client("sts"), names))
    outputs = {"EndpointURL": deployed.url, "RestAPIId": deployed.api_id}
    url = address.api_url(outputs, os.environ.get("AWS_ENDPOINT_URL", ""))
    configure(CONFIGURATION, place, grants, url)
    finish.finish(client, place, deployed, url, time.sleep)
    key = secrets.bearer(secrets.read(client("ssm"), names))
    stage = publish_all(url, key, folder, terminal)
    if options.check:
        go_round(stage, terminal)


def _deployed(names: Names) -> Deployed:
    from chalicelib.deployment.finish import read_deployed

    file = deployed_file(names)
    if not file.exists():
        raise DeploymentRefused(
            f"there is no {file}: run `chalice deploy --stage {names.stage}` first"
        )
    return read_deployed(file.read_text("utf-8"))


def _require_no_stack(names: Names) -> None:
    """Pass if nobody made the stage by the other way.

    Raises:
        DeploymentRefused: there is a stack of its name.
    """
    from chalicelib.deployment.stack import Stack

    if Stack(client, names, time.sleep).status():
        raise DeploymentRefused(
            f"stage {names.stage!r} was made by `make deploy`, as the stack "
            f"{names.stack} says; go on with it, or `make destroy` it first"
        )


def _finish_arguments(verb: argparse.ArgumentParser) -> None:
    stage_argument(verb)
    check_argument(verb)


PROVISION = (provision, stage_argument)
FINISH = (finish, _finish_arguments)
