"""Which tags does a state machine have?"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.api.sfn_errors import Refused
from chalicelib.api.sfn_face import Ask
from chalicelib.api.sfn_lookup import facts_of, plain
from chalicelib.api.sfn_machines import tags_of
from chalicelib.journal.releases import Facts
from chalicelib.values import Json


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
    ask.releases.change(
        _workflow(ask), lambda facts: replace(facts, tags=tags_of(ask, facts.tags))
    )
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
