"""What a DAG, a mapping or a request would be, in Rill Flow's way."""

import json

import pytest

from tests.unit.api.rill_flow_stage import Flows, a_call, a_dag, a_pass, into


@pytest.fixture
def flows():
    with Flows() as made:
        yield made


class TestConvert:
    def test_a_dag_is_shown_and_not_published(self, flows):
        shown = flows.post("convert", a_dag(a_pass(next="pack"), a_call()))["ret"]

        assert shown["workspace"] == "shop"
        assert shown["dag_status"] == "NOT_STARTED"
        assert shown["process"] == 0
        assert shown["tasks"]["note"]["next"] == ["pack"]
        assert shown["tasks"]["pack"]["status"] == "NOT_STARTED"
        assert "execution_id" not in shown
        answer = flows.ask("POST", "submit", {}, descriptor_id="shop:order")
        assert answer.status_code == 404

    def test_every_problem_is_told(self, flows):
        answer = flows.ask("POST", "convert", a_dag(a_pass(next="nobody")))

        assert answer.status_code == 400
        assert "nobody" in answer.json_body["problems"][0]["message"]


class TestMapping:
    def test_rules_make_an_input(self, flows):
        answer = flows.post(
            "mapping_evaluation",
            {"context": {"n": 3}, "output": {"id": 1}},
            type="input_eva",
            mapping_rules=json.dumps(into("$.input.size", "$.context.n")),
        )

        assert answer["ret"] == {
            "context": {"n": 3},
            "input": {"size": 3},
            "output": {"id": 1},
        }

    def test_rules_change_a_context(self, flows):
        answer = flows.post(
            "mapping_evaluation",
            {"context": {"n": 3}, "output": {"id": 1}},
            type="output_eva",
            mapping_rules="- {source: $.output.id, target: $.context.box}",
        )

        assert answer["ret"]["context"] == {"n": 3, "box": 1}

    @pytest.mark.parametrize(
        ("kind", "part", "made"),
        [
            ("input_eva", "inputMappings", ("input", {"size": 3})),
            ("output_eva", "outputMappings", ("context", {"n": 3})),
        ],
    )
    def test_a_task_lends_its_rules(self, flows, kind, part, made):
        task = a_pass(**{part: into("$.input.size", "$.context.n")})
        execution = flows.run(a_dag(task))

        answer = flows.post(
            "mapping_evaluation",
            {"context": {"n": 3}},
            type=kind,
            execution_id=execution,
            task_name="note",
        )

        name, value = made
        assert answer["ret"][name] == value

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ({}, 422),
            ({"type": "odd"}, 400),
            ({"type": "input_eva"}, 422),
            ({"type": "input_eva", "mapping_rules": "[{source"}, 400),
            ({"type": "input_eva", "mapping_rules": "7"}, 400),
        ],
    )
    def test_what_cannot_be_evaluated_is_refused(self, flows, query, status):
        answer = flows.ask("POST", "mapping_evaluation", {}, **query)

        assert answer.status_code == status

    def test_a_task_that_is_not_there_lends_nothing(self, flows):
        named = {"execution_id": flows.run(a_dag(a_pass())), "task_name": "nobody"}

        answer = flows.ask("POST", "mapping_evaluation", type="input_eva", **named)

        assert answer.status_code == 400

    def test_a_context_that_is_no_object_is_refused(self, flows):
        answer = flows.ask(
            "POST",
            "mapping_evaluation",
            {"context": 7},
            type="input_eva",
            mapping_rules="[]",
        )

        assert answer.status_code == 400
        assert answer.json_body["path"] == "context"


class TestRequest:
    def test_a_request_over_http_is_shown(self, flows):
        answer = flows.post(
            "function_dispatch_params",
            {
                "resource_name": "https://box.example/pack?a=1",
                "input_mapping_rules": [
                    *into("$.input.query.size", "$.context.n"),
                    *into("$.input.kind", "gift"),
                ],
                "context": {"n": 3},
            },
            execution_id="shop:order_c_7",
            task_name="pack",
        )["ret"]

        assert answer["method"] == "POST"
        assert answer["url"].startswith("https://box.example/pack?a=1&")
        assert "size=3" in answer["url"]
        assert "name=pack" in answer["url"]
        assert answer["body"] == {"execution_id": "shop:order_c_7", "kind": "gift"}

    def test_a_request_to_a_function_is_its_input(self, flows):
        answer = flows.post(
            "function_dispatch_params",
            {
                "resource_name": "lambda://pack",
                "input_mapping_rules": into("$.input.kind", "gift"),
            },
        )["ret"]

        assert answer == {"url": "lambda://pack", "body": {"kind": "gift"}}

    def test_a_request_to_a_flow_is_its_context(self, flows):
        answer = flows.post(
            "function_dispatch_params",
            {
                "resource_name": "rillflow://shop:pack",
                "input_mapping_rules": into("$.input.kind", "gift"),
            },
        )["ret"]

        assert answer["body"]["input"]["kind"] == "gift"

    @pytest.mark.parametrize(
        "body", [{}, {"resource_name": 7}, {"resource_name": "pack"}]
    )
    def test_what_is_no_resource_is_refused(self, flows, body):
        answer = flows.ask("POST", "function_dispatch_params", body)

        assert answer.status_code == 400


CALLS = a_dag(
    a_call("pack", next="again"),
    a_call("again", resourceName="lambda://pack"),
    a_pass("end"),
)
ROWS = [{"resource_name": "lambda://pack", "names": ["pack", "again"]}]


class TestDependencies:
    def test_those_of_a_text_are_listed(self, flows):
        answer = flows.post("dependency_check", CALLS)

        assert answer["ret"]["dependencies"] == ROWS

    def test_those_of_what_is_published_are_listed(self, flows):
        flows.publish(CALLS)

        answer = flows.get("dependency_check", descriptor_id="shop:order")

        assert answer["ret"]["dependencies"] == ROWS

    def test_a_text_with_problems_has_none(self, flows):
        assert flows.ask("POST", "dependency_check", "7").status_code == 400
