"""Serverless functions in a DAG: each statement of the guide, told over real HTTP."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.scenarios import mail
from tests.scenarios.dags import (
    GATEWAY,
    KEPT,
    Waiting,
    a_dag,
    a_function,
    asking,
    maps,
)

pytestmark = [pytest.mark.moto, pytest.mark.slow]

# -- functions of an OpenFaaS gateway


def test_function_behind_the_gateway_is_called_at_once_by_its_name_and_its_own_path(
    desk,
):
    task = a_function("only", "function/greet/in/norwegian?formal=yes", **KEPT)
    task["inputMappings"] = [maps("$.context.name", "$.input.name")]

    said = desk.run(a_dag("sync", task), {"name": "Ann"})["output"]["said"]

    assert said["hello"] == "Ann"
    assert said["path"] == "/in/norwegian"
    assert said["query"]["formal"] == "yes"


def test_function_behind_the_gateway_is_called_in_the_background_by_another_path(desk):
    task = a_function("only", "async-function/greet/later?a=b", "task_async", **KEPT)
    task["inputMappings"] = [maps("$.context.name", "$.input.name")]

    said = desk.run(a_dag("background", task), {"name": "Ann"})["output"]["said"]

    assert (said["hello"], said["path"]) == ("Ann", "/later")
    assert said["query"]["a"] == "b"


@pytest.mark.parametrize("path", ["function", "async-function"])
def test_function_that_breaks_fails_its_task_in_both_ways(desk, path):
    pattern = "task_async" if path.startswith("async") else "task_sync"
    task = a_function("only", f"{path}/fail", pattern)

    ended = desk.run(a_dag(f"breaks{len(path)}", task))

    assert ended["status"] == "FAILED"
    assert "it is broken" in ended["cause"]


def test_background_function_may_answer_with_a_text(desk):
    task = a_function("only", "async-function/words", "task_async", **KEPT)

    assert desk.run(a_dag("words", task))["output"]["said"] == "three short words"


# -- asynchronous work


def test_service_that_takes_long_is_only_asked_and_answers_later(desk):
    waiting = Waiting(desk, "long")

    assert waiting.letter["headers"]["x-mode"] == "async"
    assert desk.execution(waiting.id)["status"] == "RUNNING"
    assert waiting.answer(body={"done": 1}).status_code == 200
    assert waiting.said == {"done": 1}


def test_header_carries_the_address_at_which_the_work_is_reported(desk):
    waiting = Waiting(desk, "header")

    place, query = waiting.url.split("?")
    asked = parse_qs(query)
    assert place == f"{desk.url}/flow/trigger.json"
    assert asked["execution_id"] == [waiting.letter["query"]["execution_id"]]
    assert asked["task_name"] == ["only"]
    assert waiting.answer(body={}).json()["result"] == "ok"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_work_can_be_reported_by_get_and_by_post(desk, method):
    waiting = Waiting(desk, f"method{method}")

    waiting.answer(method, context='{"done": 1}')

    assert waiting.said == {"done": 1}


@pytest.mark.parametrize(
    ("status", "ended"),
    [(None, "SUCCEEDED"), ("success", "SUCCEEDED"), ("failed", "FAILED")],
)
def test_status_says_how_the_work_ended_and_means_success_when_absent(
    desk, status, ended
):
    waiting = Waiting(desk, f"status{status}")

    waiting.answer("GET", **{} if status is None else {"status": status})

    assert desk.ended(waiting.id)["status"] == ended


def test_context_is_json_text_and_becomes_the_output(desk):
    waiting = Waiting(desk, "context")

    waiting.answer("GET", context=json.dumps({"deep": {"list": [1]}}))

    assert waiting.said == {"deep": {"list": [1]}}


def test_posted_body_is_what_the_output_mappings_read(desk):
    rules = {"outputMappings": [maps("$.output.a.b", "$.context.said")]}
    waiting = Waiting(desk, "mapped", asking("mapped", **rules))

    waiting.answer(body={"a": {"b": "c"}})

    assert waiting.said == "c"


def test_posted_body_must_be_called_json(desk):
    waiting = Waiting(desk, "media")

    refused = waiting.answer(body='{"a": 1}', headers={"Content-Type": "text/plain"})

    assert refused.status_code == 415
    assert desk.execution(waiting.id)["status"] == "RUNNING"


def test_query_wins_over_the_body_key_by_key(desk):
    waiting = Waiting(desk, "merged")

    waiting.answer(body={"a": 1, "b": {"c": 1}}, context='{"b": {"d": 2}}')

    assert waiting.said == {"a": 1, "b": {"d": 2}}


# -- the address as an argument


def told(box, *tasks, source="$.tasks.sign.trigger_url"):
    """A task that is told the address of another one."""
    rules = [maps(source, "$.input.data.trigger_url")]
    path = f"http/http_tell_now?box={box}"
    return a_function("tell", path, inputMappings=rules, next="sign")


def sign(box):
    return asking(f"{box}Signs", "sign")


def test_another_task_can_be_told_the_address_of_a_task(desk):
    desk.start(desk.publish(a_dag("told", told("told"), sign("told"))))
    letter = mail.take("told")

    url = letter["body"]["data"]["trigger_url"]
    place, query = url.split("?")
    asked = parse_qs(query)
    assert place == f"{desk.url}/flow/trigger.json"
    assert asked["execution_id"] == [letter["query"]["execution_id"]]
    assert asked["task_name"] == ["sign"]


@pytest.mark.parametrize("is_early", [True, False])
def test_address_works_whether_the_task_has_begun_or_not(desk, is_early):
    box = f"early{is_early}"
    gate = a_function("gate", f"function/hang?x={box}", next="sign")
    gate["inputMappings"] = [maps(box, "$.input.gate")]
    dag = a_dag(box, {**told(box), "next": "gate"}, gate, sign(box))
    execution = desk.start(desk.publish(dag))
    url = mail.take(box)["body"]["data"]["trigger_url"]

    if not is_early:
        mail.open_gate(box)
        mail.take(f"{box}Signs")
    first = desk.ask("POST", url, {"by": "Ann"}, key="")
    again = desk.ask("POST", url, {"by": "Ann"}, key="")
    other = desk.ask("POST", url, {"by": "Bob"}, key="")
    mail.open_gate(box)

    assert [each.status_code for each in (first, again, other)] == [200, 200, 409]
    assert again.json()["replayed"] is True
    assert desk.ended(execution)["output"]["said"] == {"by": "Ann"}


def test_parameters_behind_the_address_are_handed_on(desk):
    source = "$.tasks.sign.trigger_url?context=%7B%22key%22%3A%20%22value%22%7D"
    dag = a_dag("extra", told("extra", source=source), sign("extra"))
    execution = desk.start(desk.publish(dag))
    url = mail.take("extra")["body"]["data"]["trigger_url"]

    asked = parse_qs(urlsplit(url).query)
    desk.ask("GET", url, key="")

    assert asked["context"] == ['{"key": "value"}']
    assert desk.ended(execution)["output"]["said"] == {"key": "value"}


def test_address_in_a_group_is_that_of_the_groups_own_task(desk):
    inner = [told("group"), sign("group")]
    each = {
        "name": "each",
        "category": "foreach",
        "iterationMapping": {"collection": "$.input.pages", "item": "page"},
        "inputMappings": [maps("[1,2]", "$.input.pages")],
        "outputMappings": [maps("$.output.sub_context", "$.context.said")],
        "tasks": inner,
    }
    execution = desk.start(desk.publish(a_dag("groups", each)))
    urls = [mail.take("group")["body"]["data"]["trigger_url"] for _ in range(2)]

    names = {parse_qs(urlsplit(url).query)["task_name"][0] for url in urls}
    for url in urls:
        by = parse_qs(urlsplit(url).query)["task_name"][0]
        assert desk.ask("POST", url, {"by": by}, key="").status_code == 200

    groups = desk.ended(execution)["output"]["said"]
    assert names == {"each_0-sign", "each_1-sign"}
    assert [group["said"]["by"] for group in groups] == ["each_0-sign", "each_1-sign"]


# -- the end of a DAG


def test_end_of_a_dag_is_told_where_its_callback_says(desk):
    facts = {"resourceName": f"{GATEWAY}/http/http_tell?box=ends", "fullContext": True}
    dag = a_dag("ends", {"name": "only", "category": "pass"}, callback=facts)

    desk.run(dag, {"name": "Ann"})

    letter = mail.take("ends")
    assert letter["body"]["dag_status"] == "succeed"
    assert letter["body"]["data"]["name"] == "Ann"
    assert letter["query"]["execution_id"] == letter["body"]["execution_id"]
    assert letter["headers"]["webhook-id"].startswith("msg_")
