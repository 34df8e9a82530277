import pytest

from chalicelib.engine.commands import CancelChildren, CancelTask, EndScope
from chalicelib.engine.state import Failure, Status
from chalicelib.model import workflow as model
from tests.builders import (
    a_callback_task,
    a_dag,
    a_map,
    a_pass,
    a_scope,
    a_state,
    a_task,
    a_wait,
    a_workflow,
    an_execution,
    an_object,
    literal,
    path,
)


def a_dag_flow(*states, **facts):
    return a_workflow(scope=a_dag("0", *states, **facts))


# -- failures ------------------------------------------------------------------


def test_a_scope_that_drains_lets_the_others_go_on_and_then_fails():
    execution = an_execution(
        a_dag_flow(a_task("a", "c"), a_task("b", "d"), a_task("c"), a_task("d"))
    )

    execution.fail("First", held=execution.at("a"))
    still = execution.running
    execution.answer(held=execution.at("b"))
    execution.fail("Second", held=execution.at("d"))

    assert still == ["b"]
    assert execution.state.status is Status.FAILED
    assert execution.state.failure == Failure(error="First")
    assert ("StateFailed", "a") in execution.said


def test_what_a_failed_scope_had_found_out_is_its_output():
    flow = a_dag_flow(
        a_pass("a", assign=an_object(a=literal(1))), a_task("b"), shares_variables=True
    )

    execution = an_execution(flow, {}).fail("Broken")

    assert execution.state.output == {"a": 1}


def test_a_scope_that_aborts_stops_what_still_runs():
    flow = a_dag_flow(
        a_task("a"),
        a_callback_task("b", task={"mode": model.Mode.SYSTEM}),
        failure=model.OnFailure.ABORT,
    )
    execution = an_execution(flow)

    execution.fail("Broken", held=execution.at("a"))

    assert execution.state.status is Status.FAILED
    assert execution.state.active == {}
    assert execution.asked(CancelTask)


def test_a_state_whose_conditions_have_no_value_fails_alone_in_a_scope_that_drains():
    broken = {"success": (path("$.gone"),)}
    execution = an_execution(a_dag_flow(a_task("a", task=broken), a_task("b")))

    execution.answer({}, held=execution.at("a"))

    assert execution.running == ["b"]
    assert execution.state.failed.error == "States.Runtime"


def test_a_scope_that_succeeds_early_stops_what_still_runs():
    system = {"mode": model.Mode.SYSTEM}
    flow = a_dag_flow(
        a_callback_task("a", task=system), a_state("b", work=model.Succeed())
    )

    execution = an_execution(flow)

    assert execution.state.status is Status.SUCCEEDED
    assert execution.state.active == {}
    assert execution.asked(CancelTask)


# -- stopping what a state waits for -------------------------------------------


def test_stopping_cancels_work_that_was_started_and_goes_on_by_itself():
    task = model.Task(resource=path("$.kind"), mode=model.Mode.SYSTEM)
    sub = a_state("sub", work=task, input=path("$.order"), arguments=path("$.run"))
    order = {"order": {"kind": "workflow:ship", "run": {"name": "ship-1"}}}

    execution = an_execution(a_workflow(sub), order).stop()

    assert execution.asked(CancelTask) == [
        CancelTask(
            activation=1,
            attempt=1,
            resource="workflow:ship",
            name="ship-1",
            state="sub",
        )
    ]


@pytest.mark.parametrize("payload", ["text", {"name": 3}, {}])
def test_work_without_a_name_of_its_own_is_cancelled_without_one(payload):
    task = {"mode": model.Mode.SYSTEM}

    execution = an_execution(a_workflow(a_task("sub", task=task)), payload).stop()

    assert execution.asked(CancelTask)[0].name == ""


def test_stopping_cancels_the_children_of_a_container():
    each = a_map("each", scope=a_scope("0/each", a_task("work")))

    execution = an_execution(a_workflow(each), [1, 2, 3]).stop()

    assert execution.asked(CancelChildren) == [
        CancelChildren(activation=1, attempt=1, children=3)
    ]


@pytest.mark.parametrize("state", [a_task("s"), a_callback_task("s"), a_wait("s")])
def test_stopping_leaves_alone_what_cannot_be_stopped(state):
    execution = an_execution(a_workflow(state)).stop()

    assert [type(each) for each in execution.commands] == [EndScope]
