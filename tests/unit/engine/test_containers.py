from chalicelib.engine import events
from chalicelib.engine.commands import CancelChildren, EndScope, StartChildren
from chalicelib.engine.events import Timer
from chalicelib.engine.state import Failure, Phase, Status
from chalicelib.model import workflow as model
from tests.builders import (
    EVERYTHING,
    a_choice,
    a_dag,
    a_fail,
    a_parallel,
    a_pass,
    a_rule,
    a_scope,
    a_task,
    a_workflow,
    an_execution,
    an_object,
    literal,
    path,
)

WORK = a_scope("0/p/0", a_task("x"))
MORE = a_scope("0/p/1", a_task("y"))
CATCH = (model.Catcher(errors=EVERYTHING, next="mend"),)
DRAIN = {"failure": model.OnFailure.DRAIN}


def branches(*scopes, conditions=(), work=None, **facts):
    state = a_parallel("p", scopes=scopes, conditions=conditions, work=work, **facts)
    return a_workflow(state, a_pass("mend"))


def gives(id_, value):
    return a_scope(id_, a_pass(f"{id_}-state", arguments=literal(value)))


def fails(id_, error="Broken"):
    return a_scope(id_, a_fail(f"{id_}-state", error))


# -- children that wait for the world ------------------------------------------


def test_branches_that_wait_for_the_world_are_scopes_of_their_own():
    execution = an_execution(branches(WORK, MORE), {"n": 1}, variables={"v": 2})

    assert execution.held.phase is Phase.JOINING
    assert execution.held.children == 2
    assert execution.commands == (
        StartChildren(
            activation=1,
            attempt=1,
            scopes=("0/p/0", "0/p/1"),
            inputs=[{"n": 1}, {"n": 1}],
            variables={"v": 2},
            told=execution.state.told,
        ),
    )


def test_one_branch_that_waits_makes_scopes_of_all():
    execution = an_execution(branches(WORK, gives("0/p/1", 1)))

    assert len(execution.asked(StartChildren)[0].inputs) == 2


def test_the_outputs_of_the_branches_are_the_result():
    execution = an_execution(branches(WORK, MORE)).join([1, 2])

    assert execution.state.output == [1, 2]
    assert ("ChildrenJoined", "p") in execution.said


def test_children_of_a_scope_that_shares_its_variables_begin_with_their_input_only():
    scope = a_dag("0/p/0", a_task("x"), shares_variables=True)

    execution = an_execution(branches(scope), {"n": 1}, variables={"v": 2})

    assert execution.asked(StartChildren)[0].variables == {}


def test_a_failed_branch_fails_the_container_at_once_and_stops_the_others():
    execution = an_execution(branches(WORK, MORE))

    execution.tell(
        events.ChildFailed(
            index=1, failure=Failure(error="Broken"), **execution.about()
        )
    )

    assert execution.state.status is Status.FAILED
    assert [type(each) for each in execution.commands] == [CancelChildren, EndScope]


def test_a_lost_branch_can_be_caught():
    execution = an_execution(branches(WORK, MORE, catch=CATCH))

    execution.tell(
        events.ChildFailed(
            index=1, failure=Failure(error="Broken"), **execution.about()
        )
    )

    assert execution.state.output == {"Error": "Broken", "Cause": ""}


def test_a_container_that_drains_fails_when_all_its_children_have_ended():
    execution = an_execution(branches(WORK, MORE, work=DRAIN))
    started = execution.asked(StartChildren)[0]

    execution.join([None, 2], {0: Failure(error="First"), 1: Failure(error="Second")})

    assert not started.aborts
    assert execution.state.failure == Failure(error="First")


def test_the_retry_of_a_container_starts_all_its_children_anew():
    retry = (model.Retrier(errors=EVERYTHING),)
    execution = an_execution(branches(WORK, MORE, work=DRAIN, retry=retry))

    execution.join([None, 2], {0: Failure(error="Broken")}).fire(Timer.RETRY)

    assert execution.asked(StartChildren)[0].attempt == 2


