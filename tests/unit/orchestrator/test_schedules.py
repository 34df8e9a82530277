"""Schedules on a stage in memory: started once, woken again, changed, caught up."""

import json
from dataclasses import replace

import pytest

from chalicelib.engine.state import Status
from chalicelib.errors import (
    ScheduleChanged,
    ScheduleExists,
    ScheduleNotFound,
    ScheduleRefused,
    WorkflowNotFound,
)
from chalicelib.journal.schedules import Planned, Schedules
from chalicelib.orchestrator import Delivery, schedules
from chalicelib.schedules.firing import Progress
from chalicelib.schedules.schedule import Overlap, Schedule
from chalicelib.simulation.faults import Storm
from chalicelib.simulation.loop import BEGINNING
from chalicelib.simulation.stage import Stage

QUICK = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


def slow(seconds):
    wait = {"Type": "Wait", "Seconds": seconds, "End": True}
    return {"StartAt": "A", "States": {"A": wait}}


def a_schedule(when="@every 10m", ends=3600, **facts):
    return Schedule(
        workflow="job", name="s", when=when, ends_at=BEGINNING + ends, **facts
    )


def runs(stage, workflow="job"):
    """The names and statuses of a workflow's executions, in order of their names."""
    table = stage.plain_table
    heads = [
        table.get((each, "HEAD")) for each in stage.ticks.partitions() if ":" in each
    ]
    rows = {h["pk"].partition(":")[2]: h["status"] for h in heads if h}
    return dict(sorted(rows.items()))


def a_stage(definition=QUICK, **facts):
    stage = Stage(**facts)
    stage.publish(definition, name="job")
    return stage


def test_each_due_time_is_started_once_and_under_its_name():
    with a_stage() as stage:
        stage.planning.create(a_schedule(input={"at": "<schedule.due>"}))
        stage.settle()
        assert list(runs(stage)) == [
            f"s-20260101T00{minute:02}00Z" for minute in range(10, 60, 10)
        ] + ["s-20260101T010000Z"]
        head = stage.head("job:s-20260101T001000Z")
        assert head.input == {"at": "2026-01-01T00:10:00Z"}
        assert head.started_at - BEGINNING == pytest.approx(600, abs=1)


def test_hours_pass_by_the_minute_tick():
    with a_stage() as stage:
        stage.planning.create(a_schedule("0 */8 * * *", ends=86400))
        stage.settle()
        assert len(runs(stage)) == 3


def test_what_is_due_within_the_minute_is_started_on_the_second():
    with a_stage() as stage:
        stage.planning.create(a_schedule("7,20 * * * * *", ends=60))
        stage.settle()
        begun = [
            stage.head(f"job:{name}").started_at - BEGINNING for name in runs(stage)
        ]
        assert begun == [pytest.approx(7, abs=1), pytest.approx(20, abs=1)]


@pytest.mark.parametrize("seed", range(40))
def test_in_any_weather_each_due_time_has_one_execution(seed):
    with a_stage(weather=Storm(seed)) as stage:
        stage.schedule(a_schedule("*/20 * * * *", ends=7200))
        stage.settle()
        started = runs(stage)
    assert len(started) == 6
    assert set(started.values()) == {"SUCCEEDED"}


def test_one_that_runs_has_the_next_skipped():
    with a_stage(slow(900)) as stage:
        stage.planning.create(a_schedule(overlap=Overlap.SKIP))
        stage.settle()
        assert list(runs(stage)) == [
            f"s-20260101T00{minute:02}00Z" for minute in (10, 30, 50)
        ]
        assert stage.planning.get("job", "s").progress.missed == 3


def test_one_that_runs_is_stopped_for_the_next():
    with a_stage(slow(900)) as stage:
        stage.planning.create(a_schedule(overlap=Overlap.CANCEL_PREVIOUS, ends=1800))
        stage.settle()
        assert list(runs(stage).values()) == ["ABORTED", "ABORTED", "SUCCEEDED"]
        head = stage.head("job:s-20260101T001000Z")
        assert head.error == schedules.REPLACED


