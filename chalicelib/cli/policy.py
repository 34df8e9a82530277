"""What may the workflows of a stage call, and what is granted now?

millrace policy dev      + what a deployment would grant, - what would go
"""

from __future__ import annotations

import argparse
from argparse import Namespace
from pathlib import Path
from typing import Any

from chalicelib.cli.stages import (
    calls_in,
    client,
    set_argument,
    settings_of,
    stage_argument,
    told,
)
from chalicelib.cli.terminal import Terminal
from chalicelib.deployment.calls import shown
from chalicelib.deployment.names import Names
from chalicelib.deployment.permissions import CALLED
from chalicelib.deployment.place import place_of


def policy(options: Namespace, terminal: Terminal) -> int:
    """Say what the workflows call, and what changes in what is granted."""
    return told(terminal, lambda: _policy(options, terminal))


def _policy(options: Namespace, terminal: Terminal) -> None:
    names = Names(stage=options.stage)
    calls = calls_in(Path(options.workflows), settings_of(options.set))
    if options.offline:
        terminal.say(*shown(calls, []) or ["nothing to change"])
    else:
        lines = shown(calls, _granted(names), place_of(client("sts"), names))
        terminal.say(*lines or ["nothing to change"])


def _granted(names: Names) -> list[Any]:
    """Return what the step function may do now, beyond what every stage does."""
    iam, formation = client("iam"), client("cloudformation")
    role = formation.describe_stack_resource(
        StackName=names.stack, LogicalResourceId="OnStepRole"
    )["StackResourceDetail"]["PhysicalResourceId"]
    try:
        document = iam.get_role_policy(RoleName=role, PolicyName=CALLED)
    except iam.exceptions.NoSuchEntityException:
        return []  # the workflows that were published called nothing
    statements: list[Any] = document["PolicyDocument"]["Statement"]
    return statements


def _policy_arguments(verb: argparse.ArgumentParser) -> None:
    stage_argument(verb)
    set_argument(verb)
    verb.add_argument(
        "--offline", action="store_true", help="what is needed, whatever is granted"
    )


POLICY = (policy, _policy_arguments)
