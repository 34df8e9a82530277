"""How does a stage get out of an account? What holds data stays, for the next one.

make destroy STAGE=dev                   a stage of `make deploy`
chalice delete --stage dev, then that    a stage of `chalice deploy`
"""

from __future__ import annotations

import time
from argparse import Namespace

from chalicelib.cli.stages import client, is_made_by_chalice, stage_argument, told
from chalicelib.cli.terminal import Terminal
from chalicelib.deployment.names import Names
from chalicelib.deployment.place import place_of
from chalicelib.errors import DeploymentRefused


def destroy(options: Namespace, terminal: Terminal) -> int:
    """Take the stage out of the account; what holds data stays."""
    return told(terminal, lambda: _destroy(Names(stage=options.stage), terminal))


def _destroy(names: Names, terminal: Terminal) -> None:
    from chalicelib.deployment.stack import Stack

    stack = Stack(client, names, time.sleep)
    if stack.status():
        stack.delete()
    else:
        _remove_provisioned(names)
    place = place_of(client("sts"), names)
    terminal.say(
        f"{names.stack} is gone.",
        f"Kept: table {names.table}, bucket {names.values(place.account, place.region)}"
        f", queue {names.dead_letters}, parameter {names.secrets}.",
    )


def _remove_provisioned(names: Names) -> None:
    """Take away what stands around a stage of `chalice deploy`.

    Raises:
        DeploymentRefused: Chalice's own part is still there, or there is no stage.
    """
    from chalicelib.deployment.provision import has_queue
    from chalicelib.deployment.removal import remove

    if is_made_by_chalice(names):
        raise DeploymentRefused(
            f"stage {names.stage!r} was made by `chalice deploy`: end its functions by "
            f"`chalice delete --stage {names.stage}`, then destroy the rest"
        )
    if not has_queue(client("sqs"), names):
        raise DeploymentRefused(
            f"there is no stage {names.stage!r} in this account and region: no stack "
            f"{names.stack}, no queue {names.steps}"
        )
    remove(client, place_of(client("sts"), names))


DESTROY = (destroy, stage_argument)
