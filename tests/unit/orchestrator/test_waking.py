"""People wake and degrade tasks: what they are told, and what becomes of it."""

import pytest

from chalicelib.errors import (
    ExecutionNotFound,
    InputRefused,
    StaleRecord,
    TaskEnded,
    TaskNotFound,
    Unavailable,
)
from chalicelib.orchestrator.turn import RACES
from chalicelib.simulation.stage import Stage

HOLD = {
    "name": "hold",
    "category": "suspense",
    "inputMappings": [{"source": "$.context.ok", "target": "$.input.ok"}],
    "outputMappings": [{"source": "$.output.ok", "target": "$.context.ok"}],
    "conditions": ["$.input.ok"],
}
LATER = {
    "name": "later",
    "category": "function",
    "resourceName": "lambda://nobody",
    "pattern": "task_async",
}
EACH = {
    "name": "each",
    "category": "foreach",
    "inputMappings": [{"source": "$.context.list", "target": "$.input.list"}],
    "iterationMapping": {"collection": "$.input.list", "item": "n"},
    "tasks": [HOLD],
}
SLOTS = {**EACH, "synchronization": {"maxConcurrency": 1}}
PICK = {
    "name": "pick",
    "category": "choice",
    "inputMappings": [{"source": "$.context.n", "target": "$.input.n"}],
    "choices": [
        {"condition": "$.input.m", "tasks": [{"name": "other", "category": "pass"}]},
        {"condition": "$.input.n", "tasks": [HOLD]},
    ],
}


class Case:
    """A DAG that has begun, or is about to."""

    def __init__(self, *tasks, given=None, settle=True, **facts):
        self.stage = Stage(**facts)
        dag = {"workspace": "demo", "dagName": "case", "type": "flow"}
        workflow = self.stage.publish({**dag, "tasks": list(tasks)}, format="rillflow")
        self.execution = self.stage.start(workflow, given or {}, name="mine")
        if settle:
            self.stage.settle()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stage.close()

    @property
    def orchestrator(self):
        return self.stage.orchestrator

    def wake(self, task="hold", data=None):
        return self.orchestrator.wake_up(self.execution, task, data)

    def degrade(self, task, *, current=True, following=False):
        what = {"current": current, "following": following}
        self.orchestrator.degrade(self.execution, task, **what)

    def loses(self, races):
        """Let somebody else commit first, so many times."""
        journal = self.orchestrator.world.journal
        commit = journal.commit
        left = [None] * races

        def late(execution, scope, before, draft):
            if left:
                left.pop()
                raise StaleRecord(scope)
            return commit(execution, scope, before, draft)

        journal.commit = late

    @property
    def status(self):
        self.stage.settle()
        return self.stage.head(self.execution).status

    @property
    def context(self):
        self.stage.settle()
        return self.stage.head(self.execution).output


def test_who_wakes_is_told_that_it_is_accepted():
    with Case(HOLD) as case:
        assert case.wake(data={"ok": 1}) == "accepted"
        assert case.context["ok"] == 1


def test_the_same_again_is_known():
    with Case(HOLD, LATER) as case:
        case.wake(data={"ok": 1})

        assert case.wake(data={"ok": 1}) == "replayed"


def test_something_else_comes_too_late():
    with Case(HOLD, LATER) as case:
        case.wake(data={"ok": 1})

        with pytest.raises(TaskEnded, match="nothing was changed"):
            case.wake(data={"ok": 2})


def test_the_same_much_later_comes_too_late():
    with Case(HOLD, LATER) as case:
        case.wake(data={"ok": 1})
        case.stage.loop.now += 1_000

        with pytest.raises(TaskEnded):
            case.wake(data={"ok": 1})


def test_an_execution_that_has_ended_is_not_woken():
    with Case(HOLD, given={"ok": 1}) as case, pytest.raises(TaskEnded):
        case.wake(data={"ok": 2})


def test_nothing_brought_too_early_is_accepted():
    with Case({**LATER, "next": "hold"}, HOLD) as case:
        assert case.wake() == "accepted"


def test_an_execution_that_has_not_begun_begins():
    with Case(HOLD, settle=False) as case:
        assert case.wake(data={"ok": 1}) == "accepted"
        assert case.status == "SUCCEEDED"


def test_a_task_of_another_kind_is_not_woken():
    with Case(LATER) as case, pytest.raises(InputRefused, match="no suspense task"):
        case.wake("later")


def test_what_is_not_there_is_not_woken():
    with Case(HOLD) as case:
        with pytest.raises(TaskNotFound, match="has no task 'hald'"):
            case.wake("hald")
        with pytest.raises(ExecutionNotFound):
            case.orchestrator.wake_up("demo-case:other", "hold")


