"""What is kept of an execution after its end, and for how long."""

import pytest

from chalicelib.dispatchers.activity import ActivityDispatcher
from chalicelib.errors import ExecutionExists, ExecutionNotFound, ExecutionRunning
from chalicelib.journal.activities import Activities, Activity
from chalicelib.journal.archive import Archive
from chalicelib.journal.keeping import GRACE, MARKED
from chalicelib.orchestrator import sweeping
from chalicelib.ports import Limits
from tests.machines import callback, each, machine, parallel, task, wait
from tests.unit.orchestrator.desk import EXECUTION, Desk

DAY = 86_400.0
NOISE = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(400_000))


def a_desk(*states, given=None, retention=DAY, **facts):
    desk = Desk(machine(*states), limits=Limits(retention=retention), **facts)
    desk.orchestrator.start("workflow", given, name="mine")
    desk.handle_all()
    return desk


def sweep(desk):
    desk.orchestrator.begin_sweep()
    desk.handle_all("sweep", "remove")


def seen(desk):
    """What faces see."""
    world = desk.orchestrator.world
    return Archive(
        desk.stage.plain_table, world.journal.values, world.clock, hides=True
    )


def items(desk):
    """Every item that belongs to the execution."""
    table = desk.stage.plain_table
    mine = [p for p in desk.stage.ticks.partitions() if p.startswith(EXECUTION)]
    return [item for partition in mine for item in table.query(partition)]


def test_an_execution_is_seen_for_as_long_as_it_is_kept():
    desk = a_desk(task())
    desk.pass_time(DAY - 1)

    assert seen(desk).head(EXECUTION).status == "SUCCEEDED"
    assert len(seen(desk).heads("workflow")[0]) == 1


def test_then_it_is_gone_at_once_although_its_items_are_not():
    desk = a_desk(task())
    desk.pass_time(DAY)

    with pytest.raises(ExecutionNotFound):
        seen(desk).head(EXECUTION)
    assert seen(desk).heads("workflow") == ([], None)
    assert len(items(desk)) > 1


def test_and_a_sweep_removes_all_of_it_but_a_mark():
    desk = a_desk(task(), each(task()), given=[1, 2, 3])
    desk.pass_time(DAY + GRACE)
    sweep(desk)

    (mark,) = items(desk)
    assert mark["status"] == "REMOVED"
    assert seen(desk).heads("workflow") == ([], None)


def test_the_mark_goes_a_day_later_with_what_came_late():
    desk = a_desk(each(each(task())), given=[[1], *[[]] * 249])
    desk.pass_time(DAY + GRACE)
    sweep(desk)
    for partition in (EXECUTION, f"{EXECUTION}/2"):
        desk.stage.plain_table.put({"pk": partition, "sk": "join#late"})
    desk.pass_time(MARKED)
    sweep(desk)

    assert items(desk) == []
    assert desk.orchestrator.start("workflow", [], name="mine").status == "RUNNING"


def test_what_is_not_due_stays():
    desk = a_desk(task())
    desk.pass_time(DAY + GRACE - 1)
    before = items(desk)
    sweep(desk)

    assert items(desk) == before


def test_what_runs_is_never_removed():
    desk = a_desk(callback(), retention=0.0)
    desk.pass_time(400 * DAY)
    sweep(desk)

    assert desk.head.status == "RUNNING"


def test_by_default_executions_are_kept_for_ever():
    desk = a_desk(task(), retention=float("inf"))
    desk.pass_time(100 * 365 * DAY)
    sweep(desk)

    assert seen(desk).head(EXECUTION).status == "SUCCEEDED"


def test_a_workflow_says_how_long_its_executions_are_kept():
    desk = Desk(machine(task(), **{"x-retention": "0s"}))
    desk.orchestrator.start("workflow", {}, name="mine")
    desk.handle_all()

    with pytest.raises(ExecutionNotFound):
        seen(desk).head(EXECUTION)


def test_children_in_other_partitions_are_removed():
    desk = a_desk(each(each(task())), given=[[1], *[[]] * 249])
    partitions = {item["pk"] for item in items(desk)}
    desk.pass_time(DAY + GRACE)
    sweep(desk)

    assert len(partitions) == 3
    assert len(items(desk)) == 1


def test_groups_of_slots_in_other_partitions_are_removed():
    desk = a_desk(each(task(), limit=130), given=list(range(140)))
    groups = [item for item in items(desk) if "#slots" in item["sk"]]
    desk.pass_time(DAY + GRACE)
    sweep(desk)

    assert [item["pk"] for item in groups] == [EXECUTION, f"{EXECUTION}/1"]
    assert len(items(desk)) == 1


def test_large_values_are_removed():
    desk = a_desk(task(), given={"noise": NOISE})
    desk.pass_time(DAY + GRACE)
    assert desk.stage.plain_blobs._contents
    sweep(desk)

    assert not desk.stage.plain_blobs._contents


def test_a_withdrawn_workflow_is_swept():
    desk = a_desk(task())
    desk.orchestrator.world.archive.withdraw("workflow")
    desk.pass_time(DAY + GRACE)
    sweep(desk)

    assert len(items(desk)) == 1


def test_a_sweep_that_has_no_time_goes_on_by_message():
    desk = a_desk(task())
    desk.pass_time(DAY + GRACE)
    desk.orchestrator.begin_sweep()
    (message,) = desk.take("sweep")
    desk.handle(message, left=sweeping.RESERVE - 1)
    assert len(items(desk)) > 1
    desk.handle_all("sweep")

    assert len(items(desk)) == 1


