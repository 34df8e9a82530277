"""What may nobody know but the stage? One parameter of Parameter Store, encrypted.

    {"TOKEN_KEYS": "k1:…", "ACCESS_SECRET": "…", "WEBHOOK_SECRETS": "…"}

CloudFormation cannot make such a parameter, and should not see what is in it: it is
made before the stack, once, and outlives it.
"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.deployment.names import Names
from chalicelib.errors import DeploymentRefused

#: Id of the key that comes with every stage; whoever reads the parameter has it.
OWNER = "owner"
#: Bytes of a key.
KEY = 32


def provide(ssm: Any, names: Names) -> dict[str, str]:
    """Return the secrets of a stage; made where there are none yet."""
    found = read(ssm, names)
    if found:
        return found
    made = {"TOKEN_KEYS": f"k1:{_random()}", "ACCESS_SECRET": _random()}
    try:
        ssm.put_parameter(
            Name=names.secrets,
            Value=json.dumps(made),
            Type="SecureString",
            Description=f"Keys of the Millrace stage {names.stage}",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterAlreadyExists":
            raise
        return read(ssm, names)  # somebody else deploys at the same time
    return made


def read(ssm: Any, names: Names) -> dict[str, str]:
    """Return the secrets of a stage; nothing where it has none."""
    try:
        answer = ssm.get_parameter(Name=names.secrets, WithDecryption=True)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return {}
    found: dict[str, str] = json.loads(answer["Parameter"]["Value"])
    return found


def rotate(ssm: Any, names: Names, name: str) -> list[str]:
    """Put a new secret in front of those that are there; return all, the newest first.

    ``name``: of ``KEPT_SIDE_BY_SIDE``. The old ones go on to be accepted.

    Raises:
        DeploymentRefused: there is no such stage.
    """
    known = _known(ssm, names)
    before = _listed(known, name)
    return _keep(ssm, names, known, name, [KEPT_SIDE_BY_SIDE[name](before), *before])


def retire(ssm: Any, names: Names, name: str) -> list[str]:
    """Forget all secrets but the newest; return that one.

    Raises:
        DeploymentRefused: there is no such stage, or it has no such secret.
    """
    known = _known(ssm, names)
    found = _listed(known, name)
    if not found:
        raise DeploymentRefused(f"stage {names.stage!r} has no {name}: nothing to do")
    return _keep(ssm, names, known, name, found[:1])


def _known(ssm: Any, names: Names) -> dict[str, str]:
    found = read(ssm, names)
    if not found:
        raise DeploymentRefused(
            f"there is no parameter {names.secrets}: deploy stage {names.stage!r} first"
        )
    return found


def _listed(known: Mapping[str, str], name: str) -> list[str]:
    return [each for each in known.get(name, "").split(",") if each]


def _keep(
    ssm: Any, names: Names, known: Mapping[str, str], name: str, found: list[str]
) -> list[str]:
    value = json.dumps({**known, name: ",".join(found)})
    ssm.put_parameter(
        Name=names.secrets, Value=value, Type="SecureString", Overwrite=True
    )
    return found


def _token_key(before: Sequence[str]) -> str:
    """Return a key with an id that none of ``before`` has."""
    ids = (each.partition(":")[0].removeprefix("k") for each in before)
    last = max((int(each) for each in ids if each.isdecimal()), default=0)
    return f"k{last + 1}:{_random()}"


def _webhook_secret(_before: Sequence[str]) -> str:
    return f"whsec_{_random()}"


#: Secrets of which several count at a time, and how a new one is made.
KEPT_SIDE_BY_SIDE: Mapping[str, Callable[[Sequence[str]], str]] = {
    "TOKEN_KEYS": _token_key,
    "WEBHOOK_SECRETS": _webhook_secret,
}


def bearer(known: Mapping[str, str]) -> str:
    """Return the key that comes with every stage: as ``api.keyring`` derives it."""
    secret = b64decode(known["ACCESS_SECRET"])
    mac = hmac.digest(secret, OWNER.encode(), "sha256")
    return f"{OWNER}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _random() -> str:
    return b64encode(secrets.token_bytes(KEY)).decode()
