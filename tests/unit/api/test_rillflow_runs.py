"""Flows started, looked at and ended in Rill Flow's way."""

import uuid

import pytest

from tests.unit.api.rill_flow_stage import Flows, a_call, a_dag, a_pass, into


@pytest.fixture
def flows():
    with Flows() as made:
        yield made


NOTE = a_pass(outputMappings=into("$.context.seen", "yes"))


class TestGet:
    def test_an_execution_has_the_shape_that_clients_read(self, flows):
        dag = a_dag(NOTE, version="7", inputSchema="[]")
        execution = flows.run(dag, {"n": 1})

        told = flows.told(execution)

        assert told["execution_id"] == execution
        assert told["workspace"] == "shop"
        assert told["dag_name"] == "order"
        assert told["version"] == "7"
        assert told["type"] == "flow"
        assert told["input_schema"] == "[]"
        assert told["dag_status"] == "SUCCEED"
        assert told["process"] == 100
        assert told["context"] == {
            "n": 1,
            "seen": "yes",
            "flow_execution_id": execution,
        }
        (times,) = told["dag_invoke_msg"]["invoke_time_infos"]
        assert times.keys() == {"start_time", "end_time"}

    def test_a_task_that_succeeded_is_spelled_differently(self, flows):
        task = flows.told(flows.run(a_dag(NOTE)))["tasks"]["note"]

        assert task["name"] == "note"
        assert task["status"] == "SUCCEEDED"
        assert task["contains_sub"] is False
        assert task["next"] == []
        assert task["task"]["category"] == "pass"
        assert "sub_group_index_to_status" not in task

    def test_in_brief_there_are_no_tasks(self, flows):
        execution = flows.run(a_dag(NOTE))

        told = flows.get("get", execution_id=execution, brief="true")["ret"]

        assert "tasks" not in told
        assert told["context"]["seen"] == "yes"

    def test_a_running_execution_shows_what_is_done(self, flows):
        dag = a_dag(
            a_pass(next="pack", progress={"weight": 3}),
            a_call(inputMappings=into("$.input.size", "2"), next="send"),
            a_pass("send", progress={"weight": 4}),
        )

        told = flows.told(flows.run(dag))

        assert told["dag_status"] == "RUNNING"
        assert told["process"] == 37
        assert told["tasks"]["pack"]["status"] == "RUNNING"
        assert told["tasks"]["pack"]["invoke_msg"]["input"] == {"size": 2}
        assert told["tasks"]["send"]["status"] == "NOT_STARTED"
        assert told["tasks"]["send"]["invoke_msg"] == {}

    @pytest.mark.parametrize(
        ("script", "process"),
        [
            ("params.size / 8.0", 25),
            ("taskRunningTimeInMillis / 4000.0", 50),
            ("7", 100),
            ("-7", 0),
            ("'much'", 0),
            ("params.none.more(", 0),
        ],
    )
    def test_a_script_may_say_how_far_a_task_is(self, flows, script, process):
        args = [{"source": "$.input.size", "variable": "size"}, {"source": "$["}]
        task = a_call(
            inputMappings=into("$.input.size", "2"),
            progress={"calculation": script, "args": args},
        )
        execution = flows.run(a_dag(task))
        begun = flows.told(execution)["tasks"]["pack"]["invoke_msg"]
        start = begun["invoke_time_infos"][0]["start_time"]
        flows.stage.loop.pause(start / 1000 + 2 - flows.stage.loop.now)

        assert flows.told(execution)["process"] == process

    def test_a_failure_is_told_of_the_task_and_of_the_whole(self, flows):
        dag = a_dag(a_call(), a_pass("send"))
        execution = flows.run(dag)
        flows.post(
            "finish",
            {"result_type": "FAILED", "error_code": 7, "error_msg": "no box"},
            execution_id=execution,
            task_name="pack",
        )
        flows.stage.settle()

        told = flows.told(execution)

        assert told["dag_status"] == "FAILED"
        assert told["tasks"]["pack"]["status"] == "FAILED"
        assert told["tasks"]["pack"]["invoke_msg"]["msg"] == "no box"
        assert told["tasks"]["pack"]["invoke_msg"]["code"] == "7"
        assert told["dag_invoke_msg"]["msg"] == "no box"

    def test_what_is_skipped_says_why(self, flows):
        gate = {
            "name": "stop",
            "category": "return",
            "conditions": ["$.input.[?(@.n > 1)]"],
            "inputMappings": into("$.input.n", "$.context.n"),
            "next": "note",
        }
        told = flows.told(flows.run(a_dag(gate, NOTE), {"n": 2}))

        assert told["tasks"]["stop"]["status"] == "SUCCEEDED"
        assert told["tasks"]["note"]["status"] == "SKIPPED"
        message = told["tasks"]["note"]["invoke_msg"]["msg"]
        assert message == "skip due to dependent tasks return or degrade"

    def test_a_return_that_does_not_hold_is_skipped(self, flows):
        gate = {
            "name": "stop",
            "category": "return",
            "conditions": ["$.input.[?(@.n > 1)]"],
            "next": "note",
        }

        told = flows.told(flows.run(a_dag(gate, NOTE)))

        assert told["tasks"]["stop"]["status"] == "SKIPPED"
        assert told["tasks"]["note"]["status"] == "SUCCEEDED"

    def test_attempts_have_a_time_each(self, flows):
        dag = a_dag(a_call(retry={"maxRetryTimes": 1, "intervalInSeconds": 0}))
        execution = flows.run(dag)
        named = {"execution_id": execution, "task_name": "pack"}
        flows.post("finish", {"result_type": "FAILED"}, **named)
        flows.stage.settle()
        flows.post("finish", {"id": 3}, **named)
        flows.stage.settle()

        message = flows.told(execution)["tasks"]["pack"]["invoke_msg"]

        assert len(message["invoke_time_infos"]) == 2
        assert message["output"] == {"id": 3}
        assert "msg" not in message

    @pytest.mark.parametrize("path", ["get", "get_context"])
    def test_an_execution_that_is_not_there_is_said_so(self, flows, path):
        answer = flows.ask("GET", path, execution_id="shop:order_c_1")

        assert answer.status_code == 404
        assert answer.json_body["error_code"] == 30605
        assert "shop-order:1" in answer.json_body["error"]

    def test_a_missing_parameter_is_named(self, flows):
        answer = flows.ask("GET", "get")

        assert answer.status_code == 422
        assert "'execution_id'" in answer.json_body["error"]

    def test_what_is_neither_true_nor_false_is_refused(self, flows):
        execution = flows.run(a_dag(NOTE))

        answer = flows.ask("GET", "get", execution_id=execution, brief="perhaps")

        assert answer.status_code == 422

    def test_workflows_of_other_languages_can_be_looked_at(self, flows):
        flows.stage.publish({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
        flows.stage.start("workflow", {"n": 1}, name="one")
        flows.stage.settle()

        told = flows.told("workflow:one")

        assert told["execution_id"] == "workflow:one"
        assert told["dag_status"] == "SUCCEED"
        assert told["tasks"]["A"]["status"] == "SUCCEEDED"
        assert told["context"] == {}

    def test_an_execution_that_has_not_begun_has_its_context(self, flows):
        descriptor = flows.publish(a_dag(NOTE, defaultContext={"a": "1"}))
        found = flows.post("submit", {"n": 2}, descriptor_id=descriptor)

        told = flows.told(found["execution_id"])

        assert told["dag_status"] == "RUNNING"
        assert told["process"] == 0
        assert told["context"]["a"] == 1
        assert told["context"]["n"] == 2


EACH = {
    "name": "each",
    "category": "foreach",
    "inputMappings": into("$.input.boxes", "$.context.boxes"),
    "iterationMapping": {"collection": "$.input.boxes", "item": "box"},
    "synchronization": {"maxConcurrency": 1},
    "tasks": [a_call()],
}
CHOICE = {
    "name": "pick",
    "category": "choice",
    "inputMappings": into("$.input.n", "$.context.n"),
    "choices": [
        {"condition": "$.input.[?(@.n == 1)]", "tasks": [a_pass("one")]},
        {"condition": "$.input.[?(@.n == 2)]", "tasks": [a_pass("two")]},
    ],
}


class TestGroups:
    def test_groups_of_a_foreach_are_shown_one_by_one(self, flows):
        execution = flows.run(a_dag(EACH), {"boxes": ["a", "b"]})
        named = {"execution_id": execution, "parent": "each"}

        first = flows.get("get_by_parent", group_index=0, **named)["ret"]["tasks"]
        second = flows.get("get_by_parent", group_index=1, **named)["ret"]["tasks"]

        assert first["each_0-pack"]["status"] == "RUNNING"
        assert first["each_0-pack"]["name"] == "each_0-pack"
        assert second["each_1-pack"]["status"] == "NOT_STARTED"
        task = flows.told(execution)["tasks"]["each"]
        assert task["contains_sub"] is True
        assert task["sub_group_index_to_status"] == {"0": "RUNNING", "1": "NOT_STARTED"}

    def test_groups_that_are_done_count_as_progress(self, flows):
        execution = flows.run(a_dag(EACH), {"boxes": ["a", "b"]})

        flows.post("trigger", {}, execution_id=execution, task_name="each_0-pack")
        flows.stage.settle()

        told = flows.told(execution)
        status = told["tasks"]["each"]["sub_group_index_to_status"]
        assert status == {"0": "SUCCEED", "1": "RUNNING"}
        assert told["process"] == 50

    def test_a_group_has_a_context_of_its_own(self, flows):
        execution = flows.run(a_dag(EACH), {"boxes": ["a", "b"]})
        named = {"execution_id": execution, "parent": "each"}

        first = flows.get("get_sub_context", group_index=0, **named)["ret"]
        second = flows.get("get_sub_context", group_index=1, **named)["ret"]

        assert first["box"] == "a"
        assert second == {}

    def test_a_branch_that_was_passed_by_is_skipped(self, flows):
        execution = flows.run(a_dag(CHOICE), {"n": 2})
        named = {"execution_id": execution, "parent": "pick"}

        first = flows.get("get_by_parent", group_index=0, **named)["ret"]["tasks"]
        second = flows.get("get_by_parent", group_index=1, **named)["ret"]["tasks"]

        assert first["pick_0-one"]["status"] == "SKIPPED"
        assert second["pick_1-two"]["status"] == "SUCCEEDED"
        context = flows.get("get_sub_context", group_index=1, **named)["ret"]
        assert context["n"] == 2

    @pytest.mark.parametrize("parent", ["nothing", "each_0-pack", "each_x-each"])
    def test_a_group_that_cannot_be_is_not_found(self, flows, parent):
        execution = flows.run(a_dag(EACH), {"boxes": ["a"]})

        answer = flows.ask(
            "GET",
            "get_by_parent",
            execution_id=execution,
            parent=parent,
            group_index=0,
        )

        assert answer.status_code == 404


class TestSubmit:
    def test_the_name_of_an_execution_tells_when_it_began(self, flows):
        execution = flows.run(a_dag(NOTE))

        name = uuid.UUID(execution.partition("_c_")[2])

        began = (name.time - 0x01B21DD213814000) / 1e7
        assert name.version == 1
        assert began == pytest.approx(flows.stage.loop.now, abs=5)

    @pytest.mark.parametrize(
        ("descriptor", "status"),
        [
            ("shop", 400),
            ("shop:", 400),
            ("a-b:c", 400),
            ("shop:order:a b", 400),
            ("shop:none", 404),
            ("shop:order:canary", 404),
            ("shop:order:md5_0123456789abcdef0123456789abcdef", 404),
            ("", 422),
        ],
    )
    def test_a_descriptor_that_is_none_starts_nothing(self, flows, descriptor, status):
        flows.publish(a_dag(NOTE))

        answer = flows.ask("POST", "submit", {}, descriptor_id=descriptor)

        assert answer.status_code == status
        assert isinstance(answer.json_body["error"], str)

    @pytest.mark.parametrize("body", ["{", "[1]", '"text"'])
    def test_a_context_that_is_no_object_starts_nothing(self, flows, body):
        descriptor = flows.publish(a_dag(NOTE))

        answer = flows.ask("POST", "submit", body, descriptor_id=descriptor)

        assert answer.status_code == 400
        assert answer.json_body["error_code"] == 30109
        assert answer.json_body["pass_through"] is True

    @pytest.mark.parametrize("callback", ["{", "[]", '{"resourceName": "sqs://a"}'])
    def test_a_callback_that_is_none_starts_nothing(self, flows, callback):
        descriptor = flows.publish(a_dag(NOTE))

        answer = flows.ask(
            "POST", "submit", {}, descriptor_id=descriptor, callback=callback
        )

        assert answer.status_code == 400

    def test_flows_of_two_businesses_are_two_flows(self, flows):
        flows.publish({**a_dag(NOTE), "workspace": "shopA"})
        mine = a_dag(a_pass(outputMappings=into("$.context.seen", "mine")))
        flows.publish({**mine, "workspace": "shopB"})

        theirs = flows.told(flows.submit("shopA:order"))

        assert theirs["context"]["seen"] == "yes"


class TestComplete:
    def test_a_running_execution_is_completed(self, flows):
        execution = flows.run(a_dag(a_pass(next="pack"), a_call()), {"n": 1})

        answer = flows.post("complete", execution_id=execution)

        assert answer == {"code": "0", "message": "success"}
        told = flows.told(execution)
        assert told["dag_status"] == "SUCCEED"
        assert told["context"]["n"] == 1

    def test_a_running_execution_is_completed_badly(self, flows):
        execution = flows.run(a_dag(a_call()))

        flows.post("complete", execution_id=execution, success="false")

        told = flows.told(execution)
        assert told["dag_status"] == "FAILED"
        assert told["dag_invoke_msg"]["code"] == "completed"

    def test_an_execution_that_has_ended_stays_as_it_is(self, flows):
        execution = flows.run(a_dag(NOTE))

        answer = flows.post("complete", execution_id=execution, success="false")

        assert answer["code"] == "-1"
        assert flows.told(execution)["dag_status"] == "SUCCEED"


class TestKeys:
    def test_no_key_no_entry(self, flows):
        answer = flows.ask("GET", "get", key="", execution_id="a:b_c_1")

        assert answer.status_code == 401
        assert answer.json_body["error_code"] == 30104

    def test_a_key_that_may_only_look_starts_nothing(self, flows):
        descriptor = flows.publish(a_dag(NOTE))

        answer = flows.ask(
            "POST", "submit", {}, key=flows.key("read"), descriptor_id=descriptor
        )

        assert answer.status_code == 403
        assert answer.json_body["error_code"] == 30108

    def test_a_key_sees_only_its_own_workflows(self, flows):
        execution = flows.run(a_dag(NOTE))
        key = flows.key("admin", workflows=["billing-*"])

        answer = flows.ask("GET", "get", key=key, execution_id=execution)

        assert answer.status_code == 403
