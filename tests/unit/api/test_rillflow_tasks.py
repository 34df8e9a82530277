"""Ends of tasks, and what wakes or leaves out one, in Rill Flow's way."""

import pytest

from tests.unit.api.rill_flow_stage import Flows, a_call, a_dag, a_pass, into


@pytest.fixture
def flows():
    with Flows() as made:
        yield made


KEPT = a_call(outputMappings=into("$.context.size", "$.output.size"))
SUSPENDED = {
    "name": "wait",
    "category": "suspense",
    "conditions": ["$.input.[?(@.paid == true)]"],
    "inputMappings": into("$.input.paid", "$.context.paid"),
    "outputMappings": into("$.context.paid", "$.output.paid"),
}


@pytest.fixture
def waiting(flows):
    """An execution in which ``pack`` waits for an answer."""
    return {"execution_id": flows.run(a_dag(KEPT)), "task_name": "pack"}


def status_of(flows, named):
    flows.stage.settle()
    return flows.told(named["execution_id"])["dag_status"]


class TestTrigger:
    def test_the_body_is_the_output(self, flows, waiting):
        answer = flows.post("trigger", {"size": 3}, **waiting)

        assert answer == {"result": "ok", "replayed": False}
        assert status_of(flows, waiting) == "SUCCEED"
        assert flows.told(waiting["execution_id"])["context"]["size"] == 3

    def test_the_same_again_is_known(self, flows, waiting):
        flows.post("trigger", {"size": 3}, **waiting)

        assert flows.post("trigger", {"size": 3}, **waiting)["replayed"] is True

    def test_another_answer_is_too_late(self, flows, waiting):
        flows.post("trigger", {"size": 3}, **waiting)

        answer = flows.ask("POST", "trigger", {"size": 4}, **waiting)

        assert answer.status_code == 409
        assert answer.json_body["error_code"] == 30601

    def test_a_group_is_a_part_of_the_name(self, flows):
        each = {
            "name": "each",
            "category": "foreach",
            "inputMappings": into("$.input.boxes", "$.context.boxes"),
            "iterationMapping": {"collection": "$.input.boxes", "item": "box"},
            "tasks": [KEPT],
        }
        execution = flows.run(a_dag(each), {"boxes": [1, 2]})

        for index in (1, 0):
            flows.post(
                "trigger", {}, execution_id=execution, task_name=f"each_{index}-pack"
            )
        flows.stage.settle()

        assert flows.told(execution)["dag_status"] == "SUCCEED"

    @pytest.mark.parametrize(
        ("task", "status"), [("nobody", 400), ("send", 409), ("x_0-pack", 404)]
    )
    def test_a_task_that_waits_for_nobody_is_refused(self, flows, task, status):
        execution = flows.run(a_dag({**KEPT, "next": "send"}, a_pass("send")))

        answer = flows.ask("POST", "trigger", execution_id=execution, task_name=task)

        assert answer.status_code == status
        assert flows.told(execution)["dag_status"] == "RUNNING"

    def test_a_task_that_asked_nobody_is_refused(self, flows):
        execution = flows.run(a_dag(a_pass(next="pack"), KEPT))

        answer = flows.ask("POST", "trigger", execution_id=execution, task_name="note")

        assert answer.status_code == 409
        assert "nobody's answer" in answer.json_body["error"]

    def test_an_execution_that_is_not_there_is_not_found(self, flows):
        answer = flows.ask("POST", "trigger", execution_id="a:b_c_1", task_name="pack")

        assert answer.status_code == 404