def test_one_waits_until_the_other_has_ended():
    with a_stage(slow(900)) as stage:
        stage.planning.create(a_schedule(overlap=Overlap.BUFFER_ONE, ends=1800))
        stage.settle()
        begun = {
            name: stage.head(f"job:{name}").started_at - BEGINNING
            for name in runs(stage)
        }
        assert [round(at) for at in begun.values()] == [600, 1500, 2400]


@pytest.mark.parametrize("seed", range(20))
def test_in_any_weather_the_one_that_waits_gets_its_turn(seed):
    with a_stage(slow(700), weather=Storm(seed)) as stage:
        every = "*/10 * * * *"
        stage.schedule(a_schedule(every, ends=1800, overlap=Overlap.BUFFER_ONE))
        stage.settle()
        assert list(runs(stage)) == [
            f"s-20260101T00{minute}00Z" for minute in (10, 20, 30)
        ]


def test_a_paused_schedule_starts_nothing_and_goes_on_from_where_it_is_resumed():
    with a_stage() as stage:
        stage.planning.create(a_schedule())
        stage.planning.pause("job", "s", is_paused=True)
        stage.later(1500, lambda: stage.planning.pause("job", "s", is_paused=False))
        stage.settle()
        assert next(iter(runs(stage))) == "s-20260101T003000Z"


def test_a_changed_schedule_forgets_its_old_times():
    with a_stage() as stage:
        stage.planning.create(a_schedule())
        stage.planning.change(a_schedule("at(2026-01-01T00:45:00)"))
        stage.settle()
        assert list(runs(stage)) == ["s-20260101T004500Z"]


def test_a_change_of_what_somebody_else_changed_is_refused():
    with a_stage() as stage:
        stage.planning.create(a_schedule())
        stage.planning.change(a_schedule("@every 5m"), revision=1)
        with pytest.raises(ScheduleChanged):
            stage.planning.change(a_schedule("@every 7m"), revision=1)


def test_a_removed_schedule_starts_nothing():
    with a_stage() as stage:
        stage.planning.create(a_schedule())
        stage.planning.remove("job", "s")
        stage.settle()
        assert runs(stage) == {}
        with pytest.raises(ScheduleNotFound):
            stage.planning.get("job", "s")


def test_the_same_schedule_again_is_the_same_and_another_is_refused():
    with a_stage() as stage:
        first = stage.planning.create(a_schedule())
        assert stage.planning.create(a_schedule()) == first
        with pytest.raises(ScheduleExists):
            stage.planning.create(a_schedule("@daily"))


def test_what_cannot_be_is_refused_at_once():
    with a_stage() as stage:
        with pytest.raises(ScheduleRefused):
            stage.planning.create(a_schedule("0 0 30 2 *"))
        with pytest.raises(WorkflowNotFound):
            stage.planning.create(replace(a_schedule(), workflow="nobody"))


def test_a_past_range_is_filled_but_not_twice():
    with a_stage() as stage:
        stage.planning.create(a_schedule("at(2026-01-01T00:59:00)"))
        stage.planning.change(a_schedule("@every 1m", ends=86400))
        stage.planning.pause("job", "s", is_paused=True)
        stage.planning.backfill("job", "s", BEGINNING - 6000, BEGINNING)
        stage.settle()
        assert len(runs(stage)) == 1  # intervals begin with the schedule


def test_a_past_range_of_a_cron_is_filled_in_batches():
    with a_stage() as stage:
        stage.planning.create(a_schedule("* * * * *", ends=86400))
        stage.planning.pause("job", "s", is_paused=True)
        for _ in range(2):
            stage.planning.backfill("job", "s", BEGINNING - 7200, BEGINNING - 60)
        stage.settle()
        assert len(runs(stage)) == 120


