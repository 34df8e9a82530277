"""Many at once: answers, starts and stops that race each other over HTTP."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.scenarios import mail
from tests.scenarios.desk import a_flow

pytestmark = [pytest.mark.moto, pytest.mark.slow]

GATEWAY = "http://gateway"


def at_once(calls):
    """Return what the calls return that are made at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [each.result() for each in [pool.submit(call) for call in calls]]


def a_dag(name, tasks):
    """Return a DAG whose tasks all wait for an answer, and then for each other."""
    waiting = {"category": "function", "pattern": "task_async", "next": "last"}
    names = [f"task{number}" for number in range(tasks)]
    found = [
        {
            **waiting,
            "name": each,
            "resourceName": f"{GATEWAY}/http/http_tell?box={name}",
            "inputMappings": [{"source": each, "target": "$.input.task"}],
            "outputMappings": [{"source": "$.output.n", "target": f"$.context.{each}"}],
        }
        for each in names
    ]
    last = {"name": "last", "category": "pass"}
    dag = {"workspace": "tests", "dagName": name, "type": "flow"}
    return {**dag, "tasks": [*found, last]}


def letters(box, count):
    """Return the callback URL of each task, by its name."""
    found = [mail.take(box) for _ in range(count)]
    return {each["body"]["task"]: each["headers"]["x-callback-url"] for each in found}


def test_answers_that_come_all_at_once_are_all_taken(desk):
    execution = desk.start(desk.publish(a_dag("crowd", 20)))
    urls = letters("crowd", 20)

    answers = at_once(
        [
            lambda url=url, task=task: desk.ask("POST", url, {"n": task}, key="")
            for task, url in urls.items()
        ]
    )

    output = desk.ended(execution, within=20)["output"]
    assert [each.status_code for each in answers] == [200] * 20
    assert {name: output[name] for name in urls} == {name: name for name in urls}


def test_of_different_answers_at_once_one_is_taken(desk):
    execution = desk.start(desk.publish(a_dag("rivals", 1)))
    (url,) = letters("rivals", 1).values()

    answers = at_once(
        [lambda n=n: desk.ask("POST", url, {"n": n}, key="") for n in range(8)]
    )

    output = desk.ended(execution)["output"]
    taken = [n for n, each in enumerate(answers) if each.status_code == 200]
    assert taken == [output["task0"]]
    assert {each.status_code for each in answers} == {200, 409}


def test_same_answer_many_times_at_once_is_taken_once(desk):
    execution = desk.start(desk.publish(a_dag("echoes", 1)))
    (url,) = letters("echoes", 1).values()

    answers = at_once([lambda: desk.ask("POST", url, {"n": 1}, key="")] * 8)

    desk.ended(execution)
    assert [each.status_code for each in answers] == [200] * 8
    assert [each.json()["replayed"] for each in answers].count(False) == 1
    assert desk.types(execution).count("TaskSucceeded") == 1


def test_starts_of_one_name_at_once_are_one_execution(desk):
    desk.publish(a_flow({"Type": "Pass"}), "once")
    path = "/v1/workflows/once/executions"

    answers = at_once([lambda: desk.ask("POST", path, {"a": 1}, name="same")] * 8)

    assert {each.status_code for each in answers} <= {200, 201}
    assert {each.json()["id"] for each in answers} == {"once:same"}
    assert desk.ended("once:same")["status"] == "SUCCEEDED"
    assert desk.types("once:same").count("ExecutionStarted") == 1


def test_starts_of_one_name_with_different_inputs_at_once_are_one_and_conflicts(desk):
    desk.publish(a_flow({"Type": "Pass"}), "once")
    path = "/v1/workflows/once/executions"

    answers = at_once(
        [lambda n=n: desk.ask("POST", path, {"n": n}, name="rivals") for n in range(8)]
    )

    won = [n for n, each in enumerate(answers) if each.status_code == 201]
    assert won == [desk.ended("once:rivals")["output"]["n"]]
    assert sorted(each.status_code for each in answers) == [201] + [409] * 7


def test_stop_and_answer_at_once_leave_one_end(desk):
    execution = desk.start(desk.publish(a_dag("torn", 1)))
    (url,) = letters("torn", 1).values()

    answer, stop = at_once(
        [
            lambda: desk.ask("POST", url, {"n": 1}, key=""),
            lambda: desk.ask("POST", f"/v1/executions/{execution}/stop", {}),
        ]
    )

    ended = desk.ended(execution)
    assert (answer.status_code, stop.status_code) in {(200, 200), (410, 200)}
    assert (
        desk.types(execution)[-1]
        == {
            "SUCCEEDED": "ExecutionSucceeded",
            "ABORTED": "ExecutionAborted",
        }[ended["status"]]
    )
