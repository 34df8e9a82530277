import json

import pytest

from chalicelib.model import expressions as nodes
from chalicelib.model import workflow as model
from chalicelib.model.codec import decode, encode

PATH = nodes.Path(text="$.a[0]", steps=("a", 0))


@pytest.fixture
def workflow():
    inner = model.Scope(
        id="0/Each",
        start=("Work",),
        states={
            "Work": model.State(
                name="Work",
                work=model.Task(
                    resource=nodes.Literal(value="lambda:resize"),
                    mode=model.Mode.CALLBACK,
                    label=("lambda", "invoke"),
                ),
                retry=(model.Retrier(errors=("E",), max_delay=3.0),),
                catch=(model.Catcher(errors=("E",), next="Work", output=PATH),),
            )
        },
        join=model.Join.ALL,
        failure=model.OnFailure.DRAIN,
    )
    each = model.State(
        name="Each",
        work=model.Map(scope=inner, items=PATH, failure=model.OnFailure.DRAIN),
        arguments=nodes.Literal(value={"": "Path", "x": [None, True, 1]}),
    )
    scope = model.Scope(id="0", start=("Each",), states={"Each": each})
    schema = {"type": "object", "": "Scope"}
    return model.Workflow(name="w", format="asl", scope=scope, input_schema=schema)


def test_a_workflow_survives_its_text(workflow):
    text = json.dumps(encode(workflow))

    assert decode(json.loads(text)) == workflow


def test_a_decoded_workflow_knows_its_scopes_again(workflow):
    assert set(decode(encode(workflow)).scopes) == {"0", "0/Each"}


def test_fields_at_their_default_are_left_out():
    assert encode(nodes.Path(text="$")) == {"": "Path", "text": "$"}


def test_a_false_is_no_zero():
    assert encode(model.Retrier(errors=(), interval=True))["interval"] is True