def test_a_workflow_that_is_gone_is_told_and_the_schedule_goes_on():
    with a_stage() as stage:
        stage.planning.create(a_schedule(ends=1200))
        stage.plain_table.delete(("workflow#job", "CURRENT"))
        stage.settle()
        planned = stage.planning.get("job", "s")
        assert planned.error == "no workflow 'job' is published"
        assert planned.progress.done_until == BEGINNING + 1200


def test_a_workflow_that_is_withdrawn_has_no_schedules():
    with a_stage() as stage:
        stage.planning.create(a_schedule())
        stage.orchestrator.world.archive.withdraw("job")
        assert stage.planning.list() == []


def test_a_file_has_exactly_its_schedules():
    with Stage() as stage:
        both = [{"name": "a", "when": "@daily"}, {"name": "b", "when": "@hourly"}]
        stage.publish(QUICK | {"x-schedules": both}, name="job")
        stage.planning.create(replace(a_schedule(), name="mine"))
        stage.planning.pause("job", "a", is_paused=True)
        changed = [{"name": "a", "when": "@monthly"}]
        stage.publish(QUICK | {"x-schedules": changed}, name="job")
        found = {
            each.schedule.name: each.schedule for each in stage.planning.list("job")
        }
        assert sorted(found) == ["a", "mine"]
        assert (found["a"].when, found["a"].is_paused) == ("@monthly", True)
        stage.publish(QUICK | {"x-schedules": changed}, name="job")
        taken = [{"name": "mine", "when": "@monthly"}]
        with pytest.raises(ScheduleExists):
            stage.publish(QUICK | {"x-schedules": taken}, name="job")


def test_a_message_that_was_lost_is_noticed_within_the_hour():
    with a_stage() as stage:
        schedule = a_schedule("@every 20m", ends=86400)
        progress = Progress(created_at=BEGINNING - 3600, done_until=BEGINNING - 3600)
        kept = Schedules(stage.plain_table)
        kept.add(Planned(schedule=schedule, progress=progress))
        assert stage.planning.wake_forgotten() == 1
        stage.planning.pause("job", "s", is_paused=True)
        assert stage.planning.wake_forgotten() == 0


def test_a_message_that_failed_every_time_is_tried_again():
    with a_stage() as stage:
        planned = stage.planning.create(a_schedule())
        message = schedules.due(planned, BEGINNING + 600)
        stage.orchestrator.bury(
            [Delivery(id="1", body=json.dumps(message.body), receives=5)]
        )
        filling = schedules.backfill(planned.schedule, 0.0, 1.0)
        stage.orchestrator.bury(
            [Delivery(id="2", body=json.dumps(filling.body), receives=5)]
        )
        stage.settle()
        assert len(runs(stage)) == 6


def test_a_message_of_another_revision_or_of_nothing_does_nothing():
    with a_stage() as stage:
        planned = stage.planning.create(a_schedule())
        old = schedules.due(replace(planned, revision=7), BEGINNING)
        gone = replace(planned.schedule, name="gone")
        lost = schedules.due(replace(planned, schedule=gone), BEGINNING)
        filling = schedules.backfill(gone, 0.0, 1.0)
        bodies = [json.dumps(each.body) for each in (old, lost, filling)]
        deliveries = [Delivery(id=str(n), body=b) for n, b in enumerate(bodies)]
        assert stage.orchestrator.handle(deliveries, BEGINNING + 900) == []
        assert runs(stage) == {}


def test_an_execution_that_is_gone_does_not_hold_its_schedule():
    with a_stage(slow(900)) as stage:
        stage.planning.create(a_schedule(overlap=Overlap.CANCEL_PREVIOUS, ends=1800))
        execution = "job:s-20260101T001000Z"
        stage.later(900, lambda: stage.plain_table.delete((execution, "HEAD")))
        stage.settle()
        assert stage.head("job:s-20260101T003000Z").status is Status.SUCCEEDED
