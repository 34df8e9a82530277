import pytest

from chalicelib.engine.commands import CancelChildren, StartChildren
from chalicelib.engine.events import ChildFailed, ChildrenJoined, RunChanged
from chalicelib.engine.state import Failure, RunLimits, Status
from chalicelib.model import workflow as model
from tests.builders import (
    T0,
    a_fail,
    a_map,
    a_pass,
    a_scope,
    a_task,
    a_workflow,
    an_execution,
    an_object,
    literal,
    path,
)

DRAIN = {"failure": model.OnFailure.DRAIN}


# -- Map -----------------------------------------------------------------------

EACH = a_scope("0/each", a_task("work"))
PURE = a_scope("0/each", a_pass("copy"))


def each_of(scope, work=None, **facts):
    state = a_map("each", scope=scope, work=work, **facts)
    return a_workflow(state, a_pass("mend"))


def test_one_iteration_for_each_item():
    execution = an_execution(each_of(EACH), ["a", "b"])

    assert execution.commands == (
        StartChildren(
            activation=1,
            attempt=1,
            scopes=("0/each",),
            inputs=["a", "b"],
            items=["a", "b"],
            told=execution.state.told + 1,
        ),
    )


def test_the_items_may_be_anywhere_in_the_input():
    flow = each_of(PURE, {"items": path("$.orders")})

    assert an_execution(flow, {"orders": [1, 2]}).state.output == [1, 2]


ITEM = {"item_input": an_object(n=path("$$.Map.Item.Index"), all=path("$"))}


def test_each_iteration_may_get_an_input_of_its_own():
    execution = an_execution(each_of(EACH, ITEM), ["a", "b"])

    started = execution.asked(StartChildren)[0]
    assert started.inputs == [{"n": 0, "all": ["a", "b"]}, {"n": 1, "all": ["a", "b"]}]
    assert started.items == ["a", "b"]


def test_the_input_of_an_iteration_may_name_the_execution():
    work = {"item_input": an_object(of=path("$$.Execution.Name"))}

    execution = an_execution(each_of(EACH, work), ["a"])

    assert execution.asked(StartChildren)[0].inputs == [{"of": "n"}]


def test_an_iteration_knows_its_item_and_its_position():
    seen = an_object(v=path("$$.Map.Item.Value"), i=path("$$.Map.Item.Index"))
    scope = a_scope("0/each", a_pass("look", arguments=seen))

    assert an_execution(each_of(scope, ITEM), ["a"]).state.output == [
        {"v": "a", "i": 0}
    ]


@pytest.mark.parametrize(
    ("limit", "at_once"),
    [
        pytest.param(literal(2), 2, id="a number"),
        pytest.param(literal(0), 0, id="no limit"),
        pytest.param(literal(None), 0, id="null"),
        pytest.param(literal(3), 0, id="as many as there are"),
        pytest.param(None, 0, id="not said"),
    ],
)
def test_how_many_iterations_run_at_once(limit, at_once):
    execution = an_execution(each_of(EACH, {"max_concurrency": limit}), [1, 2, 3])

    assert execution.asked(StartChildren)[0].limit == at_once


def test_no_item_no_iteration():
    execution = an_execution(each_of(EACH), [])

    assert execution.state.output == []
    assert [kind for kind, _ in execution.said[-4:]] == [
        "ChildrenStarted",
        "ChildrenJoined",
        "StateExited",
        "ExecutionSucceeded",
    ]


@pytest.mark.parametrize("items", [[], None])
def test_a_map_that_skips_an_empty_collection_assigns_nothing(items):
    kept = {"assign": an_object(got=path("$"))}
    flow = each_of(EACH, {"skip_when_empty": True}, **kept)

    execution = an_execution(flow, items)

    assert execution.state.output is None
    assert execution.state.variables == {}


@pytest.mark.parametrize("items", [None, {"a": 1}, "text"])
def test_items_that_are_no_list_fail_the_map(items):
    execution = an_execution(each_of(EACH), items)

    assert execution.state.failure.error == "States.Runtime"
    assert "must be an array" in execution.state.failure.cause


TWO_LOST = {0: Failure(error="First"), 2: Failure(error="Last")}


@pytest.mark.parametrize(
    ("work", "error"),
    [
        pytest.param({}, "First", id="nothing is tolerated"),
        pytest.param({"tolerated_count": literal(2)}, "", id="as many"),
        pytest.param(
            {"tolerated_count": literal(1)},
            "States.ExceedToleratedFailureThreshold",
            id="one too many",
        ),
        pytest.param({"tolerated_percentage": literal(50)}, "", id="as many of 100"),
        pytest.param(
            {"tolerated_percentage": literal(49)},
            "States.ExceedToleratedFailureThreshold",
            id="too many of 100",
        ),
    ],
)
def test_failed_iterations_may_be_tolerated(work, error):
    execution = an_execution(each_of(EACH, {**DRAIN, **work}), [1, 2, 3, 4])

    execution.join([None, "b", None, "d"], TWO_LOST)

    failure = execution.state.failure
    assert (failure.error if failure else "") == error


