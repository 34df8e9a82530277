"""What every stage may do is what its stores and queues ask for, and no more."""

import re
from pathlib import Path

from chalicelib.deployment.names import Names
from chalicelib.deployment.permissions import roles

SOURCES = Path(__file__).parents[3] / "chalicelib"
#: Where a stage speaks to a service of its own -> the service.
SPEAKERS = {
    "stores/dynamodb.py": "dynamodb",
    "stores/s3.py": "s3",
    "queues/sqs.py": "sqs",
}
#: What only who makes a table asks for.
MAKING = {"CreateTable", "DescribeTimeToLive", "UpdateTimeToLive", "GetWaiter"}


def actions_of(source, service):
    """Return the actions that the calls of a client in ``source`` are."""
    names = re.findall(r"\bclient\.([a-z][a-z_]+)\b", source)
    found = {"".join(each.capitalize() for each in name.split("_")) for name in names}
    # IAM knows SQS's batches by the action that they repeat.
    strip = "Batch" if service == "sqs" else "\0"
    return {f"{service}:{each.removesuffix(strip)}" for each in found - MAKING}


def test_every_stage_may_do_what_its_stores_and_queues_ask_for_and_no_more():
    called = set()
    for file, service in SPEAKERS.items():
        text = (SOURCES / file).read_text("utf-8")
        called |= actions_of(text.replace("self._client", "client"), service)
    made = roles(Names(stage="dev"), []).values()
    granted = {
        action
        for role in made
        for policy in role["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }
    own = {each for each in granted if each.split(":")[0] in SPEAKERS.values()}
    assert own == called
    assert granted - own == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "ssm:GetParameter",
    }
