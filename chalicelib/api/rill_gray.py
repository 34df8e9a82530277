"""Which version does somebody get who does not say which? Rill Flow's gray rules.

The rules of a feature are asked in the order of their aliases, and the first that is
true decides; where none is, the feature's ``release`` is meant. A rule that fails is
not true.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.api.rill_face import Descriptor
from chalicelib.errors import EvaluationFailure
from chalicelib.expressions import Facts
from chalicelib.journal.descriptors import Descriptors
from chalicelib.values import Json


def version_of(
    kept: Descriptors, found: Descriptor, uid: str, context: Mapping[str, Json]
) -> str:
    """Return the version behind a descriptor id; empty for the current one."""
    alias = found.version or _by_rule(kept.rules(found.workflow), uid, context)
    return kept.version(found.workflow, alias)


def _by_rule(rules: Mapping[str, str], uid: str, context: Mapping[str, Json]) -> str:
    if not rules:
        return ""
    # Here: most features have no rules.
    from chalicelib.expressions import aviator

    number = int(uid) if uid.isascii() and uid.isdigit() and len(uid) < 19 else uid
    environment = {"uid": number, "input": dict(context)}
    for alias, rule in rules.items():
        try:
            found = aviator.evaluate(rule, environment, Facts(salt=uid))
        except EvaluationFailure:
            continue
        if found is True:
            return alias
    return ""
