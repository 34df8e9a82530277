"""Executions half way, as today's code has written them: for the code of tomorrow.

    python -m tests.upgrades        writes what is missing, and never what is there

A fixture is the table, the messages nobody has handled, and the time. A change of
what is written comes with a fixture of its own; the old ones stay as long as executions
of that time may be in flight.
"""

import json
from base64 import b64decode, b64encode
from pathlib import Path

from chalicelib.simulation.stage import Stage
from chalicelib.stores.attributes import decode_item, encode_item
from tests.machines import FUNCTIONS, machine, task
from tests.unit.orchestrator.desk import Desk

FOLDER = Path(__file__).parent / "fixtures" / "upgrades"
WAIT = {"Type": "Wait", "Seconds": 600}
EACH = [task("echo"), WAIT]
#: Name -> definition, what it is given.
CASES = {
    "wait": (machine(task("echo"), WAIT, task("echo")), {"n": 1}),
    "long-wait": (machine({"Type": "Wait", "Seconds": 86400}, task("echo")), {"n": 2}),
    "parallel": (
        machine(
            {"Type": "Parallel", "Branches": [[WAIT], EACH]},
            task("echo"),
        ),
        {"n": 3},
    ),
    "map": (
        machine({"Type": "Map", "ItemProcessor": EACH, "MaxConcurrency": 2}),
        [1, 2, 3],
    ),
    "large-value": (machine(task("echo"), WAIT, task("echo")), {"text": "x" * 9000}),
}


def record(name):
    """Return the fixture of a case: everything that was due at once is done."""
    definition, given = CASES[name]
    desk = Desk(definition)
    assert desk.handle(desk.start(given)) == []
    while ready := [each for each in desk.sent if not each["delay"]]:
        desk.sent.remove(ready[0])
        assert desk.handle(ready[0]) == []
    items = desk.stage.plain_table._items.values()
    return {
        "now": desk.stage.loop.now,
        "given": given,
        "items": [_texts(encode_item(each)) for each in items],
        "messages": desk.sent,
    }


class Resumed(Desk):
    """A stage that finds what a fixture says; with an empty memory."""

    def __init__(self, fixture):
        self.stage = Stage(FUNCTIONS)
        self.sent = list(fixture["messages"])
        self.stage.mailbox.post = self._post
        self._numbers = 0
        self.pass_time(fixture["now"] - self.stage.loop.now)
        for item in fixture["items"]:
            self.stage.plain_table.put(decode_item(_bytes(item)))

    def finish(self):
        """Handle everything; where that is a timer of the table, let its time come."""
        self.handle_all()
        if self.head.status == "RUNNING":
            self.pass_time(86400)
            self.stage._processes[0].scheduler.tick()
            self.handle_all()


def read(name):
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def _texts(value):
    """Bytes as text, wherever they are."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, dict):
        return {key: _texts(each) for key, each in value.items()}
    return [_texts(each) for each in value] if isinstance(value, list) else value


def _bytes(value):
    """The reverse: an attribute ``{"B": text}`` holds bytes."""
    if isinstance(value, dict):
        is_binary = set(value) == {"B"} and isinstance(value["B"], str)
        return (
            {"B": b64decode(value["B"])}
            if is_binary
            else {key: _bytes(each) for key, each in value.items()}
        )
    return [_bytes(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    for case in CASES:
        file = FOLDER / f"{case}.json"
        if not file.exists():
            file.write_text(json.dumps(record(case), indent=1) + "\n", "utf-8")
