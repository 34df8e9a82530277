"""Executions half way, as today's code has written them: for the code of tomorrow.

    python -m tests.upgrades        writes what is missing, and never what is there

A fixture is the table, the messages nobody has handled, and the time. A change of
what is written comes with a fixture of its own; the old ones stay as long as executions
of that time may be in flight.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chalicelib.schedules.schedule import Schedule
from chalicelib.simulation.stage import Stage
from chalicelib.stores.attributes import decode_item, encode_item
from chalicelib.tokens import Succeeded
from tests.machines import FUNCTIONS, callback, machine, task
from tests.unit.orchestrator.desk import EXECUTION, Desk

FOLDER = Path(__file__).parent / "fixtures" / "upgrades"
WAIT = {"Type": "Wait", "Seconds": 600}
EACH = [task("echo"), WAIT]


@dataclass(frozen=True, kw_only=True)
class Case:
    """An execution that is recorded half way, and what brings it to its end."""

    definition: object
    given: object = None
    #: Done before it is recorded, and once it is resumed.
    prepare: Callable = lambda desk: None
    act: Callable = lambda desk, fixture: None
    #: How it is when it is recorded.
    status: str = "RUNNING"


def _wide_dag(tasks=100):
    """Half of the tasks are done, half are delayed; what follows must be woken."""
    names = [f"part{number}" for number in range(tasks)]
    parts = "".join(
        f"""
  - name: {name}
    category: pass
    {f"timeline: {{suspenseIntervalSeconds: {number}}}" if number % 2 else ""}
    outputMappings:
      - {{source: "{name} {"of many " * 20}", target: "$.context.{name}"}}
    next: hold"""
        for number, name in enumerate(names)
    )
    return f"""
workspace: demo
dagName: workflow
type: flow
tasks:{parts}
  - name: hold
    category: suspense
    inputMappings: [{{source: $.context.paid, target: $.input.paid}}]
    outputMappings: [{{source: $.output.paid, target: $.context.paid}}]
    conditions: [$.input.paid]
    next: ship
  - {{name: ship, category: pass}}
"""


STEPS = """
type: flow
version: v1
name: workflow
steps:
  - type: foreach
    name: each
    iterationMapping: {collection: $.names, item: name}
    steps:
      - {type: wait, name: rest, duration: 600}
      - type: task
        name: said
        resourceArn: "acs:fc:::functions/echo"
"""
STATES = """
Type: StateMachine
SpecVersion: v1
Name: workflow
StartAt: Each
States:
  - Type: Map
    Name: Each
    Processor:
      StartAt: Rest
      States:
        - {Type: Wait, Name: Rest, Seconds: 600, Next: Said}
        - Type: Task
          Name: Said
          Action: FC:InvokeFunction
          Parameters: {resourceArn: "acs:fc:::functions/echo", body.$: $Input}
          End: true
    ItemsPath: $Input.names
    End: true
"""


def _answer(desk, fixture):
    desk.stage.report(fixture["tokens"][0], Succeeded(output={"answer": 1}))


def _plan(desk):
    planned = Schedule(
        workflow="workflow",
        name="daily",
        when="0 12 * * *",
        ends_at=desk.stage.loop.now + 2 * 86400,
    )
    desk.stage.schedule(planned)


#: Name -> case.
CASES = {
    "wait": Case(definition=machine(task("echo"), WAIT, task("echo")), given={"n": 1}),
    "long-wait": Case(
        definition=machine({"Type": "Wait", "Seconds": 86400}, task("echo")),
        given={"n": 2},
    ),
    "parallel": Case(
        definition=machine(
            {"Type": "Parallel", "Branches": [[WAIT], EACH]},
            task("echo"),
        ),
        given={"n": 3},
    ),
    "map": Case(
        definition=machine({"Type": "Map", "ItemProcessor": EACH, "MaxConcurrency": 2}),
        given=[1, 2, 3],
    ),
    "large-value": Case(
        definition=machine(task("echo"), WAIT, task("echo")),
        given={"text": "x" * 9000},
    ),
    "wide-dag": Case(
        definition=_wide_dag(),
        given={},
        act=lambda desk, _: desk.stage.wake_up(EXECUTION, "hold", {"paid": True}),
    ),
    "cloudflow-steps": Case(definition=STEPS, given={"names": ["ada", "alan"]}),
    "cloudflow-states": Case(definition=STATES, given={"names": [{"n": 1}, {"n": 2}]}),
    "callback": Case(
        definition=machine(callback(TimeoutSeconds=86400), task("echo")),
        given={"n": 4},
        act=_answer,
    ),
    "redrive": Case(
        definition=machine(task("echo"), task("mended"), task("echo")),
        given={"n": 5},
        act=lambda desk, _: desk.stage.redrive(EXECUTION),
        status="FAILED",
    ),
    "schedule": Case(
        definition=machine(WAIT, task("echo")), given={"n": 6}, prepare=_plan
    ),
}
#: What was not there when the fixtures were recorded.
MENDED = {**FUNCTIONS, "mended": FUNCTIONS["echo"]}


def record(name):
    """Return the fixture of a case: everything that was due at once is done."""
    case = CASES[name]
    desk = Desk(case.definition)
    case.prepare(desk)
    assert desk.handle(desk.start(case.given)) == []
    while ready := [each for each in desk.sent if not each["delay"]]:
        desk.sent.remove(ready[0])
        assert desk.handle(ready[0]) == []
    items = desk.stage.plain_table._items.values()
    return {
        "now": desk.stage.loop.now,
        "given": case.given,
        "tokens": [each.token for each in desk.calls],
        "items": [_texts(encode_item(each)) for each in items],
        "messages": desk.sent,
    }


class Resumed(Desk):
    """A stage that finds what a fixture says; with an empty memory."""

    def __init__(self, fixture):
        self.stage = Stage(MENDED)
        self.sent = list(fixture["messages"])
        self.stage.mailbox.post = self._post
        self._numbers = 0
        self.pass_time(fixture["now"] - self.stage.loop.now)
        for item in fixture["items"]:
            self.stage.plain_table.put(decode_item(_bytes(item)))

    def finish(self, name, fixture):
        """Handle everything, and do what the case waits for; where that is a timer of
        the table, let its time come.
        """
        self.handle_all()
        CASES[name].act(self, fixture)
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
