"""An execution that ended goes on when somebody asks for it, and only once."""

import pytest

from chalicelib.errors import InputRefused, NotRedrivable, TokenGone
from chalicelib.orchestrator import redriving
from chalicelib.simulation.stage import Stage
from chalicelib.tokens import Succeeded
from tests.machines import callback, machine, task, wait, workflow

RUN = "workflow:one"
DAG = """
workspace: shop
dagName: orders
alias: release
type: flow
tasks:
  - {name: ask, category: function, resourceName: "lambda://ask",
     pattern: task_async, next: tell, outputMappings:
       [{source: $.output.answer, target: $.context.answer}]}
  - {name: tell, category: function, resourceName: "lambda://tell",
     pattern: task_sync, inputMappings:
       [{source: $.context.whom, target: $.input.whom}]}
"""


class Frail:
    """A function that fails until it is mended, and who was told what."""

    def __init__(self):
        self.is_mended = False
        self.heard = []

    def __call__(self, event):
        self.heard.append(event)
        if not self.is_mended:
            raise ValueError("not mended")
        return "mended"


@pytest.fixture
def frail():
    return Frail()


@pytest.fixture
def stage(frail):
    functions = {"frail": frail, "tell": frail, "echo": lambda event: event}
    with Stage(functions) as made:
        yield made


def ended(stage, definition, value=None, **facts):
    name = stage.publish(definition, **facts)
    return stage.run(name, value, name="one")


def ask(stage, execution=RUN, token=""):
    return stage.orchestrator.redrive(execution, token=token)


# -- redrive ----------------------------------------------------------------------


def test_of_two_redrives_one_wins_and_the_other_is_told_why(stage):
    ended(stage, machine(task("frail")))

    assert ask(stage, token="mine").redrives == 1
    with pytest.raises(NotRedrivable, match="Execution is RUNNING"):
        ask(stage, token="yours")
    assert ask(stage, token="mine").redrives == 1


def test_a_redrive_that_lost_the_race_for_the_record_is_told_why(stage):
    ended(stage, machine(task("frail")))
    first, second = (process.orchestrator.world for process in stage._processes[:1] * 2)
    turn, head = redriving._look(first, RUN)
    event = redriving.events.ScopeRedriven(at=turn.now, number=1, input=None)
    ask(stage, token="mine")

    assert not redriving._revive(turn, head, event, 1, "yours")
    with pytest.raises(NotRedrivable):
        redriving.redrive(second, RUN, "yours")


def test_one_that_succeeded_is_not_redriven(stage):
    ended(stage, machine(task("echo")))

    with pytest.raises(NotRedrivable, match="Execution is SUCCEEDED"):
        ask(stage)


def test_an_end_of_before_the_redrive_does_not_end_it(stage):
    stage.publish(machine(task("frail")))
    head = stage.run("workflow", name="one")
    ask(stage)

    archive = stage._processes[0].archive
    assert archive.end(head) is False
    assert archive.redrive(head, 1, 0.0) is False
    assert stage.head(RUN).status == "RUNNING"


def test_an_execution_that_was_stopped_before_it_began_begins(stage, frail):
    frail.is_mended = True
    stage.publish(machine(task("frail")))
    stage.start("workflow", {"n": 1}, name="one")
    stage.stop(RUN)

    ask(stage)
    stage.settle(RUN)

    assert stage.head(RUN).output == "mended"


def test_who_crashed_between_record_and_head_is_finished_by_the_watchdog(stage, frail):
    ended(stage, machine(task("frail")))
    frail.is_mended = True
    world = stage.orchestrator.world
    turn, head = redriving._look(world, RUN)
    event = redriving.events.ScopeRedriven(at=turn.now, number=1, input=None)
    assert redriving._revive(turn, head, event, 1, "")
    assert stage.head(RUN).status == "FAILED"

    stage.loop.run(lambda: stage.head(RUN).status == "SUCCEEDED", 100)

    assert stage.head(RUN).redrives == 1


def test_a_watchdog_of_a_redrive_that_never_was_finds_nothing_to_do(stage):
    ended(stage, machine(task("frail")))
    world = stage.orchestrator.world
    turn, _ = redriving._look(world, RUN)
    turn.send([redriving.watching.first_look(world, RUN, 1)])

    stage.loop.run(lambda: False, 50)

    assert (stage.head(RUN).status, stage.head(RUN).redrives) == ("FAILED", 0)


def test_a_worker_of_the_old_attempt_is_told_that_it_is_gone(stage):
    tokens = []
    stage.functions["later"] = lambda event: tokens.append(event["token"])
    stage.functions["later"].takes = 10_000.0
    stage.publish(machine(callback(TimeoutSeconds=60)))
    stage.run("workflow", name="one")
    ask(stage)

    calls = stage.dispatcher.calls
    with pytest.raises(TokenGone):
        stage.report(calls[0].token, Succeeded(output="late"))


def test_a_journal_of_an_earlier_release_is_not_redriven(stage):
    ended(stage, machine(task("frail")))
    world = stage.orchestrator.world
    turn, _ = redriving._look(world, RUN)
    turn.state = redriving.ScopeState(origin=turn.state.origin, transitions=1)

    assert not redriving._has_way_on(turn, turn.state)


# -- sub-workflows --------------------------------------------------------------------


