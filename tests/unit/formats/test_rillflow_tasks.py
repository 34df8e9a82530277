"""What single tasks become in the model."""

import pytest

from chalicelib.formats import document
from chalicelib.formats.rillflow import compile_document
from chalicelib.model.codec import decode, encode
from chalicelib.model.expressions import (
    Condition,
    DagContext,
    Jayway,
    Literal,
    Mapping,
    Mappings,
    Or,
    RillRequest,
)
from chalicelib.model.workflow import (
    Join,
    Mode,
    OnFailure,
    Pass,
    Retrier,
    Task,
)


def dag(*tasks, **fields):
    value = {"workspace": "shop", "dagName": "order", "type": "flow", **fields}
    return compile_document(document.of({**value, "tasks": list(tasks)}), name="")


def state(**fields):
    return dag({"name": "A", **fields}).scope.states["A"]


def function(**fields):
    about = {"resourceName": "https://shop/pay", "pattern": "task_sync", **fields}
    return state(category="function", **about)


class TestDag:
    def test_dag_is_a_scope_that_joins_all_and_drains(self):
        workflow = dag(
            {"name": "A", "category": "pass", "next": "C"},
            {"name": "B", "category": "pass", "next": "C,"},
            {"name": "C", "category": "pass", "next": None},
        )

        assert workflow.name == "shop-order"
        assert workflow.description == "shop:order"
        assert (workflow.format, workflow.errors) == ("rillflow", "rillflow")
        assert workflow.scope.join is Join.ALL
        assert workflow.scope.failure is OnFailure.DRAIN
        assert workflow.scope.shares_variables
        assert workflow.scope.start == ("A", "B")
        assert workflow.scope.states["B"].next == ("C",)

    def test_name_of_the_dag_wins_over_the_files(self):
        value = {"namespace": "shop", "service": "order", "type": "flow"}
        tasks = {"tasks": [{"name": "A", "category": "pass"}]}

        found = compile_document(document.of(value | tasks), name="orders")

        assert found.name == "shop-order"
        assert found.description == "shop:order"

    def test_defaults_and_timeout_of_a_dag(self):
        workflow = dag(
            {"name": "A", "category": "pass"},
            defaultContext={"size": 5, "color": "red", "none": None},
            timer={"timeoutInSeconds": "$.context.patience"},
        )

        defaults = (("size", "5"), ("color", "red"))
        assert workflow.input == DagContext(defaults=defaults)
        assert workflow.timeout == Jayway(
            text="$.context.patience", root="context", kind="positive"
        )

    def test_workflow_survives_being_kept(self):
        workflow = dag(
            {"name": "A", "category": "pass", "next": "B"},
            {"name": "B", "category": "return", "conditions": ["$.input.x"]},
            defaultContext={"size": "5"},
        )

        assert decode(encode(workflow)) == workflow


class TestMappings:
    def test_rules_become_input_and_assignment(self):
        found = state(
            category="pass",
            inputMappings=[
                {"source": 1, "target": "$.input.n", "variable": "n"},
                {"source": True, "target": "$.input.b", "tolerance": "false"},
                {"source": "", "target": "$.input.x"},
                {"source": "x", "target": " "},
                {"source": "x"},
            ],
            outputMappings=[{"source": "$.output.n", "target": "$.context.n"}],
        )

        assert found.work == Pass()
        assert found.input == Mappings(
            rules=(
                Mapping(source="1", target="$.input.n"),
                Mapping(source="true", target="$.input.b", strict=True),
            ),
            gives="input",
        )
        assert found.assign == Mappings(
            rules=(Mapping(source="$.output.n", target="$.context.n"),),
            gives="context",
            output="input",
        )

    def test_task_without_mappings_has_an_empty_input(self):
        found = state(category="pass")

        assert found.input == Mappings(rules=(), gives="input")
        assert found.assign is None

    def test_reference_is_replaced_in_its_place(self):
        rules = [
            {"source": "1", "target": "$.input.a"},
            {"reference": "common"},
            {"source": "3", "target": "$.input.c"},
        ]
        task = {"name": "A", "category": "pass", "inputMappings": rules}
        common = {"common": [{"source": "2", "target": "$.input.b"}]}

        program = dag(task, commonMapping=common).scope.states["A"].input

        assert [rule.source for rule in program.rules] == ["1", "2", "3"]

    def test_broken_path_in_a_tolerant_rule_is_left_to_its_turn(self):
        rules = [{"source": "$.x[", "target": "$.input.x", "tolerance": True}]

        assert state(category="pass", inputMappings=rules).input.rules