def test_a_branch_runs_only_when_its_condition_holds():
    conditions = (path("$.left"), None, path("$.right"))
    third = a_scope("0/p/2", a_task("z"))
    flow = branches(WORK, MORE, third, conditions=conditions)

    execution = an_execution(flow, {"left": False, "right": True}).join(["b", "c"])

    assert execution.state.output == [None, "b", "c"]


def test_no_branch_at_all_is_done_at_once():
    flow = branches(WORK, conditions=(literal(False),))

    assert an_execution(flow).state.output == [None]


# -- children that wait for nothing --------------------------------------------


def test_branches_that_wait_for_nothing_run_in_their_containers_turn():
    execution = an_execution(branches(gives("0/p/0", 1), gives("0/p/1", 2)))

    assert execution.state.output == [1, 2]
    assert execution.commands == (EndScope(status=Status.SUCCEEDED, output=[1, 2]),)


def test_the_history_of_such_a_branch_names_its_scope():
    execution = an_execution(branches(gives("0/p/0", 1)))

    said = [each.scope for each in execution.history if each.kind.startswith("Scope")]
    assert said == ["r.1.1-0", "r.1.1-0"]


def test_states_of_such_a_branch_count_as_transitions():
    assert an_execution(branches(gives("0/p/0", 1))).state.transitions == 2


def test_such_a_branch_sees_the_variables_around_it():
    scope = a_scope("0/p/0", a_pass("x", arguments=path("$v")))

    assert an_execution(branches(scope), variables={"v": 9}).state.output == [9]


def test_such_a_branch_keeps_its_own_variables_to_itself():
    scope = a_scope("0/p/0", a_pass("x", assign=an_object(v=literal(2))))

    assert an_execution(branches(scope), variables={"v": 1}).state.variables == {"v": 1}


def test_containers_inside_such_a_branch_run_there_too():
    inner = a_parallel("q", scopes=[gives("0/p/0/0", 1), gives("0/p/0/1", 2)])

    assert an_execution(branches(a_scope("0/p/0", inner))).state.output == [[1, 2]]


def test_the_first_such_branch_that_fails_ends_the_container():
    flow = branches(gives("0/p/0", 1), fails("0/p/1"), gives("0/p/2", 3), catch=CATCH)

    execution = an_execution(flow)

    assert execution.state.output == {"Error": "Broken", "Cause": "on purpose"}
    assert ("StateEntered", "0/p/2-state") not in execution.said


def test_when_the_container_drains_the_others_run_all_the_same():
    flow = branches(fails("0/p/0"), gives("0/p/1", 3), work=DRAIN)

    execution = an_execution(flow)

    assert ("StateEntered", "0/p/1-state") in execution.said
    assert execution.state.failure.error == "Broken"


# -- and do not fit in a turn --------------------------------------------------

THREE = [gives(f"0/p/{position}", position) for position in range(3)]


def test_branches_larger_than_the_budget_become_scopes_of_their_own():
    execution = an_execution(branches(*THREE), budget=3)

    assert len(execution.asked(StartChildren)[0].inputs) == 3
    assert execution.state.transitions == 1


def test_branches_that_fit_leave_the_rest_of_the_budget():
    execution = an_execution(branches(*THREE), budget=4)

    assert execution.state.output == [0, 1, 2]


def test_a_branch_that_uses_up_the_budget_becomes_a_scope_of_its_own():
    loop = a_scope(
        "0/p/0", a_choice("c", a_rule(False), default=("again",)), a_pass("again", "c")
    )

    execution = an_execution(branches(loop), budget=20)

    assert execution.held.phase is Phase.JOINING
    assert execution.asked(StartChildren)
    assert execution.said[-1] == ("ChildrenStarted", "p")
