"""A stage in memory whose messages a test hands over itself, one by one.

desk = Desk(machine(task()))
start = desk.start({"a": 1})
desk.handle(start)
desk.handle(start, receives=2)
"""

import json
from dataclasses import replace

from chalicelib.formats import compile_definition
from chalicelib.model.workflow import Workflow
from chalicelib.orchestrator import Delivery
from chalicelib.orchestrator.turn import RACES, Turn
from chalicelib.simulation.stage import INVOCATION, Stage
from tests.machines import FUNCTIONS

EXECUTION = "workflow:mine"


class Desk:
    """See the top of the module; ``sent`` are the messages nobody has handled."""

    def __init__(self, definition, functions=FUNCTIONS, *, weather=None, **facts):
        self.stage = Stage(functions, weather=weather, **facts)
        self.sent = []
        self.stage.mailbox.post = self._post
        # DAGs have names of their own: here, all are called alike.
        compiled = definition
        if not isinstance(definition, Workflow):
            compiled = compile_definition(definition, name="workflow")
        self.stage.publish(replace(compiled, name="workflow"), name="workflow")
        self._numbers = 0

    def _post(self, body, delay=0.0):
        self.sent.append({**json.loads(body), "delay": delay})

    # -- messages ----------------------------------------------------------------

    def start(self, given=None):
        """Start the execution; return its first message."""
        self.orchestrator.start("workflow", given, name="mine")
        (message,) = self.take("start")
        return message

    def take(self, do, scope=None):
        """Take the messages of a kind out of those that were sent."""
        taken = [each for each in self.sent if _is(each, do, scope)]
        self.sent = [each for each in self.sent if not _is(each, do, scope)]
        return taken

    def handle(self, *messages, receives=1, left=INVOCATION):
        """Hand messages over in one batch; return the numbers of those that failed."""
        deliveries = [
            self.delivery(message, str(number), receives)
            for number, message in enumerate(messages)
        ]
        ends_at = self.stage.loop.now + left
        failed = self.orchestrator.handle(deliveries, ends_at)
        return sorted(int(each) for each in failed)

    def delivery(self, message, number="0", receives=1):
        is_text = isinstance(message, str)
        body = message if is_text else json.dumps(without_delay(message))
        sent_at = self.stage.loop.now
        return Delivery(id=number, body=body, receives=receives, sent_at=sent_at)

    def handle_all(self, *kinds):
        """Handle what was sent, and what comes of it, until nothing of it is left.

        Messages for later come at once; the clock goes with them. The watchdog rests.
        """
        while ready := [each for each in self.sent if _is_wanted(each, kinds)]:
            message = min(ready, key=lambda each: each["delay"])
            self.sent.remove(message)
            self.pass_time(message["delay"])
            assert self.handle(message) == []

    def pass_time(self, seconds):
        self.stage.loop.pause(seconds)

    # -- what there is -----------------------------------------------------------

    @property
    def orchestrator(self):
        return self.stage.orchestrator

    @property
    def calls(self):
        return self.stage.dispatcher.calls

    @property
    def head(self):
        return self.stage.head(EXECUTION)

    @property
    def last(self):
        """The last thing that happened; values in it may be lost."""
        return self.stage.history(EXECUTION)[-1]

    def forget(self):
        """Be another process, which remembers nothing."""
        self.stage._processes[0] = self.stage._process()

    def turn(self, scope="r"):
        now = self.stage.loop.now
        return Turn(self.orchestrator.world, EXECUTION, scope, now + INVOCATION)

    def records(self, scope="r"):
        """The scope's records, oldest first."""
        journal = self.orchestrator.world.journal
        return list(journal.walk_back(EXECUTION, scope))[::-1]


class Rival:
    """Somebody else commits first, each time."""

    def __init__(self, desk):
        self.desk = desk
        self.journal = desk.orchestrator.world.journal
        self.commit, self.journal.commit = self.journal.commit, self._late
        self.left = RACES + 1

    def _late(self, execution, scope, before, draft):
        if self.left:
            self.left -= 1
            rival = self.desk.turn(scope)
            rival.load()
            self.commit(execution, scope, rival.record, rival._draft(["rival"]))
        return self.commit(execution, scope, before, draft)


def without_delay(message):
    return {key: fact for key, fact in message.items() if key != "delay"}


def _is(message, do, scope):
    return message["do"] == do and scope in (None, message["s"])


def _is_wanted(message, kinds):
    return message["do"] in kinds if kinds else message["do"] != "watch"
