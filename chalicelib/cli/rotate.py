"""How does a stage get new secrets, while it runs?

millrace rotate token-key dev             a new key signs, the old one still opens
millrace rotate token-key dev --retire    … until it is told to open no more
"""

from __future__ import annotations

import argparse
from argparse import Namespace

from chalicelib.cli.stages import client, told
from chalicelib.cli.terminal import Terminal
from chalicelib.deployment import secrets
from chalicelib.deployment.names import Names

#: What people call what the parameter names.
_NAMES = {"token-key": "TOKEN_KEYS", "webhook-secret": "WEBHOOK_SECRETS"}
_RENEW = 'make deploy STAGE={stage} ARGS="--set RENEWED=$(date +%s)"'


def rotate(options: Namespace, terminal: Terminal) -> int:
    """Put a new secret in front of the old ones, or take the old ones away."""
    return told(terminal, lambda: _rotate(options, terminal))


def _rotate(options: Namespace, terminal: Terminal) -> None:
    names, name = Names(stage=options.stage), _NAMES[options.what]
    do = secrets.retire if options.retire else secrets.rotate
    newest, *others = do(client("ssm"), names, name)
    terminal.say(f"{options.what} {_shown(newest)} is the current one")
    if others:
        terminal.say(f"{len(others)} before it are still accepted")
    terminal.say(
        "containers that are there already go on with what they have read; have "
        f"them made anew:\n    {_RENEW.format(stage=options.stage)}"
    )


def _shown(secret: str) -> str:
    """Return the id of a token key; a webhook's secret is for its receivers."""
    return secret.partition(":")[0]


def _arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("what", choices=tuple(_NAMES))
    verb.add_argument("stage", nargs="?", default="dev", metavar="STAGE")
    verb.add_argument(
        "--retire", action="store_true", help="forget all but the newest one"
    )


ROTATE = (rotate, _arguments)
