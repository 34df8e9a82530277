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
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.deployment.names import Names

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


def bearer(known: Mapping[str, str]) -> str:
    """Return the key that comes with every stage: as ``api.keyring`` derives it."""
    secret = b64decode(known["ACCESS_SECRET"])
    mac = hmac.digest(secret, OWNER.encode(), "sha256")
    return f"{OWNER}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _random() -> str:
    return b64encode(secrets.token_bytes(KEY)).decode()