def test_what_is_tolerated_is_null_in_the_result():
    work = {"tolerated_count": literal(2)}
    execution = an_execution(each_of(EACH, work), [1, 2, 3])

    execution.join([None, "b", None], TWO_LOST)

    assert execution.state.output == [None, "b", None]


@pytest.mark.parametrize(
    ("work", "aborts"),
    [({}, True), ({"tolerated_count": literal(1)}, False), (DRAIN, False)],
)
def test_a_map_that_tolerates_or_drains_hears_of_failures_at_the_join(work, aborts):
    execution = an_execution(each_of(EACH, work), [1, 2])

    assert execution.asked(StartChildren)[0].aborts is aborts


@pytest.mark.parametrize(
    ("work", "tolerated"),
    [
        ({"tolerated_count": literal(1)}, 1),
        ({"tolerated_percentage": literal(50)}, 2),
        ({"tolerated_percentage": literal(75), "tolerated_count": literal(1)}, 1),
        ({"tolerated_percentage": literal(100)}, 0),
        ({"tolerated_count": literal(1), **DRAIN}, 0),
    ],
)
def test_a_map_says_how_many_failures_decide_before_the_join(work, tolerated):
    execution = an_execution(each_of(EACH, work), [1, 2, 3, 4])

    assert execution.asked(StartChildren)[0].tolerated == tolerated


def test_the_failure_that_is_one_too_many_ends_the_map():
    execution = an_execution(each_of(EACH, {"tolerated_count": literal(1)}), [1, 2, 3])

    about = execution.about(at=T0 + 5)
    execution.tell(ChildFailed(index=2, failure=Failure(error="Odd"), **about))

    error = "States.ExceedToleratedFailureThreshold"
    assert execution.state.failure.error == error
    assert execution.asked(CancelChildren)


def test_a_tolerance_that_was_raised_since_lets_the_map_go_on():
    work = {"tolerated_count": literal(1), "label": "Each"}
    execution = an_execution(each_of(EACH, work), [1, 2, 3])
    raised = RunLimits(tolerated_count=2)
    execution.tell(RunChanged(limits=raised, **execution.about(at=T0 + 1)))

    lost = {"index": 2, "failure": Failure(error="Odd")}
    execution.tell(ChildFailed(**lost, failed=2, **execution.about(at=T0 + 5)))
    assert execution.state.status is Status.RUNNING

    execution.tell(ChildFailed(**lost, failed=3, **execution.about(at=T0 + 6)))
    assert execution.state.status is Status.FAILED


def test_pure_iterations_end_with_the_failure_that_is_one_too_many():
    odd = a_scope("0/each", a_fail("bad"))
    flow = each_of(odd, {"tolerated_count": literal(1)})

    said = an_execution(flow, [1, 2, 3, 4]).said

    assert [kind for kind, _ in said].count("ScopeFailed") == 2


def test_the_events_of_iterations_are_counted_when_they_have_joined():
    execution = an_execution(each_of(EACH), [1, 2])
    before = execution.state.told

    told = [before + 1 + 3, before + 1 + 5]  # MapIterationStarted, and 3 or 5 more
    joined = {"outputs": [1, 2], "told": sum(told)}
    execution.tell(ChildrenJoined(**joined, **execution.about(at=T0 + 5)))

    own = ("MapStateSucceeded", "MapStateExited", "ExecutionSucceeded")
    assert execution.state.told == before + (1 + 3 + 1) + (1 + 5 + 1) + len(own)


def test_a_tolerance_that_is_no_number_fails_the_map_before_it_begins():
    execution = an_execution(each_of(EACH, {"tolerated_count": literal("some")}), [1])

    assert execution.state.failure.error == "States.Runtime"
    assert "ToleratedFailureCount must be a number" in execution.state.failure.cause


def test_a_stopped_iteration_ends_aborted():
    flow = each_of(EACH)

    child = an_execution(flow, "a", key="r.1.1-0", scope="0/each", index=0).stop()

    assert child.state.status is Status.ABORTED
    assert child.said[-1] == ("ScopeAborted", "")


def test_an_iteration_that_fails_says_so():
    child = an_execution(each_of(EACH), "a", scope="0/each", index=0).fail("Broken")

    assert child.said[-1] == ("ScopeFailed", "")
    assert child.history[-1].at == T0 + 1
