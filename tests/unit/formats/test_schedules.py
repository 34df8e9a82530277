"""A workflow's own file says when it is to be started, the same way in each format."""

import json

import pytest

from chalicelib.errors import DefinitionRefused
from chalicelib.formats import compile_definition
from chalicelib.schedules.schedule import Overlap

ASL = "StartAt: A\nStates: {A: {Type: Pass, End: true}}\n"
CLOUDFLOW = """\
Type: StateMachine
SpecVersion: v1
Name: report
StartAt: A
States: [{Type: Pass, Name: A, End: true}]
"""
RILLFLOW = """\
workspace: office
dagName: report
type: flow
tasks: [{name: a, category: pass}]
"""
SCHEDULES = """\
x-schedules:
  - name: nightly
    when: cron(30 2 * * ? *)
    timeZone: Europe/Berlin
    input: {day: <schedule.due>}
    overlap: skip
    catchUp: 10m
    jitter: 90
    starts: 2030-01-01T00:00:00Z
    ends: 2031-01-01T00:00:00Z
    paused: true
    description: The report of the day.
"""


@pytest.mark.parametrize("definition", [ASL, CLOUDFLOW, RILLFLOW])
def test_each_format_has_the_same_schedules(definition):
    workflow = compile_definition(definition + SCHEDULES, name="report")
    [schedule] = workflow.schedules
    assert (schedule.workflow, schedule.name) == (workflow.name, "nightly")
    assert (schedule.when, schedule.time_zone) == (
        "cron(30 2 * * ? *)",
        "Europe/Berlin",
    )
    assert schedule.overlap is Overlap.SKIP
    assert (schedule.catch_up, schedule.jitter) == (600.0, 90.0)
    assert schedule.ends_at - schedule.starts_at == 365 * 86400
    assert schedule.is_paused
    assert schedule.is_of_definition


def test_json_has_them_too():
    definition = {
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "End": True}},
        "x-schedules": [{"name": "often", "when": "@every 5m"}],
    }
    [schedule] = compile_definition(json.dumps(definition), name="w").schedules
    assert schedule.when == "@every 5m"


def test_a_definition_without_schedules_has_none():
    assert compile_definition(ASL, name="w").schedules == ()


def complaints(text):
    with pytest.raises(DefinitionRefused) as caught:
        compile_definition(text, name="w")
    return [(each.line, each.path, each.message) for each in caught.value.problems]


@pytest.mark.parametrize(
    ("said", "place", "complaint"),
    [
        ("{name: n}", (4, "/x-schedules/0"), "'when' is missing"),
        (
            "{name: n, when: 61 * * * *}",
            (4, "/x-schedules/0/when"),
            "minute: 61 is not in 0..59",
        ),
        (
            "{name: n, when: '@daily', timeZone: Mars}",
            (4, "/x-schedules/0/timeZone"),
            "'Mars' is no time zone",
        ),
        ("{name: a b, when: '@daily'}", (4, "/x-schedules/0/name"), "letters, digits"),
        (
            "{name: n, when: '@daily', overlap: maybe}",
            (4, "/x-schedules/0/overlap"),
            "must be one of 'allow', 'skip', 'bufferOne', 'cancelPrevious'",
        ),
        (
            "{name: n, when: '@daily', jitter: soon}",
            (4, "/x-schedules/0/jitter"),
            "a duration such as 90s",
        ),
        (
            "{name: n, when: '@daily', jitter: []}",
            (4, "/x-schedules/0/jitter"),
            "a duration such as 90s",
        ),
        (
            "{name: n, when: '@daily', starts: noon}",
            (4, "/x-schedules/0/starts"),
            "a time such as",
        ),
        (
            "{name: n, when: '@daily', whenn: 1}",
            (4, "/x-schedules/0/whenn"),
            "did you mean 'when'?",
        ),
        ("{name: n, when: 0 0 30 2 *}", (4, "/x-schedules/0"), "is never due"),
        ("{name: n, when: 5}", (4, "/x-schedules/0/when"), "must be a text"),
        (
            "{name: n, when: '@daily', timeZone: 5}",
            (4, "/x-schedules/0/timeZone"),
            "must be a text",
        ),
    ],
)
def test_what_is_wrong_has_its_place(said, place, complaint):
    [(line, path, message)] = complaints(f"{ASL}x-schedules:\n  - {said}\n")
    assert (line, path) == place
    assert complaint in message


def test_a_name_is_used_once():
    one = "{name: n, when: '@daily'}"
    [(_, path, message)] = complaints(f"{ASL}x-schedules: [{one}, {one}]\n")
    assert (path, message) == ("/x-schedules/1/name", "there are two schedules 'n'")


def test_no_list_is_no_schedules():
    [(_, _, message)] = complaints(f"{ASL}x-schedules: nightly\n")
    assert message == "must be an array of schedules"


def test_problems_of_the_definition_and_of_its_schedules_come_together():
    text = "StartAt: B\nStates: {A: {Type: Pass, End: true}}\nx-schedules: {}\n"
    assert len(complaints(text)) >= 2
