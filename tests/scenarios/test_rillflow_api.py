"""Rill Flow's clients talk to a whole stage."""

import pytest

from tests.scenarios import mail
from tests.scenarios.desk import a_desk


@pytest.fixture(scope="module")
def flows():
    """A stage in a closed network: callbacks need neither token nor key."""
    with a_desk(ALLOW_UNSIGNED_TRIGGERS="1") as made:
        yield made


def a_dag(name, *tasks):
    return {"workspace": "tests", "dagName": name, "type": "flow", "tasks": list(tasks)}


def a_note(text):
    rule = {"source": text, "target": "$.context.said"}
    return {"name": "note", "category": "pass", "outputMappings": [rule]}


def publish(flows, dag, alias="release"):
    names = {"business_id": dag["workspace"], "feature_name": dag["dagName"]}
    path = "/flow/bg/manage/descriptor/add_descriptor.json"
    answer = flows.ask("POST", path, dag, **names, alias=alias)
    assert answer.status_code == 200, answer.text
    return answer.json()["descriptor_id"]


def submit(flows, descriptor, context=None):
    answer = flows.ask(
        "POST", "/flow/submit.json", context or {}, descriptor_id=descriptor
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["execution_id"]


def told(flows, execution):
    return flows.ask("GET", "/flow/get.json", execution_id=execution).json()["ret"]


def ended(flows, execution):
    flows.agree(lambda: told(flows, execution)["dag_status"] != "RUNNING")
    return told(flows, execution)


def test_a_flow_is_published_started_and_looked_at(flows):
    descriptor = publish(flows, a_dag("looked", a_note("hello")))

    found = ended(flows, submit(flows, descriptor, {"n": 1}))

    assert found["dag_status"] == "SUCCEED"
    assert found["context"]["said"] == "hello"
    assert found["tasks"]["note"]["status"] == "SUCCEEDED"


def test_a_key_may_come_in_its_own_header(flows):
    headers = {"X-Api-Key": flows.stage.key}

    answer = flows.ask(
        "GET", "/flow/get.json", key="", headers=headers, execution_id="a:b_c_1"
    )

    assert answer.status_code == 404


def test_a_callback_without_a_token_ends_its_task_where_that_is_allowed(flows):
    url = "http://gateway:8080/http/http_tell?box=unsigned"
    task = {
        "name": "pack",
        "category": "function",
        "pattern": "task_async",
        "resourceName": url,
    }
    execution = submit(flows, publish(flows, a_dag("unsigned", task)))
    mail.take("unsigned")

    answer = flows.ask(
        "POST",
        "/flow/trigger.json",
        {"size": 2},
        key="",
        execution_id=execution,
        task_name="pack",
    )

    assert answer.json() == {"result": "ok", "replayed": False}
    assert ended(flows, execution)["dag_status"] == "SUCCEED"


def test_a_sub_flow_is_the_version_that_its_alias_leads_to(flows):
    first = publish(flows, a_dag("inner", a_note("first")))
    publish(flows, a_dag("inner", a_note("newest")))
    publish(flows, a_dag("inner", a_note("few")), alias="canary")
    outer = a_dag(
        "outer",
        *(
            {
                "name": name,
                "category": "function",
                "pattern": "flow_sync",
                "resourceName": f"rillflow://{descriptor}",
                "outputMappings": [
                    {"source": "$.output.said", "target": f"$.context.{name}"}
                ],
            }
            for name, descriptor in (
                ("newest", "tests:inner"),
                ("few", "tests:inner:canary"),
                ("fixed", first),
            )
        ),
    )

    context = ended(flows, submit(flows, publish(flows, outer)))["context"]

    assert context["newest"] == "newest"
    assert context["few"] == "few"
    assert context["fixed"] == "first"