def test_a_removal_that_has_no_time_goes_on_by_message():
    desk = a_desk(task())
    desk.orchestrator.delete(EXECUTION)
    desk.pass_time(GRACE + 1)
    (message,) = desk.take("remove")
    desk.handle(message, left=sweeping.RESERVE - 1)
    assert len(items(desk)) > 1
    desk.handle_all("remove")

    assert len(items(desk)) == 1


def test_many_are_removed_page_by_page(monkeypatch):
    monkeypatch.setattr(sweeping, "PAGE", 2)
    desk = a_desk(task(), retention=0.0)
    for number in range(5):
        desk.orchestrator.start("workflow", {}, name=f"n{number}")
    desk.handle_all()
    desk.pass_time(GRACE)
    sweep(desk)

    assert desk.orchestrator.world.archive.heads("workflow") == ([], None)


# -- deleting one ------------------------------------------------------------------


def test_a_deleted_execution_is_gone_at_once_and_removed_later():
    desk = a_desk(task(), retention=float("inf"))
    desk.orchestrator.delete(EXECUTION)
    with pytest.raises(ExecutionNotFound):
        seen(desk).head(EXECUTION)
    desk.handle_all("remove")

    assert len(items(desk)) == 1


def test_what_runs_is_not_deleted():
    desk = a_desk(callback())

    with pytest.raises(ExecutionRunning):
        desk.orchestrator.delete(EXECUTION)


def test_what_is_not_there_is_not_deleted():
    desk = a_desk(task())

    with pytest.raises(ExecutionNotFound):
        desk.orchestrator.delete("workflow:other")


@pytest.mark.parametrize("is_removed", [False, True])
def test_the_name_of_a_deleted_execution_is_not_free(is_removed):
    desk = a_desk(task(), given={})
    desk.orchestrator.delete(EXECUTION)
    if is_removed:
        desk.handle_all("remove")

    with pytest.raises(ExecutionExists, match="was deleted"):
        desk.orchestrator.start("workflow", {}, name="mine")


def test_a_start_that_comes_again_after_that_begins_nothing():
    desk = Desk(machine(wait(5), task()))
    start = desk.start({})
    desk.handle(start)
    desk.handle_all()
    calls = len(desk.calls)
    desk.orchestrator.delete(EXECUTION)
    desk.handle_all("remove")
    desk.forget()
    desk.handle(start, receives=2)
    desk.handle_all()

    assert len(desk.calls) == calls
    assert len(items(desk)) == 1


def test_a_start_that_waited_for_long_begins_what_is_there():
    desk = Desk(machine(task()))
    delivery = desk.delivery(desk.start({}))
    desk.pass_time(2 * GRACE)
    desk.orchestrator.handle([delivery], desk.stage.loop.now + 900)
    desk.handle_all()

    assert desk.head.status == "SUCCEEDED"


def everything(desk):
    """Every key of the table, whomever it belongs to."""
    table = desk.stage.plain_table
    partitions = desk.stage.ticks.partitions()
    items = [item for partition in partitions for item in table.query(partition)]
    return {(item["pk"], item["sk"]) for item in items}


class WithActivities:
    """Leaves tasks of the activity ``hands`` to workers, who never come."""

    def __init__(self, stage):
        kept = Activities(stage.plain_table, stage.loop.clock)
        kept.create(Activity(name="hands"))
        self._own, self._left = stage._own_dispatcher(), ActivityDispatcher(kept.add)

    def dispatch(self, call):
        is_left = call.resource.startswith("activity:")
        return (self._left if is_left else self._own).dispatch(call)

    def cancel(self, call):
        return False


def hands():
    resource = "arn:aws:states:us-east-1:123456789012:activity:hands"
    return {"Type": "Task", "Resource": resource, "TimeoutSeconds": 10 * int(DAY)}


def test_nothing_of_a_deleted_execution_is_in_the_table_but_its_mark():
    waits = machine(
        task("large"),
        parallel(
            [wait(365 * int(DAY))],
            [callback(TimeoutSeconds=7 * int(DAY))],
            [hands()],
            [each(task(), limit=2, ItemsPath="$$.Execution.Input")],
            [each(task(), ItemsPath="$$.Execution.Input")],
        ),
    )
    desk = Desk(waits, dispatcher=WithActivities)
    before = everything(desk)
    desk.orchestrator.start("workflow", list(range(150)), name="mine")
    while found := [each for each in desk.sent if each["delay"] < 60]:
        desk.sent.remove(found[0])
        desk.handle(found[0])
    desk.sent.clear()
    held = {partition for partition, _ in everything(desk) - before}
    assert {"activity#hands", EXECUTION, f"{EXECUTION}/1"} < held
    assert sum(each.startswith("timer#") for each in held) == 3

    desk.orchestrator.stop(EXECUTION)
    desk.handle_all("stop", "end", "cancel")
    desk.orchestrator.delete(EXECUTION)
    desk.handle_all("remove")

    assert everything(desk) - before == {(EXECUTION, "HEAD")}


def test_tasks_of_others_wait_on_beside_those_of_a_deleted_execution():
    desk = Desk(machine(hands()), dispatcher=WithActivities)
    for name in ("mine", "theirs"):
        desk.orchestrator.start("workflow", {}, name=name)
        for message in desk.take("start"):
            desk.handle(message)
    desk.orchestrator.stop(EXECUTION)
    desk.orchestrator.delete(EXECUTION)
    desk.handle_all("remove")

    (waiting,) = desk.stage.plain_table.query("activity#hands")
    assert waiting["execution"] == "workflow:theirs"
