from chalicelib.engine.commands import EndScope
from chalicelib.engine.events import Timer
from chalicelib.engine.state import Status
from chalicelib.model import workflow as model
from chalicelib.model.expressions import Source
from tests.builders import (
    EVERYTHING,
    a_callback_task,
    a_choice,
    a_dag,
    a_pass,
    a_rule,
    a_scope,
    a_state,
    a_task,
    a_workflow,
    an_execution,
    an_object,
    literal,
    path,
)


def a_dag_flow(*states, **facts):
    return a_workflow(scope=a_dag("0", *states, **facts))


# -- join ANY ------------------------------------------------------------------


def test_one_edge_is_followed_with_the_output():
    flow = a_workflow(a_pass("a", "b", arguments=literal(1)), a_task("b"))

    assert an_execution(flow).asked()[0].payload == 1


def test_a_state_without_an_edge_ends_the_scope_with_its_output():
    execution = an_execution(a_workflow(a_pass("a", arguments=literal(7))))

    assert execution.state.status is Status.SUCCEEDED
    assert execution.commands == (EndScope(status=Status.SUCCEEDED, output=7),)
    assert execution.history[-1].value == 7


def test_a_bypassed_state_gives_on_what_it_received():
    execution = an_execution(
        a_workflow(a_task("a", "b", bypassed=True), a_pass("b")), "x"
    )

    assert execution.state.output == "x"
    assert ("StateSkipped", "a") in execution.said


def test_a_scope_that_drains_fails_when_its_one_state_failed():
    flow = a_workflow(scope=a_scope("0", a_task("a"), failure=model.OnFailure.DRAIN))

    execution = an_execution(flow).fail("Broken")

    assert execution.state.status is Status.FAILED


# -- join ALL ------------------------------------------------------------------


def test_every_state_without_a_predecessor_begins():
    execution = an_execution(a_dag_flow(a_task("a"), a_task("b")))

    assert execution.running == ["a", "b"]


def test_a_state_waits_for_all_its_predecessors():
    execution = an_execution(
        a_dag_flow(a_task("a", "c"), a_task("b", "c"), a_task("c"))
    )

    execution.answer(held=execution.at("a"))
    after_one = execution.running
    execution.answer(held=execution.at("b"))

    assert after_one == ["b"]
    assert execution.running == ["c"]


def test_the_scope_ends_when_nothing_can_move_any_more():
    execution = an_execution(a_dag_flow(a_task("a"), a_task("b")))

    execution.answer(held=execution.at("a"))
    between = execution.state.status
    execution.answer()

    assert between is Status.RUNNING
    assert execution.state.status is Status.SUCCEEDED
    assert execution.state.output is None


def test_a_scope_that_shares_variables_gives_them():
    keeps = {"assign": an_object(a=path("$"))}
    flow = a_dag_flow(a_task("a", **keeps), shares_variables=True)

    execution = an_execution(flow, {"given": 1}).answer(2)

    assert execution.state.output == {"given": 1, "a": 2}


def test_a_scope_that_shares_variables_has_none_without_an_object():
    flow = a_dag_flow(a_task("a"), shares_variables=True)

    assert an_execution(flow, [1]).state.variables == {}


def test_its_states_are_entered_with_the_input_that_their_mappings_make():
    flow = a_dag_flow(a_pass("a", input=path("$x")), shares_variables=True)

    execution = an_execution(flow, {"x": 5})

    entered = [each for each in execution.history if each.kind == "StateEntered"]
    assert entered[0].value == 5


def with_edges(state, *following):
    return a_state(state.name, *following, work=state.work)


def test_a_skip_spreads_along_dead_edges():
    pick = a_choice("pick", a_rule(True), default=("a",))
    flow = a_dag_flow(with_edges(pick, "a"), a_pass("a", "b"), a_pass("b"))

    execution = an_execution(flow)

    assert execution.said[-3:] == [
        ("StateSkipped", "a"),
        ("StateSkipped", "b"),
        ("ExecutionSucceeded", ""),
    ]
    assert execution.state.done == {"pick": ("a",), "a": False, "b": False}


def test_a_living_edge_stops_a_skip():
    pick = a_choice("pick", a_rule(True, "left"), default=())
    flow = a_dag_flow(
        with_edges(pick, "left", "right"),
        a_pass("left", "end"),
        a_pass("right", "end"),
        a_task("end"),
    )

    execution = an_execution(flow)

    assert ("StateSkipped", "right") in execution.said
    assert execution.running == ["end"]


def test_a_diamond_of_dead_edges_skips_its_end_once():
    pick = a_choice("pick", a_rule(True), default=())
    flow = a_dag_flow(
        with_edges(pick, "left", "right"),
        a_pass("left", "end"),
        a_pass("right", "end"),
        a_pass("end"),
    )

    said = an_execution(flow).said

    assert said.count(("StateSkipped", "end")) == 1


def test_a_state_behind_two_dead_edges_and_one_open_waits_for_the_open_one():
    pick = a_choice("pick", a_rule(True), default=())
    flow = a_dag_flow(with_edges(pick, "end"), a_task("slow", "end"), a_task("end"))
    execution = an_execution(flow)
    waiting = execution.running

    execution.answer()

    assert waiting == ["slow"]
    assert execution.running == ["end"]


def test_every_rule_that_holds_keeps_its_edges_until_a_final_one():
    rules = (
        a_rule(True, "a", final=False),
        a_rule(False, "b", final=False),
        a_rule(True, "c"),
        a_rule(True, "d"),
    )
    pick = a_choice("pick", *rules)
    flow = a_dag_flow(
        with_edges(pick, "a", "b", "c", "d"), *map(a_task, ("a", "b", "c", "d"))
    )

    assert an_execution(flow).running == ["a", "c"]


def test_a_state_that_cuts_its_followers_has_them_skipped():
    flow = a_dag_flow(a_pass("a", "b", cuts_followers=True), a_task("b"))

    execution = an_execution(flow)

    assert execution.state.status is Status.SUCCEEDED
    assert ("StateSkipped", "b") in execution.said


def test_a_tolerated_failure_lets_the_followers_run():
    execution = an_execution(a_dag_flow(a_task("a", "b", tolerant=True), a_task("b")))

    execution.fail("Broken")

    assert execution.running == ["b"]


# -- data in a scope whose states run beside each other ------------------------


def test_a_state_keeps_its_input_while_others_change_the_variables():
    ask = a_callback_task(
        "a", input=path("$x"), assign=an_object(seen=Source(name="input"))
    )
    change = a_task("b", assign=an_object(x=literal("changed")))
    execution = an_execution(a_dag_flow(ask, change, shares_variables=True), {"x": 1})

    execution.answer(held=execution.at("b")).report()

    assert execution.state.output == {"x": "changed", "seen": 1}


def test_a_new_attempt_makes_its_input_anew():
    retry = (model.Retrier(errors=EVERYTHING),)
    work = a_task("a", input=path("$x"), retry=retry)
    change = a_task("b", assign=an_object(x=literal("changed")))
    execution = an_execution(a_dag_flow(work, change, shares_variables=True), {"x": 1})

    execution.answer(held=execution.at("b")).fail().fire(Timer.RETRY)

    assert execution.asked()[0].payload == "changed"
