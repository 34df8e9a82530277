"""What can be done with flows? They are the workflows of a stage.

Rule 1  Every workflow is a flow, also one that was published otherwise; only a flow's
        own language can be published here.
Rule 2  What CloudFlow keeps beside the definition is kept and shown. The kind and the
        role have one place for all faces, see ``_SHARED``.
Rule 3  A deleted flow's executions are stopped and cannot be seen any more; a new flow
        of its name begins with none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.api.cloudflow import definitions
from chalicelib.api.cloudflow.errors import Refused, invalid
from chalicelib.api.cloudflow.face import Ask, dashed, moment
from chalicelib.errors import WorkflowNotFound
from chalicelib.journal.archive import Published
from chalicelib.journal.releases import Facts, Release
from chalicelib.model.workflow import Workflow
from chalicelib.values import Json, short_hash

#: CloudFlow: characters of a description.
LONGEST_DESCRIPTION = 256
#: Parameters that are texts, are kept as they came, and are shown again.
_TEXTS = ("Description", "Type", "ExternalStorageLocation", "ResourceGroupId")
#: Kept under the names that the face of Step Functions has for them.
_SHARED = {"RoleArn": "roleArn"}
_MODES = {"": "STANDARD", "Standard": "STANDARD", "Express": "EXPRESS"}
_MODE_OF = {"STANDARD": "Standard", "EXPRESS": "Express"}


def create(ask: Ask) -> dict[str, Json]:
    """CreateFlow: refused when there is a flow of that name."""
    name = ask.new_name("Name")
    ask.caller.require_workflow(name)
    mode = ask.text("ExecutionMode")
    if mode not in _MODES:
        raise invalid("ExecutionMode", f"Standard or Express, found {mode[:40]!r}")
    text, now = ask.needed("Definition"), ask.service.clock.now()
    about = {"Type": "FDL", **_about(ask), "type": _MODES[mode], "MadeAt": now}
    facts = Facts(about=about, created_at=now)
    workflow = _compiled(ask, name, text, facts)
    if _published(ask, name) is not None:
        raise Refused("FlowAlreadyExists", f"flow {name} exists already")
    kept = ask.releases.change(name, lambda _before: facts)
    ask.service.keep(workflow, text)
    return shown(name, text, kept)


def update(ask: Ask) -> dict[str, Json]:
    """UpdateFlow: what the request does not name stays as it is.

    Another environment is another version: expressions see the values.
    """
    name = ask.workflow("Name")
    before = ask.face.archive.definition(name)
    text, about = ask.text("Definition") or before.text, _about(ask)
    is_seen = "Environment" in about and before.format == "cloudflow"
    if text != before.text or is_seen:
        facts = facts_of(ask, before)
        facts = replace(facts, about={**facts.about, **about})
        ask.service.keep(_compiled(ask, name, text, facts), text)
    kept = ask.releases.change(
        name,
        lambda facts: replace(
            facts,
            about={**facts.about, **about},
            created_at=facts.created_at or before.published_at,
        ),
    )
    location = {"ExternalStorageLocation": kept.about.get("ExternalStorageLocation")}
    return {**shown(name, text, kept), **location}


def describe(ask: Ask) -> dict[str, Json]:
    """DescribeFlow: as it is now, or as it was when a version was published."""
    name = ask.workflow("Name")
    current = ask.face.archive.definition(name)
    facts = facts_of(ask, current)
    number = ask.text("FlowVersion")
    if not number:
        return shown(name, current.text, facts)
    release = release_of(ask, name, number)
    text = ask.face.archive.definition(name, release.version).text
    about = {**facts.about, **release.facts, "Description": release.description}
    return shown(name, text, replace(facts, about=about))


def list_flows(ask: Ask) -> dict[str, Json]:
    """ListFlows: those that the key sees, by name."""
    kept = ask.releases.all_facts()
    group = ask.text("ResourceGroupId")
    seen = [
        each
        for each in ask.face.archive.definitions()
        if ask.caller.sees(each.name)
        and group in ("", _about_of(kept, each.name).get("ResourceGroupId"))
    ]
    page, following = ask.page(
        sorted(seen, key=lambda each: each.name), lambda each: each.name
    )
    whole = (_published(ask, each.name) for each in page)
    rows = [
        shown(each.name, each.text, _filled(kept.get(each.name), each))
        for each in whole
        if each
    ]
    return {"Flows": rows, "NextToken": following}


def _about_of(kept: Mapping[str, Facts], name: str) -> Mapping[str, Json]:
    return kept[name].about if name in kept else {}


def delete(ask: Ask) -> dict[str, Json]:
    """DeleteFlow: new executions are refused at once, those under way are stopped."""
    name = ask.flow("Name")
    # CURRENT goes last: until it is gone, deleting again does all of it.
    ask.releases.forget(name)
    ask.service.orchestrator.withdraw(name, cause="its flow was deleted")
    return {}


# -- what is kept -------------------------------------------------------------------


def _published(ask: Ask, name: str) -> Published | None:
    try:
        return ask.face.archive.definition(name)
    except WorkflowNotFound:
        return None


def release_of(ask: Ask, name: str, number: str) -> Release:
    """Return a version of a flow by its number.

    Raises:
        Refused: FlowVersionNotExists.
    """
    is_number = number.isascii() and number.isdigit() and len(number) < 9
    release = ask.releases.numbered(name, int(number)) if is_number else None
    if release is None:
        message = f"flow {name} has no version {number[:40]!r}"
        raise Refused("FlowVersionNotExists", message)
    return release


def facts_of(ask: Ask, flow: Published) -> Facts:
    """Return what is kept about a flow."""
    return _filled(ask.releases.facts(flow.name), flow)


def _filled(kept: Facts | None, flow: Published) -> Facts:
    facts = kept or Facts()
    return replace(
        facts,
        created_at=facts.created_at or flow.published_at,
        updated_at=facts.updated_at or flow.published_at,
    )


def is_express(facts: Facts) -> bool:
    """Whether executions of a flow run within their request only."""
    return facts.about.get("type") == "EXPRESS"


def _about(ask: Ask) -> dict[str, Json]:
    """Return what the request says beside the definition."""
    ask.text("Description", most=LONGEST_DESCRIPTION)
    texts = {name: ask.given[name] for name in _TEXTS if name in ask.given}
    shared = {
        kept: ask.given[name] for name, kept in _SHARED.items() if name in ask.given
    }
    if "Environment" in ask.given:
        texts["Environment"] = definitions.environment(ask)
    return {**texts, **shared}


def _compiled(ask: Ask, name: str, text: str, facts: Facts) -> Workflow:
    is_fast = is_express(facts)
    return definitions.compiled(ask, name, text, facts.about, is_express=is_fast)


# -- what is shown ------------------------------------------------------------------


def shown(name: str, text: str, facts: Facts) -> dict[str, Json]:
    """Return a flow as CloudFlow shows it."""
    about = facts.about
    return {
        "Id": flow_id(name, facts.created_at),
        "Name": name,
        "Definition": text,
        "Description": about.get("Description", ""),
        "Type": about.get("Type", "FDL"),
        "RoleArn": about.get("roleArn", ""),
        "ExecutionMode": _MODE_OF.get(about.get("type", ""), "Standard"),
        "Environment": about.get("Environment", definitions.NO_VARIABLES),
        "ResourceGroupId": about.get("ResourceGroupId", ""),
        "CreatedTime": moment(facts.created_at),
        "LastModifiedTime": moment(facts.updated_at),
    }


def flow_id(name: str, created_at: float) -> str:
    """Return the id of a flow: another one when it was deleted and made again."""
    return dashed(short_hash(name, str(created_at), length=32))
