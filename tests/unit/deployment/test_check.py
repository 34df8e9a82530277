"""The check of a fresh stage goes through the queue as often as it says."""

import json

import pytest

from chalicelib.deployment.check import HOPS, NAME, definition
from tests.unit.orchestrator.desk import Desk


@pytest.mark.parametrize("hops", [2, HOPS])
def test_every_hop_is_the_one_message_that_the_one_before_has_caused(hops):
    desk = Desk(json.loads(definition(hops).replace(NAME, "workflow")))
    message, made = desk.start({}), 0
    while message:
        assert desk.handle(message) == []
        [message] = [each for each in desk.sent if _is_next(each)] or [None]
        desk.sent.clear()
        made += message is not None
    assert (desk.head.status, made) == ("SUCCEEDED", hops)
    assert desk.stage.loop.now == desk.head.started_at


def _is_next(message):
    """Whether it is no message for later: a timeout, the watchdog."""
    return not message["delay"]