class TestFunctions:
    @pytest.mark.parametrize(
        ("pattern", "mode", "reading"),
        [
            ("task_sync", Mode.REQUEST, "rillflow"),
            ("task_async", Mode.CALLBACK, "rillflow"),
            ("task_scheduler", Mode.CALLBACK, "rillflow"),
        ],
    )
    def test_pattern_says_when_a_function_is_done(self, pattern, mode, reading):
        found = function(pattern=pattern)

        assert found.work == Task(
            resource=Literal(value="https://shop/pay"),
            mode=mode,
            reading=reading,
            answers_at="rillflow",
            shows_failures=True,
        )
        assert found.arguments == RillRequest(kind="http")

    @pytest.mark.parametrize(
        ("pattern", "mode", "reading"),
        [
            ("flow_sync", Mode.SYSTEM, "payload"),
            ("flow_async", Mode.SUBMIT, "rillflow_started"),
        ],
    )
    def test_pattern_says_when_a_flow_is_done(self, pattern, mode, reading):
        found = function(pattern=pattern, resourceName="rillflow://shop:ship:release")

        assert found.work == Task(
            resource=Literal(value="workflow:shop-ship"),
            mode=mode,
            reading=reading,
            answers_at="rillflow",
            shows_failures=True,
            levels=5,
        )
        assert found.arguments == RillRequest(kind="workflow")

    def test_request_is_made_with_method_and_parameters(self):
        found = function(requestType="put", parameters={"size": 5})

        assert found.arguments == RillRequest(
            kind="http", method="PUT", parameters=Literal(value={"size": 5})
        )

    def test_timeout_conditions_and_output(self):
        found = function(
            timeline={"timeoutInSeconds": 5},
            successConditions=["$.output.ok"],
            failConditions=["$.output.bad"],
            outputMappings=[{"source": "$.output.v", "target": "$.context.v"}],
        )

        assert found.work.timeout == Literal(value=5)
        assert found.work.success == (Condition(text="$.output.ok", root="output"),)
        assert found.work.failure == (Condition(text="$.output.bad", root="output"),)
        assert found.assign.output == "result"
        assert not found.assign_on_failure

    @pytest.mark.parametrize(
        "fields",
        [
            {"tolerance": True},
            {"pattern": "task_async", "failConditions": ["$.output.bad"]},
        ],
    )
    def test_failures_whose_output_is_mapped(self, fields):
        assert function(**fields).assign_on_failure

    def test_tolerance_is_for_functions_only(self):
        assert function(tolerance="true").tolerant
        assert not state(category="pass", tolerance=True).tolerant

    def test_degraded_task(self):
        found = state(category="pass", degrade={"current": True, "followings": "true"})

        assert found.bypassed
        assert found.cuts_followers
        assert not state(category="pass", degrade={}).bypassed


class TestRetry:
    def test_first_wait_is_multiplied_already(self):
        retry = {"maxRetryTimes": 2, "intervalInSeconds": 3, "multiplier": 2}

        assert function(retry=retry).retry == (
            Retrier(errors=("*",), interval=6.0, max_attempts=2, backoff=2.0),
        )

    @pytest.mark.parametrize("multiplier", [None, 0, -1])
    def test_wait_is_never_negative_and_never_shrinks_to_nothing(self, multiplier):
        retry = {"maxRetryTimes": 1, "intervalInSeconds": -1, "multiplier": multiplier}

        (clause,) = function(retry=retry).retry
        assert (clause.interval, clause.backoff) == (0.0, 1.0)

    def test_any_condition_is_enough(self):
        retry = {"maxRetryTimes": 1, "conditions": ["$.output.a", "$.output.b"]}

        (clause,) = function(retry=retry).retry
        assert clause.condition == Or(
            rules=(
                Condition(text="$.output.a", root="output"),
                Condition(text="$.output.b", root="output"),
            )
        )

    @pytest.mark.parametrize("retry", [None, {}, {"maxRetryTimes": -1}])
    def test_no_retry(self, retry):
        assert function(retry=retry).retry == ()


@pytest.mark.parametrize("marker", [{}, {"atMostOnce": False}, {"atMostOnce": True}])
def test_a_function_may_be_marked_as_at_most_once(marker):
    assert function(**marker).work.at_most_once is marker.get("atMostOnce", False)