def test_a_redriven_child_does_not_answer_its_parent_twice(stage, frail):
    stage.publish(machine(task("frail")), name="below")
    head = ended(stage, machine(workflow("below"), task("echo")))
    assert head.status == "FAILED"
    frail.is_mended = True
    (child,) = {c.execution for c in stage.dispatcher.calls if "below" in c.execution}

    ask(stage, child)
    stage.settle(child)
    stage.settle()

    assert stage.head(child).status == "SUCCEEDED"
    assert stage.head(RUN) == head


def test_a_parent_that_was_not_told_yet_hears_of_the_redriven_child(stage, frail):
    stage.publish(machine(task("frail")), name="below")
    stage.publish(machine(workflow("below")))
    stage.start("workflow", name="one")
    stage.loop.run(lambda: any(_failed(stage)), stage.most_deeds)
    (child,) = _failed(stage)
    frail.is_mended = True

    ask(stage, child)
    stage.settle(RUN)

    assert stage.head(RUN).output == {"below": "mended"}


def _failed(stage):
    """The executions of ``below`` whose end is written, and told to nobody so far."""
    found = {c.execution for c in stage.dispatcher.calls if "below" in c.execution}
    return [each for each in found if stage.head(each).status == "FAILED"]


def test_a_redriven_parent_starts_a_child_of_its_own(stage, frail):
    stage.publish(machine(task("frail")), name="below")
    ended(stage, machine(workflow("below")))
    frail.is_mended = True

    ask(stage)
    stage.settle(RUN)

    assert stage.head(RUN).output == {"below": "mended"}
    assert (
        len({c.execution for c in stage.dispatcher.calls if "below" in c.execution})
        == 2
    )


# -- redo ----------------------------------------------------------------------


@pytest.fixture
def dag(stage):
    stage.functions["ask"] = lambda event: {"answer": 42}
    stage.functions["ask"].takes = 5.0
    name = stage.publish(DAG, format="rillflow", name="orders")
    stage.run(name, {"whom": "Ada"}, name="one")
    return f"{name}:one"


def redo(stage, execution, *tasks, **context):
    return stage.orchestrator.redo(execution, tasks, context)


def test_a_redo_knows_what_is_merged_into_the_context(stage, dag, frail):
    assert stage.head(dag).status == "FAILED"
    frail.is_mended = True

    assert redo(stage, dag, whom="Grace").status == "RUNNING"
    stage.settle(dag)

    context = stage.head(dag).output
    assert (context["whom"], context["answer"]) == ("Grace", 42)
    assert frail.heard[-1]["whom"] == "Grace"


def test_a_redo_of_a_success_does_a_task_and_all_behind_it_anew(stage, dag, frail):
    frail.is_mended = True
    redo(stage, dag)
    stage.settle(dag)
    asked = len(stage.dispatcher.calls)

    assert redo(stage, dag).redrives == 1
    assert redo(stage, dag, "ask").redrives == 2
    stage.settle(dag)

    assert stage.head(dag).status == "SUCCEEDED"
    assert len(stage.dispatcher.calls) == asked + 2


def test_the_worker_of_a_task_that_is_done_anew_is_told_that_it_is_gone(stage):
    name = stage.publish(DAG, format="rillflow", name="orders")
    execution = stage.start(name, {}, name="one")
    stage.loop.run(lambda: bool(stage.dispatcher.calls), 50)
    (call,) = stage.dispatcher.calls

    assert redo(stage, execution, "ask").status == "RUNNING"

    with pytest.raises(TokenGone):
        stage.report(call.token, Succeeded(output={"answer": 1}))
    stage.loop.run(lambda: len(stage.dispatcher.calls) > 1, 50)
    assert stage.dispatcher.calls[-1].token != call.token


def test_a_redo_of_what_has_not_begun_does_nothing(stage):
    name = stage.publish(DAG, format="rillflow", name="orders")
    execution = stage.start(name, {}, name="one")

    assert redo(stage, execution, "ask").status == "RUNNING"


def test_a_redo_passes_over_tasks_that_are_not_there(stage, dag):
    assert redo(stage, dag, "nobody").status == "FAILED"
    assert redo(stage, dag, "nobody", "ask").status == "RUNNING"


def test_a_redo_of_a_running_execution_is_done_once_for_each_token(stage):
    name = stage.publish(DAG, format="rillflow", name="orders")
    execution = stage.start(name, {}, name="one")
    stage.loop.run(lambda: bool(stage.dispatcher.calls), 50)

    for token in ("mine", "mine", "yours"):
        stage.orchestrator.redo(execution, ["ask"], {}, token=token)
    stage.settle(execution)

    asked = [each for each in stage.history(execution) if each.get("state") == "ask"]
    assert [each["type"] for each in asked].count("StateEntered") == 3


def test_only_a_dag_is_redone(stage):
    ended(stage, machine(wait(1), task("frail")))

    with pytest.raises(InputRefused, match="redo is for DAGs"):
        redo(stage, RUN)


def test_a_redo_finds_an_end_that_is_not_written_yet(stage, frail):
    stage.functions["ask"] = lambda event: {"answer": 42}
    name = stage.publish(DAG, format="rillflow", name="orders")
    execution = stage.start(name, {"whom": "Ada"}, name="one")
    stage.settle(execution)
    item = stage.plain_table.get((execution, "HEAD"))
    stage.plain_table.put({**item, "status": "RUNNING", "stopped_at": None})
    frail.is_mended = True

    redo(stage, execution)
    stage.settle(execution)

    assert stage.head(execution).status == "SUCCEEDED"
    assert stage.head(execution).output["answer"] == 42
