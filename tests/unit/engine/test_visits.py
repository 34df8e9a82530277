import pytest

from chalicelib.engine.events import Timer
from chalicelib.engine.state import Failure, Phase, Status
from chalicelib.model import workflow as model
from tests.builders import (
    EVERYTHING,
    a_pass,
    a_task,
    a_workflow,
    an_execution,
    an_object,
    literal,
    path,
)

BROKEN = Failure(error="Broken")


def a_retrier(*errors, **facts):
    return model.Retrier(errors=errors or EVERYTHING, **facts)


# -- catching ------------------------------------------------------------------


def caught(*catchers, **facts):
    return a_workflow(a_task("work", catch=catchers, **facts), a_task("mend"))


def a_catcher(*errors, **facts):
    return model.Catcher(errors=errors or EVERYTHING, next="mend", **facts)


def test_a_caught_failure_leads_to_another_state_with_the_error():
    execution = an_execution(caught(a_catcher("Broken"))).fail("Broken", "badly")

    assert execution.held.state == "mend"
    assert execution.asked()[0].payload == {"Error": "Broken", "Cause": "badly"}
    assert ("StateExited", "work") in execution.said


def test_a_catcher_shapes_what_the_next_state_receives_and_assigns():
    catcher = a_catcher(
        output=an_object(what=path("$.Error")), assign=an_object(why=path("$.Cause"))
    )

    execution = an_execution(caught(catcher)).fail("Broken", "badly")

    assert execution.asked()[0].payload == {"what": "Broken"}
    assert execution.state.variables == {"why": "badly"}


def test_a_catcher_may_only_assign():
    catcher = a_catcher(assign=an_object(why=path("$.Cause")))

    execution = an_execution(caught(catcher)).fail("Broken", "badly")

    assert execution.asked()[0].payload == {"Error": "Broken", "Cause": "badly"}
    assert execution.state.variables == {"why": "badly"}


def test_a_catcher_that_is_about_another_error_does_not_catch():
    execution = an_execution(caught(a_catcher("Other"))).fail("Broken")

    assert execution.state.failure == BROKEN


def test_a_catcher_whose_own_output_is_broken_fails_the_scope():
    execution = an_execution(caught(a_catcher(output=path("$.gone")))).fail("Broken")

    assert execution.state.status is Status.FAILED
    assert execution.state.failure.error == "States.Runtime"


def test_retries_come_before_catching():
    flow = caught(a_catcher(), retry=(a_retrier(max_attempts=1),))
    execution = an_execution(flow).fail("Broken")
    first = execution.held.phase

    execution.fire(Timer.RETRY).fail("Broken")

    assert first is Phase.RETRYING
    assert execution.held.state == "mend"


# -- data on the way out -------------------------------------------------------


def test_a_result_is_shaped_then_the_output_and_what_is_assigned():
    work = a_task(
        "work",
        result=an_object(size=path("$.Payload.size")),
        output=an_object(out=path("$.size")),
        assign=an_object(kept=path("$.size")),
    )

    execution = an_execution(a_workflow(work)).answer({"Payload": {"size": 3}})

    assert execution.state.output == {"out": 3}
    assert execution.state.variables == {"kept": 3}


def test_a_result_that_cannot_be_shaped_fails_the_state():
    work = a_task("work", result=path("$.gone"), catch=(a_catcher("States.ALL"),))
    flow = a_workflow(work, a_pass("mend"))

    execution = an_execution(flow).answer({})

    assert execution.state.failure.error == "States.Runtime"


def test_an_input_is_shaped_before_the_work():
    work = a_task("work", input=path("$.order"), arguments=an_object(id=path("$.id")))

    execution = an_execution(a_workflow(work), {"order": {"id": 7}})

    assert execution.asked()[0].payload == {"id": 7}


def test_the_input_is_the_same_when_the_answer_comes():
    kept = an_object(was=path("$$.Execution.Name"), answer=path("$"))
    work = a_task("work", input=path("$.order"), output=kept)

    execution = an_execution(a_workflow(work), {"order": 1}).answer(2)

    assert execution.state.output == {"was": "n", "answer": 2}


def test_assigned_variables_are_seen_by_what_follows():
    first = a_pass("first", "second", assign=an_object(x=literal(5)))
    second = a_pass("second", arguments=path("$x"))

    assert an_execution(a_workflow(first, second)).state.output == 5


# -- tolerance -----------------------------------------------------------------


def test_a_tolerant_state_is_skipped_and_what_follows_runs():
    flow = a_workflow(a_task("work", "next", tolerant=True), a_task("next"))

    execution = an_execution(flow).fail("Broken")

    assert execution.held.state == "next"
    assert ("StateSkipped", "work") in execution.said


KEPT = {
    "assign": an_object(got=path("$")),
    "assign_on_failure": True,
    "tolerant": True,
}


@pytest.mark.parametrize(
    ("facts", "output", "variables"),
    [
        pytest.param(KEPT, {"n": 1}, {"got": {"n": 1}}, id="what it answered"),
        pytest.param(KEPT, None, {}, id="nothing there"),
        pytest.param(
            {**KEPT, "assign": an_object(got=path("$.gone"))}, {"n": 1}, {}, id="broken"
        ),
        pytest.param({**KEPT, "assign_on_failure": False}, {"n": 1}, {}, id="unwanted"),
    ],
)
def test_a_failed_state_may_assign_what_it_answered(facts, output, variables):
    execution = an_execution(a_workflow(a_task("work", **facts)))

    execution.fail("Broken", output=output)

    assert execution.state.variables == variables
    assert execution.state.status is Status.SUCCEEDED
