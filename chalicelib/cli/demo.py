"""What does a stranger see who types ``make demo``? A text that becomes a video."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.cli import bill, timeline
from chalicelib.cli.client import Address, Client
from chalicelib.cli.commands import EXIT_CODES, text_in
from chalicelib.cli.definitions import Sent, send_all
from chalicelib.cli.follow import follow, outcome
from chalicelib.cli.logs import log_to
from chalicelib.cli.story import told
from chalicelib.cli.terminal import Terminal
from chalicelib.cli.text import facts, wrapped

if TYPE_CHECKING:
    from chalicelib.local.stage import Stage

FOLDER = Path("workflows")
EXAMPLE = "text_to_video"
OUT = Path("out")
LOG = Path(".local/demo.log")


def run(text: Path | None, terminal: Terminal) -> int:
    """Run the example; return 0 if it succeeded."""
    from chalicelib.local.stage import Stage

    input_ = _input(text)
    log_to(LOG)
    terminal.say("Starting a stage in this process: no account, nothing is downloaded.")
    with Stage(FOLDER) as stage:
        return _run(stage, input_, terminal)


def _run(stage: Stage, input_: Any, terminal: Terminal) -> int:
    from chalicelib.local.watch import definitions

    client = Client(Address(stage.url, stage.key))
    sent = send_all(client, definitions(FOLDER), FOLDER, terminal)
    names = [each.name for each in sent if each.name]
    terminal.say(*wrapped("Published ", names, terminal.width))
    workflow = _example(sent)
    if not workflow:
        terminal.complain(f"The example in {FOLDER / EXAMPLE} was not published.")
        return 1
    begun = client.start(workflow, input_)
    terminal.say(f"Running {workflow}, execution {begun['id']}:", "")
    ended = follow(client, begun["id"], terminal, states=_states(client, workflow))
    _report(client, ended, terminal)
    return EXIT_CODES.get(ended["status"], 1)


def _input(text: Path | None) -> Any:
    input_ = json.loads(text_in(FOLDER / EXAMPLE / "input.json"))
    input_["text"] = text_in(text or FOLDER / EXAMPLE / "text.txt")
    return input_ | {"folder": str(OUT.resolve())}


def _example(sent: list[Sent]) -> str:
    return next((each.name for each in sent if each.path.parent.name == EXAMPLE), "")


def _states(client: Client, workflow: str) -> int:
    """Return how many states the top level has; our own stage can tell."""
    from chalicelib import bootstrap

    found = client.workflow(workflow)
    compiled = bootstrap.compile_definition(
        found["text"], format=found["format"], name=workflow
    )
    return len(compiled.scope.states)


def _report(client: Client, ended: Mapping[str, Any], terminal: Terminal) -> None:
    events = client.history(ended["id"])
    signs = timeline.PRETTY if terminal.is_unicode else timeline.PLAIN
    shown = {name: ended[name] for name in ended if name not in ("input", "output")}
    terminal.say("", *outcome(shown, terminal))
    files = dict(_files(ended.get("output")))
    if files:
        terminal.say("", "It made:", *(f"  {line}" for line in facts([*files.items()])))
    terminal.say("", *timeline.chart(told(events), width=terminal.width, signs=signs))
    cost = client.execution(ended["id"], "/cost")
    terminal.say("", *bill.lines(cost, bill.transitions_in(events)))
    if ended["status"] != "SUCCEEDED":
        terminal.say("", f"What the stage logged is in {LOG}.")


def _files(output: Any) -> Iterator[tuple[str, str]]:
    """Yield name and place of each file in the folder for results."""
    for name, value in output.items() if isinstance(output, dict) else ():
        if isinstance(value, str) and value.startswith(str(OUT.resolve())):
            path = Path(value)
            if path.is_file():
                size = f"{path.stat().st_size:,} bytes"
                yield name, f"{path.relative_to(Path.cwd())}  ({size})"