@pytest.mark.parametrize(
    "task",
    ["each_2-hold", "each_0-hald", "hold_0-hold", "each_x-hold", "none_0-hold"],
)
def test_a_group_that_is_not_there_is_not_woken(task):
    with Case(EACH, given={"list": [1, 2]}) as case, pytest.raises(TaskNotFound):
        case.wake(task)


def test_a_group_that_has_ended_is_not_woken():
    with Case(EACH, LATER, given={"list": [1]}) as case:
        case.wake("each_0-hold", {"ok": 1})
        case.stage.settle()

        with pytest.raises(TaskEnded):
            case.wake("each_0-hold", {"ok": 2})


def test_a_group_that_does_not_exist_yet_is_not_woken():
    first = {**LATER, "next": "each"}
    with Case(first, EACH, given={"list": [1]}) as case, pytest.raises(TaskNotFound):
        case.wake("each_0-hold", {"ok": 1})


def test_a_group_of_an_execution_that_has_not_begun_is_not_woken():
    with Case(EACH, settle=False) as case, pytest.raises(TaskNotFound):
        case.wake("each_0-hold", {"ok": 1})


def test_a_group_that_has_not_begun_begins():
    with Case(EACH, given={"list": [1]}, settle=False) as case:
        case.stage.loop.step()
        case.wake("each_0-hold", {"ok": 1})

        assert case.status == "SUCCEEDED"


def test_a_group_waits_for_its_turn():
    with Case(SLOTS, given={"list": [1, 2]}) as case, pytest.raises(Unavailable):
        case.wake("each_1-hold", {"ok": 1})


def test_a_branch_has_its_own_number():
    with Case(PICK, given={"n": 1}) as case:
        with pytest.raises(TaskNotFound):
            case.wake("pick_0-hold", {"ok": 1})
        with pytest.raises(TaskNotFound):
            case.wake("pick_2-hold", {"ok": 1})
        with pytest.raises(TaskNotFound):
            case.wake("pick_0-other", {"ok": 1})

        assert case.wake("pick_1-hold", {"ok": 1}) == "accepted"
        assert case.status == "SUCCEEDED"


def test_who_loses_a_race_wakes_all_the_same():
    with Case(HOLD) as case:
        case.loses(1)

        assert case.wake(data={"ok": 1}) == "accepted"
        assert case.status == "SUCCEEDED"


def test_who_loses_every_race_is_found_in_the_inbox():
    with Case(HOLD) as case:
        case.loses(RACES + 1)

        assert case.wake(data={"ok": 1}) == "accepted"
        assert case.status == "SUCCEEDED"


def test_a_large_value_survives_the_inbox():
    with Case(HOLD) as case:
        case.loses(RACES + 1)
        case.wake(data={"ok": "x" * 5_000})

        assert case.context["ok"] == "x" * 5_000


def test_a_value_that_is_lost_in_the_inbox_brings_nothing():
    with Case(HOLD) as case:
        case.loses(RACES + 1)
        case.wake(data={"ok": "x" * 5_000})
        table = case.stage.plain_table
        (value,) = table.query(case.execution, prefix="value#")
        table.delete((value["pk"], value["sk"]))
        case.stage._processes[0] = case.stage._process()  # it remembers nothing

        assert case.status == "RUNNING"


def test_a_degrading_that_loses_every_race_is_found_in_the_inbox():
    with Case({**HOLD, "next": "end"}, {"name": "end", "category": "pass"}) as case:
        case.loses(RACES + 1)
        case.degrade("end")
        case.stage.settle()
        case.wake(data={"ok": 1})

        assert case.status == "SUCCEEDED"
        told = case.stage.history(case.execution)
        skips = [each for each in told if each["type"] == "StateSkipped"]
        assert [each["state"] for each in skips] == ["end"]


def test_the_same_degrading_again_changes_nothing():
    with Case(HOLD) as case:
        case.degrade("hold")
        case.degrade("hold")

        told = case.stage.history(case.execution)
        assert sum(each["type"] == "StateDegraded" for each in told) == 1


def test_the_same_degrading_much_later_changes_nothing_either():
    with Case(HOLD) as case:
        case.degrade("hold")
        case.stage.loop.now += 1_000
        case.degrade("hold")

        assert case.status == "RUNNING"


def test_what_has_ended_is_not_degraded():
    with Case(HOLD, given={"ok": 1}) as case, pytest.raises(TaskEnded):
        case.degrade("hold")
