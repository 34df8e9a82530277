"""Schedules of a whole stage: over REST, by the command, and the minute tick's."""

import io
import json

import pytest

from chalicelib.__main__ import main
from chalicelib.cli.terminal import Terminal
from tests.scenarios.desk import a_flow

pytestmark = [pytest.mark.moto]

WORK = a_flow({"Type": "Pass"})


@pytest.fixture
def job(desk, request):
    return desk.publish(WORK, name=f"job-{abs(hash(request.node.name)) % 10**8}")


def at(job, *parts):
    return "/".join([f"/v1/workflows/{job}/schedules", *parts])


def wanted(**facts):
    return {"name": "s", "when": "0 0 1 1 *"} | facts


def test_a_schedule_is_made_shown_changed_and_removed(desk, job):
    made = desk.ask("POST", at(job), wanted(timeZone="Asia/Tokyo"))
    assert made.status_code == 201, made.text
    assert made.json()["nextDueAt"].endswith("-12-31T15:00:00.000Z")
    assert desk.ask("GET", at(job, "s")).json() == made.json()

    changed = desk.ask("PUT", at(job, "s"), {"when": "@every 1h"}, revision="1")
    assert (changed.status_code, changed.json()["revision"]) == (200, 2)
    late = desk.ask("PUT", at(job, "s"), {"when": "@every 2h"}, revision="1")
    assert (late.status_code, late.json()["title"]) == (409, "Somebody else changed it")

    assert desk.ask("DELETE", at(job, "s")).status_code == 200
    assert desk.ask("GET", at(job, "s")).status_code == 404


def test_the_list_is_of_one_workflow_or_of_all(desk, job):
    desk.ask("POST", at(job), wanted())
    of_one = desk.ask("GET", "/v1/schedules", workflow=job).json()["schedules"]
    assert [each["name"] for each in of_one] == ["s"]
    of_all = desk.ask("GET", "/v1/schedules").json()["schedules"]
    assert job in {each["workflow"] for each in of_all}


def test_it_starts_what_is_due(desk, job):
    desk.ask("POST", at(job), wanted(when="@every 1s", input={"at": "<schedule.due>"}))

    def last():
        return desk.ask("GET", at(job, "s")).json()["lastExecution"]

    desk.agree(last)
    execution = last()
    desk.ask("POST", at(job, "s", "pause"))
    found = desk.until(execution, lambda each: each["status"] == "SUCCEEDED")
    assert found["input"]["at"][:19].replace("-", "").replace(":", "") in execution


def test_a_paused_one_is_not_due(desk, job):
    desk.ask("POST", at(job), wanted())
    paused = desk.ask("POST", at(job, "s", "pause")).json()
    assert (paused["paused"], paused["nextDueAt"]) == (True, None)
    resumed = desk.ask("POST", at(job, "s", "resume")).json()
    assert resumed["nextDueAt"] is not None


def test_a_past_range_is_started(desk, job):
    desk.ask("POST", at(job), wanted(when="0 0 * * *"))
    span = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-03T12:00:00Z"}
    filled = desk.ask("POST", at(job, "s", "backfill"), span)
    assert filled.status_code == 202, filled.text
    for day in (1, 2, 3):
        execution = f"{job}:s-2026010{day}T000000Z"
        desk.agree(lambda execution=execution: "id" in desk.execution(execution))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (wanted(when="61 * * * *"), "minute: 61 is not in 0..59"),
        (wanted(when="0 0 30 2 *"), "is never due"),
        (wanted(colour="red"), "unknown field 'colour'"),
        ({"name": "s"}, "'when' is missing"),
        ([], "must be an object"),
    ],
)
def test_what_is_no_schedule_is_refused_with_its_place(desk, job, body, complaint):
    answer = desk.ask("POST", at(job), body)
    assert answer.status_code == 400
    assert complaint in answer.text
    assert desk.ask("GET", "/v1/schedules", workflow=job).json()["schedules"] == []


@pytest.mark.parametrize(
    ("span", "complaint"),
    [
        ({"from": "noon", "to": "2026-01-01T00:00:00Z"}, "write a time such as"),
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "before"),
        ({"from": "2026-01-02T00:00:00Z", "to": "2126-01-01T00:00:00Z"}, "future"),
    ],
)
def test_a_range_that_is_none_is_refused(desk, job, span, complaint):
    desk.ask("POST", at(job), wanted())
    answer = desk.ask("POST", at(job, "s", "backfill"), span)
    assert (answer.status_code, complaint in answer.text) == (400, True)


def test_a_schedule_of_nothing_is_refused(desk):
    answer = desk.ask("POST", at("nobody"), wanted())
    assert (answer.status_code, answer.json()["title"]) == (404, "No such workflow")


def test_a_taken_name_is_refused(desk, job):
    desk.ask("POST", at(job), wanted())
    again = desk.ask("POST", at(job), wanted())
    other = desk.ask("POST", at(job), wanted(when="@daily"))
    assert (again.status_code, other.status_code) == (201, 409)


def test_publishing_a_file_makes_its_schedules(desk):
    said = [{"name": "yearly", "when": "@yearly"}]
    name = desk.publish({**WORK, "x-schedules": said}, name="with-schedules")
    found = desk.ask("GET", at(name, "yearly")).json()
    assert (found["source"], found["when"]) == ("definition", "@yearly")
    desk.publish(WORK, name=name)
    assert desk.ask("GET", at(name, "yearly")).status_code == 404


@pytest.fixture
def command(desk):
    def run(*arguments):
        out, errors = io.StringIO(), io.StringIO()
        terminal = Terminal(out, errors=errors, source=io.StringIO(), environ={})
        address = ["--url", desk.url, "--key", desk.stage.key]
        code = main(["schedules", *address, *arguments], terminal=terminal)
        return code, out.getvalue() + errors.getvalue()

    return run


def test_the_command_does_it_all(command, job):
    code, said = command(
        "add",
        job,
        "s",
        "--when",
        "@yearly",
        "--zone",
        "Europe/Berlin",
        "--overlap",
        "skip",
        "--input",
        '{"a": 1}',
    )
    assert code == 0, said
    assert f"{job}/s" in said
    assert json.loads(command("--json", "show", job, "s")[1])["input"] == {"a": 1}
    assert command("--query", "$.timeZone", "show", job, "s")[1] == '"Europe/Berlin"\n'
    assert "paused" in command("pause", job, "s")[1]
    assert "Europe/Berlin" in command("resume", job, "s")[1]
    begin, end = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
    assert "done" in command("backfill", job, "s", "--from", begin, "--to", end)[1]
    assert f"{job}/s" in command()[1]
    assert "done" in command("remove", job, "s")[1]
    assert command("list", job)[1] == "no schedules\n"


def test_the_command_wants_both_names(command):
    code, said = command("show", "job")
    assert (code, "name the workflow and the schedule" in said) == (2, True)


def test_the_command_wants_to_know_when(command, job):
    code, said = command("add", job, "s")
    assert (code, "say when it is due with --when" in said) == (2, True)
