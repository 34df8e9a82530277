"""Where does a stage answer? At API Gateway, or at an emulator of it."""

from __future__ import annotations

from collections.abc import Mapping


def api_url(outputs: Mapping[str, str], endpoint: str) -> str:
    """Return the base URL of a stage, from the outputs of its stack.

    ``endpoint``: of an emulator; empty for AWS.

    >>> api_url({"EndpointURL": "https://x.example/api/"}, "")
    'https://x.example/api'
    >>> api_url({"RestAPIId": "7"}, "http://127.0.0.1:4566")
    'http://127.0.0.1:4566/restapis/7/api/_user_request_'
    """
    if not endpoint:
        return outputs["EndpointURL"].rstrip("/")
    return f"{endpoint.rstrip('/')}/restapis/{outputs['RestAPIId']}/api/_user_request_"
