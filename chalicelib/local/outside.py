"""Which AWS services does somebody else on this machine stand in for?

``AWS_ENDPOINT_URL_LAMBDA=http://127.0.0.1:9001`` and the like, variables of AWS's own,
lead tasks to another program on loopback: an emulator, or a test that plays functions.

Rule 1  Only loopback; the local stage asks for nothing outside of this machine.
Rule 2  The stage's own queues stay its own, also where queues are led elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from chalicelib.local.event_shapes import REGION
from chalicelib.settings import SettingRefused

#: Services that tasks ask and the stage does not live on, by the variable's ending.
SERVICES = {"LAMBDA": "lambda", "SQS": "sqs", "SNS": "sns", "EVENTS": "events"}
PREFIX = "AWS_ENDPOINT_URL_"
LOOPBACK = frozenset({"127.0.0.1", "localhost"})
#: Seconds. Lambda's longest invocation, and a little.
READ_TIMEOUT = 910


def endpoints(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the URLs that ``environ`` gives for services, by service.

    Raises:
        SettingRefused: one of them does not lead to loopback.
    """
    found = {}
    for ending, service in SERVICES.items():
        url = environ.get(f"{PREFIX}{ending}", "").strip()
        if not url:
            continue
        if urlsplit(url).scheme != "http" or urlsplit(url).hostname not in LOOPBACK:
            expected = "http:// and a port of this machine, such as 127.0.0.1:9001"
            raise SettingRefused(f"{PREFIX}{ending}", expected)
        found[service] = url.rstrip("/")
    return found


def client(service: str, url: str) -> Any:
    """Return a boto3 client that talks to ``url``, once for each call."""
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    config = Config(
        region_name=REGION,
        signature_version=UNSIGNED,
        user_agent="millrace",
        retries={"total_max_attempts": 1},
        read_timeout=READ_TIMEOUT,
        max_pool_connections=50,
    )
    return boto3.client(service, endpoint_url=url, config=config)


class Queues:
    """An SQS client for two: the stage's own queues, and everybody else's."""

    def __init__(self, own: Any, outside: Any, names: Collection[str]) -> None:
        """``names``: of the stage's own queues."""
        self._own = own
        self._outside = outside
        self._names = frozenset(names)

    def __getattr__(self, name: str) -> Any:
        own, outside = getattr(self._own, name), getattr(self._outside, name)
        if not callable(own):
            return own
        return self._choosing(own, outside)

    def _choosing(
        self, own: Callable[..., Any], outside: Callable[..., Any]
    ) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            url = arguments.get("QueueUrl", "")
            name = arguments.get("QueueName") or url.rpartition("/")[2]
            is_own = not name or name in self._names
            return (own if is_own else outside)(**arguments)

        return call
