"""What does AWS call its services, actions and fields, and does it have this one?

botocore's own models are the source. Step Functions spells what is in them as the SDK
for Java does: ``cloudwatchlogs`` for ``logs``, ``putItem`` for ``PutItem``,
``LogGroupName`` for ``logGroupName``, ``Md5OfMessageBody`` for ``MD5OfMessageBody``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from chalicelib.formats.fields import listed, suggestion

#: Services of botocore whose id is neither their name nor an alias that it knows.
_OTHER_IDS: Mapping[str, str] = MappingProxyType(
    {
        "ds-data": "directoryservicedata",
        "lexv2-models": "lexmodelsv2",
        "lexv2-runtime": "lexruntimev2",
        "sms-voice": "pinpointsmsvoice",
    }
)
#: Members whose name is a word of Java: see "AttributeValue" of its SDK.
_RENAMED: Mapping[str, str] = MappingProxyType({"NULL": "Nul"})
_NOT_A_WORD = re.compile(r"[^A-Za-z0-9]+")


class NotInAws(LookupError):
    """No service, or no action of it, has that name; says which was meant."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action of one service."""

    #: What botocore calls the service: the name of its client.
    client: str
    #: What begins the names of its errors: ``DynamoDb``.
    title: str
    #: botocore's models of the action and of its service.
    operation: Any
    model: Any

    def error_name(self, code: str) -> str:
        """Return what the SDK for Java calls an error; empty where it has no class.

        Raised by the service under ``code``: its name, or the code of a query API.
        """
        if code in self.model.shape_names:
            return _exception(code)
        found = self.model.shape_for_error_code(code)
        return "" if found is None else _exception(found.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """How the authors of a language write an action of AWS."""

    #: Of an action's name, as AWS has it.
    action: Callable[[str], str]
    example: str


STEP_FUNCTIONS = Spelling(
    action=lambda name: name[:1].lower() + name[1:],
    example="aws-sdk:dynamodb:getItem",
)


def find_action(
    service: str, action: str, spelling: Spelling = STEP_FUNCTIONS
) -> Action:
    """Return the action that a language calls ``action`` of ``service``.

    Raises:
        NotInAws: there is none of that name.
    """
    names = _services()
    if service not in names:
        hint = suggestion(service, names) or f"write it as in {spelling.example}"
        raise NotInAws(f"AWS has no service {service!r}; {hint}")
    model = _model(names[service])
    actions = {spelling.action(name): name for name in model.operation_names}
    if action not in actions:
        hint = suggestion(action, actions) or f"there are {listed(actions)}"
        raise NotInAws(f"{service} has no action {action!r}; {hint}")
    operation = model.operation_model(actions[action])
    if operation.has_event_stream_output or operation.has_event_stream_input:
        raise NotInAws(f"{service}:{action} streams events, which no task can take")
    return Action(names[service], java_name(model.service_id), operation, model)


@cache
def _services() -> Mapping[str, str]:
    """Return botocore's names of services by the ids that Step Functions writes."""
    from botocore.utils import EVENT_ALIASES

    known = _loader().list_available_services("service-2")
    return MappingProxyType(
        {
            _OTHER_IDS.get(name)
            or _NOT_A_WORD.sub("", EVENT_ALIASES.get(name, name)): name
            for name in known
        }
    )


@cache
def _loader() -> Any:
    from botocore.loaders import create_loader

    return create_loader()


@lru_cache(maxsize=16)  # some are large, and a stage talks to few
def _model(client: str) -> Any:
    from botocore.model import ServiceModel

    return ServiceModel(_loader().load_service_model(client, "service-2"), client)


@lru_cache(maxsize=4096)
def java_name(name: str) -> str:
    """Return a name as the SDK for Java has it, its first letter large.

    >>> java_name("MD5OfMessageBody"), java_name("DynamoDB"), java_name("SESv2")
    ('Md5OfMessageBody', 'DynamoDb', 'SesV2')
    >>> java_name("logGroupName"), java_name("Secrets Manager"), java_name("ETag")
    ('LogGroupName', 'SecretsManager', 'ETag')
    """
    if name in _RENAMED:
        return _RENAMED[name]
    text = _NOT_A_WORD.sub(" ", name)
    for rule, apart in _WORDS:
        text = rule.sub(apart, text)
    return "".join(word[:1].upper() + word[1:].lower() for word in text.split())


#: Where a word ends, in this order; the first two set versions such as v2 apart.
_WORDS = (
    (re.compile(r"([^a-z]{2,})v([0-9]+)"), r"\1 v\2 "),
    (re.compile(r"([^A-Z]{2,})V([0-9]+)"), r"\1 V\2 "),
    (re.compile(r"(?<=[a-z])(?=[A-Z][a-zA-Z0-9])"), " "),
    (re.compile(r"([A-Z]+)([A-Z][a-z])"), r"\1 \2"),
    (re.compile(r"([0-9])([a-zA-Z])"), r"\1 \2"),
)


def _exception(shape: str) -> str:
    name = java_name(shape)
    return f"{name.removesuffix('Exception').removesuffix('Fault')}Exception"
