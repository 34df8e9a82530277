"""How are DAGs published and looked at in Rill Flow's way?"""

from __future__ import annotations

from chalicelib.api.rill_errors import RESTRICTION, Refused
from chalicelib.api.rill_face import Descriptor, face, name_in
from chalicelib.api.routes import Call, Reply
from chalicelib.api.service import require_workflow_name
from chalicelib.model.descriptors import RELEASE, workflow_name


def add_descriptor(call: Call) -> Reply:
    """Publish a DAG under an alias."""
    text = call.text("the definition")
    workflow = call.service.compile(text, format="rillflow", name="")
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
