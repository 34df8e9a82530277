"""How are DAGs published and looked at in Rill Flow's way?

A business has features, a feature has aliases, and an alias leads to a text. Removing
one of them from the catalogue stops nothing: what was published can still be started.
"""

from __future__ import annotations

from chalicelib.api.names import require_workflow_name
from chalicelib.api.rillflow.errors import RESTRICTION, Refused, Unpublished
from chalicelib.api.rillflow.face import (
    Descriptor,
    context_in,
    descriptor_in,
    face,
    flag,
    name_in,
    required,
    version_of,
)
from chalicelib.api.rillflow.view import millis
from chalicelib.api.routes import Call, Reply
from chalicelib.errors import DefinitionRefused, InputRefused
from chalicelib.journal.descriptors import DEFAULT
from chalicelib.model.aviator_grammar import parse
from chalicelib.model.aviator_tree import NotAviator
from chalicelib.model.descriptors import RELEASE, workflow_name


def add_descriptor(call: Call) -> Reply:
    """Publish a DAG under an alias."""
    text = call.text("the definition")
    try:
        workflow = call.service.compile(text, format="rillflow", name="")
    except DefinitionRefused as refused:
        raise Unpublished(refused.problems) from None
    business, feature = name_in(call, "business_id"), name_in(call, "feature_name")
    alias = name_in(call, "alias")
    if workflow.name != workflow_name(business, feature):
        reason = (
            f"name not match: the DAG is {workflow.description}, "
            f"and it is published as {business}:{feature}"
        )
        raise Refused(400, RESTRICTION, reason)
    require_workflow_name(workflow.name)
    call.caller.require_workflow(workflow.name)
    version = face().archive.publish(workflow, text, is_current=alias == RELEASE)
    catalogue = face().descriptors
    catalogue.add_business(business)
    catalogue.add_feature(business, feature)
    md5 = catalogue.note(workflow.name, alias, text, version)
    found = Descriptor(business=business, feature=feature, version=f"md5_{md5}")
    return Reply(body={"ret": True, "descriptor_id": found.text()})


def get_descriptor(call: Call) -> Reply:
    """Show the text behind a descriptor id, as a user of that ``uid`` would get it."""
    found, uid = descriptor_in(call), call.query.get("uid", "")
    context = context_in(call) if call.method == "POST" else {}
    version = version_of(found, uid, context)
    text = face().archive.definition(found.workflow, version).text
    named = {"uid": uid} if uid else {}
    return Reply(body={"descriptor_id": found.text(), **named, "descriptor": text})


def get_version(call: Call) -> Reply:
    """List the texts that an alias has led to, newest first."""
    business, feature = _feature(call)
    alias = name_in(call, "alias")
    named = {"business_id": business, "feature_name": feature, "alias": alias}
    texts = face().descriptors.texts(workflow_name(business, feature), alias)
    rows = [
        {
            "descriptor_id": f"{business}:{feature}:md5_{each.md5}",
            "create_time": millis(each.at),
        }
        for each in texts
    ]
    return Reply(body={**named, "versions": rows})


def modify_business(call: Call) -> Reply:
    """Add a business to the catalogue, or take it out."""
    business = name_in(call, "business_id")
    call.caller.require_workflow(workflow_name(business, ""))
    kept = face().descriptors
    (kept.add_business if flag(call, "add", True) else kept.drop_business)(business)
    return Reply(body={"ret": True})


def get_business(call: Call) -> Reply:
    """List the businesses."""
    del call
    return Reply(body={"business_ids": face().descriptors.businesses()})


def modify_feature(call: Call) -> Reply:
    """Add a feature to the catalogue, or take it out."""
    business, feature = _feature(call)
    kept = face().descriptors
    if flag(call, "add", True):
        kept.add_business(business)
        kept.add_feature(business, feature)
    else:
        kept.drop_feature(business, feature)
    return Reply(body={"ret": True})


def get_feature(call: Call) -> Reply:
    """List the features of a business."""
    business = name_in(call, "business_id")
    features = face().descriptors.features(business)
    seen = [
        each for each in features if call.caller.sees(workflow_name(business, each))
    ]
    return Reply(body={"business_id": business, "features": seen})


def modify_alias(call: Call) -> Reply:
    """Add an alias that leads nowhere yet, or take one away."""
    workflow, alias = workflow_name(*_feature(call)), name_in(call, "alias")
    kept = face().descriptors
    (kept.add_alias if flag(call, "add", True) else kept.drop_alias)(workflow, alias)
    return Reply(body={"ret": True})


def get_alias(call: Call) -> Reply:
    """List the aliases of a feature."""
    business, feature = _feature(call)
    aliases = face().descriptors.aliases(workflow_name(business, feature))
    return Reply(body={"business_id": business, "feature": feature, "aliases": aliases})


def modify_gray(call: Call) -> Reply:
    """Keep the rule that says who gets an alias unasked, or forget it."""
    workflow, alias = workflow_name(*_feature(call)), name_in(call, "alias")
    if flag(call, "add", True):
        rule = _rule(required(call, "gray_rule"))
        face().descriptors.keep_rule(workflow, alias, rule)
    else:
        face().descriptors.drop_rule(workflow, alias)
    return Reply(body={"ret": True})


def get_gray(call: Call) -> Reply:
    """Show the rules of a feature."""
    business, feature = _feature(call)
    rules = face().descriptors.rules(workflow_name(business, feature))
    return Reply(body={"business_id": business, "feature_name": feature, "gray": rules})


def get_choice_keys(call: Call) -> Reply:
    """List the keys of the choices of a business."""
    business = name_in(call, "business_id")
    keys = face().descriptors.choice_keys(business)
    return Reply(body={"business_id": business, "config_keys": keys})


def modify_choice(call: Call) -> Reply:
    """Keep the rule that says whose work goes to a resource, or forget it."""
    business, key = name_in(call, "business_id"), name_in(call, "config_key")
    call.caller.require_workflow(workflow_name(business, ""))
    resource = required(call, "resource_name")
    if flag(call, "add", True):
        rule = required(call, "ab_rule")
        rule = rule if rule == DEFAULT else _rule(rule, "ab_rule")
        face().descriptors.keep_choice(business, key, resource, rule)
    else:
        face().descriptors.drop_choice(business, key, resource)
    return Reply(body={"ret": True})


def get_choice(call: Call) -> Reply:
    """Show the resources of a choice and their rules."""
    business, key = name_in(call, "business_id"), name_in(call, "config_key")
    rules = face().descriptors.choices(business, key)
    named = {"business_id": business, "config_key": key}
    default = [name for name, rule in rules.items() if rule == DEFAULT]
    ab = {name: rule for name, rule in rules.items() if rule != DEFAULT}
    more = {"default_resource_name": default[0]} if default else {}
    return Reply(body={**named, **more, "ab": ab})


def _feature(call: Call) -> tuple[str, str]:
    business, feature = name_in(call, "business_id"), name_in(call, "feature_name")
    call.caller.require_workflow(workflow_name(business, feature))
    return business, feature


def _rule(text: str, name: str = "gray_rule") -> str:
    try:
        parse(text)
    except NotAviator as wrong:
        raise InputRefused(f"no rule: {wrong}", path=name) from None
    return text
