"""Code goes on with what earlier code has written, and leaves what is newer."""

import json
from base64 import b64decode

import pytest

from chalicelib.api.keyring import AccessKeys
from chalicelib.journal import records
from chalicelib.orchestrator import steps
from chalicelib.stores.memory import MemoryTable
from tests.upgrades import CASES, FOLDER, Resumed, read, record

RECORDED = sorted(path.stem for path in FOLDER.glob("*.json"))


def test_there_is_a_fixture_of_every_case():
    assert set(RECORDED) >= set(CASES)


@pytest.mark.parametrize("name", RECORDED)
def test_an_execution_of_earlier_code_is_brought_to_its_end(name):
    fixture = read(name)
    desk = Resumed(fixture)
    assert desk.head.status == CASES[name].status
    desk.finish(name, fixture)
    assert desk.head.status == "SUCCEEDED"


def test_a_schedule_of_earlier_code_starts_what_is_due():
    fixture = read("schedule")
    desk = Resumed(fixture)
    desk.finish("schedule", fixture)
    scheduler = desk.stage._processes[0].scheduler
    for _ in range(24):
        desk.pass_time(3600)
        scheduler.tick()
        desk.handle_all()
    keys = [key for key, _ in desk.stage.plain_table._items]
    assert any(each.startswith("workflow:daily-2026") for each in keys)


@pytest.mark.parametrize("name", ["wait", "large-value"])
def test_what_earlier_code_has_kept_comes_out_as_it_went_in(name):
    fixture = read(name)
    desk = Resumed(fixture)
    desk.finish(name, fixture)
    assert desk.last["output"] == fixture["given"]


@pytest.mark.parametrize("name", CASES)
def test_code_of_today_goes_on_with_what_it_writes_itself(name):
    fixture = json.loads(json.dumps(record(name)))
    desk = Resumed(fixture)
    desk.finish(name, fixture)
    assert desk.head.status == "SUCCEEDED"


@pytest.mark.parametrize("name", RECORDED)
def test_a_message_of_newer_code_is_left_for_it(name):
    fixture = read(name)
    fixture["messages"] = []
    desk = Resumed(fixture)
    newer = {"v": steps.SCHEMA + 1, "do": "event", "x": "workflow:mine", "s": "r"}
    assert desk.handle({**newer, "delay": 0.0}) == [0]
    assert desk.head.status == CASES[name].status


def test_a_record_of_newer_code_is_left_for_it():
    fixture = read("wait")
    desk = Resumed(fixture)
    table = desk.stage.plain_table
    last = max(
        (item for item in table._items.values() if item["sk"].startswith("r#0")),
        key=lambda item: item["sk"],
    )
    newer = f"r#{int(last['sk'][2:]) + 1:08d}"
    content = records.pack({"v": records.SCHEMA + 1})
    table.put({**last, "sk": newer, "d": content})
    before = len(table._items)
    [message] = [each for each in fixture["messages"] if each["do"] == "timer"]
    assert desk.handle(message) == [0]
    assert len(table._items) == before


def test_an_access_key_of_earlier_code_opens_what_it_did():
    kept = json.loads((FOLDER / "keys" / "access-key.json").read_text("utf-8"))
    table = MemoryTable()
    table.put(kept["item"])
    keys = AccessKeys(table, secret=b64decode(kept["secret"]))
    found = keys.authenticate(f"Bearer {kept['bearer']}")
    assert (sorted(found.scopes), list(found.workflows)) == (
        ["read", "start"],
        ["ship"],
    )
