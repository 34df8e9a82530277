"""Which tags does a state machine have?"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.api.sfn_errors import Refused
from chalicelib.api.sfn_face import Ask
from chalicelib.api.sfn_machines import facts_of, plain
from chalicelib.journal.releases import Facts
from chalicelib.values import Json

#: AWS, "Quotas": tags of one resource.
MOST = 50


def _workflow(ask: Ask) -> str:
    arn = ask.text("resourceArn")
    try:
        return plain(ask, arn)
    except Refused as refused:
        if refused.code != "StateMachineDoesNotExist":
            raise
        raise Refused("ResourceNotFound", f"Resource not found: '{arn}'") from None


def tag(ask: Ask) -> Json:
    """TagResource: a tag of the same key is replaced."""
    given = {each["key"]: each.get("value", "") for each in ask.given["tags"]}

    def tagged(facts: Facts) -> Facts:
        tags = {**facts.tags, **given}
        if len(tags) > MOST:
            raise Refused("TooManyTags", f"A resource has at most {MOST} tags")
        return replace(facts, tags=tags)

    ask.releases.change(_workflow(ask), tagged)
    return {}


def untag(ask: Ask) -> Json:
    """UntagResource: a key that is not there is fine."""
    gone = set(ask.given["tagKeys"])

    def untagged(facts: Facts) -> Facts:
        kept = {key: value for key, value in facts.tags.items() if key not in gone}
        return replace(facts, tags=kept)

    ask.releases.change(_workflow(ask), untagged)
    return {}


def list_tags(ask: Ask) -> Json:
    """ListTagsForResource."""
    tags = facts_of(ask, _workflow(ask)).tags
    return {"tags": [{"key": key, "value": tags[key]} for key in sorted(tags)]}
