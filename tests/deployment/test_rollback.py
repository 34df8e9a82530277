"""An update that fails leaves the stack as it was, and says why."""

import json
import time

import pytest

from chalicelib.deployment.names import Names
from chalicelib.deployment.stack import Stack
from chalicelib.errors import DeploymentRefused

pytestmark = [pytest.mark.slow]

NAMES = Names(stage="rollback")
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "kept"}}
#: Refused when it is made, not when the change set is: its function is nowhere.
BROKEN = {
    "Type": "AWS::Lambda::Url",
    "Properties": {"TargetFunctionArn": "nowhere", "AuthType": "NONE"},
}


@pytest.fixture
def stack(emulator):
    return Stack(emulator.client, NAMES, lambda _: time.sleep(0.1))


def uploaded(emulator, **resources):
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="templates")
    s3.put_object(
        Bucket="templates",
        Key="t.json",
        Body=json.dumps({"Resources": resources}).encode(),
    )
    return f"{emulator.url}/templates/t.json"


def test_an_update_that_fails_is_rolled_back_with_the_reason(emulator, stack):
    assert stack.plan(uploaded(emulator, Topic=TOPIC))
    stack.execute()
    assert stack.plan(uploaded(emulator, Topic=TOPIC, Broken=BROKEN))
    with pytest.raises(DeploymentRefused) as refused:
        stack.execute()
    assert "UPDATE_ROLLBACK_COMPLETE; nothing has changed" in str(refused.value)
    assert "Broken: " in str(refused.value)
    topics = emulator.client("sns").list_topics()["Topics"]
    assert any(each["TopicArn"].endswith(":kept") for each in topics)
    # The next update, without what was wrong, goes through as any other.
    assert stack.plan(uploaded(emulator, Topic=TOPIC)) == []
    stack.delete()
