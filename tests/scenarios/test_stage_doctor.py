"""A stage is looked through, over HTTP."""

import json

ROLE = "arn:aws:lambda:us-east-1:123456789012:function"
MISSING = {
    "StartAt": "Work",
    "States": {"Work": {"Type": "Task", "Resource": f"{ROLE}:none-such", "End": True}},
}


def test_what_is_wrong_is_said_with_the_way_out(desk):
    desk.publish(json.dumps(MISSING), name="doctored")

    answer = desk.ask("GET", "/v1/checkup").json()

    (row,) = [each for each in answer["findings"] if each["subject"] == "doctored"]
    assert "none-such" in row["says"]
    assert "deploy it" in row["wayOut"]
    assert answer["isComplete"]


def test_only_admins_of_every_workflow_look(desk):
    for wanted in ({"scopes": ["operate"]}, {"scopes": ["admin"], "workflows": ["a"]}):
        key = desk.ask("POST", "/v1/keys", wanted).json()["bearer"]

        assert desk.ask("GET", "/v1/checkup", key=key).status_code == 403