class TestWhoMayAnswer:
    def test_nobody_without_a_token_or_a_key(self, flows, waiting):
        answer = flows.ask("POST", "trigger", {}, key="", **waiting)

        assert answer.status_code == 401
        assert status_of(flows, waiting) == "RUNNING"

    @pytest.mark.parametrize(
        ("scopes", "workflows"), [(["read"], []), (["operate"], ["billing-*"])]
    )
    def test_no_key_that_may_not_operate(self, flows, waiting, scopes, workflows):
        key = flows.key(*scopes, workflows=workflows)

        answer = flows.ask("POST", "finish", {}, key=key, **waiting)

        assert answer.status_code == 403
        assert status_of(flows, waiting) == "RUNNING"

    def test_a_token_alone_is_enough(self, flows, waiting):
        (call,) = flows.stage.dispatcher.calls

        answer = flows.ask("POST", "trigger", {}, key="", token=call.token)

        assert answer.status_code == 200
        assert status_of(flows, waiting) == "SUCCEED"

    def test_a_token_is_for_its_own_execution(self, flows, waiting):
        (call,) = flows.stage.dispatcher.calls
        others = {**waiting, "execution_id": "shop:order_c_1"}

        answer = flows.ask("POST", "trigger", {}, token=call.token, **others)

        assert answer.status_code == 401
        assert status_of(flows, waiting) == "RUNNING"

    def test_anybody_where_the_stage_allows_it(self):
        with Flows(allows_unsigned=True) as flows:
            named = {"execution_id": flows.run(a_dag(KEPT)), "task_name": "pack"}

            answer = flows.ask("GET", "trigger", key="", **named)

            assert answer.status_code == 200
            assert status_of(flows, named) == "SUCCEED"

    def test_a_wrong_key_is_refused_even_there(self):
        with Flows(allows_unsigned=True) as flows:
            named = {"execution_id": flows.run(a_dag(KEPT)), "task_name": "pack"}

            answer = flows.ask("POST", "trigger", key="mr1.wrong", **named)

            assert answer.status_code == 401


class TestFinish:
    @pytest.mark.parametrize(
        ("result", "status"),
        [("SUCCESS", "SUCCEED"), ("success", "SUCCEED"), ("FAILED", "FAILED")],
    )
    def test_the_body_says_how_it_ended(self, flows, waiting, result, status):
        flows.post("finish", {"result_type": result}, **waiting)

        assert status_of(flows, waiting) == status

    @pytest.mark.parametrize("body", ["", "[1]", "{"])
    def test_a_body_that_is_no_object_is_refused(self, flows, waiting, body):
        answer = flows.ask("POST", "finish", body, **waiting)

        assert answer.status_code == 400
        assert status_of(flows, waiting) == "RUNNING"


class TestWakeUp:
    @pytest.mark.parametrize("path", ["wakeup", "trigger"])
    def test_what_is_brought_lets_a_suspended_task_go_on(self, flows, path):
        execution = flows.run(a_dag(SUSPENDED))
        named = {"execution_id": execution, "task_name": "wait"}
        assert status_of(flows, named) == "RUNNING"

        flows.post(path, {"paid": True}, **named)

        assert status_of(flows, named) == "SUCCEED"

    def test_it_goes_on_waiting_for_what_is_not_brought(self, flows):
        named = {"execution_id": flows.run(a_dag(SUSPENDED)), "task_name": "wait"}

        flows.post("wakeup", {"paid": False}, **named)

        assert status_of(flows, named) == "RUNNING"

    def test_a_task_that_is_not_suspended_is_not_woken(self, flows, waiting):
        answer = flows.ask("POST", "wakeup", {}, **waiting)

        assert answer.status_code == 400
        assert status_of(flows, waiting) == "RUNNING"

    def test_nobody_wakes_without_a_key(self, flows, waiting):
        assert flows.ask("POST", "wakeup", {}, key="", **waiting).status_code == 401


class TestDegrade:
    def test_what_follows_can_be_left_out(self, flows):
        execution = flows.run(a_dag({**KEPT, "next": "note"}, a_pass()))
        flags = {
            "degrade_current_task": "false",
            "degrade_following_tasks": "true",
        }
        named = {"execution_id": execution, "task_name": "pack"}

        flows.post("task_degrade", **named, **flags)
        flows.post("trigger", {}, **named)
        flows.stage.settle()

        assert flows.told(execution)["tasks"]["note"]["status"] == "SKIPPED"

    @pytest.mark.parametrize("flag", [{}, {"degrade_current_task": "maybe"}])
    def test_both_flags_are_needed(self, flows, waiting, flag):
        answer = flows.ask("POST", "task_degrade", **waiting, **flag)

        assert answer.status_code == 422
