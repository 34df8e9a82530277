"""What of a task's payload does history keep? All of it but its secrets."""

from __future__ import annotations

from chalicelib.values import Json


def without(payload: Json, token: str) -> Json:
    """Return ``payload`` with the task token masked: history keeps no secrets.

    >>> without({"a": ["t1.x", 1]}, "t1.x")
    {'a': ['<task token>', 1]}
    """
    if not token:
        return payload
    if isinstance(payload, str):
        return payload.replace(token, "<task token>")
    if isinstance(payload, list):
        return [without(each, token) for each in payload]
    if isinstance(payload, dict):
        return {key: without(each, token) for key, each in payload.items()}
    return payload
