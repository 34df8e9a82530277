"""Which tags does a state machine, or an activity, have?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from chalicelib.api.stepfunctions import activities
from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.api.stepfunctions.face import Ask
from chalicelib.api.stepfunctions.lookup import facts_of, plain
from chalicelib.api.stepfunctions.machines import tags_of
from chalicelib.values import Json

Tags = Mapping[str, str]

_ABSENT = frozenset({"StateMachineDoesNotExist", "ActivityDoesNotExist"})


def _found(ask: Ask) -> tuple[bool, str]:
    """Return whether the resource is an activity, and its name.

    Raises:
        Refused: InvalidArn, ValidationException, or ResourceNotFound.
        NotAuthorized: the key does not see it.
    """
    arn = ask.text("resourceArn")
    try:
        if ask.arns.is_activity(arn):
            return True, activities.find(ask, arn).name
        return False, plain(ask, arn)
    except Refused as refused:
        if refused.code not in _ABSENT:
            raise
        raise Refused("ResourceNotFound", f"Resource not found: '{arn}'") from None


def _change(ask: Ask, change: Callable[[Tags], Tags]) -> None:
    is_activity, name = _found(ask)
    if is_activity:
        ask.face.activities.change(
            name, lambda activity: replace(activity, tags=change(activity.tags))
        )
    else:
        ask.releases.change(name, lambda facts: replace(facts, tags=change(facts.tags)))


def tag(ask: Ask) -> Json:
    """TagResource: a tag of the same key is replaced."""
    _change(ask, lambda tags: tags_of(ask, tags))
    return {}


def untag(ask: Ask) -> Json:
    """UntagResource: a key that is not there is fine."""
    gone = set(ask.given["tagKeys"])
    _change(ask, lambda tags: {key: tags[key] for key in tags if key not in gone})
    return {}


def list_tags(ask: Ask) -> Json:
    """ListTagsForResource."""
    is_activity, name = _found(ask)
    kept = ask.face.activities.find(name) if is_activity else facts_of(ask, name)
    return {
        "tags": [{"key": key, "value": kept.tags[key]} for key in sorted(kept.tags)]
    }
