"""Workflows are withdrawn while their executions run, in any weather."""

import pytest

from chalicelib.simulation.faults import Chances, Crash, Storm
from chalicelib.simulation.stage import Stage
from tests.machines import machine, wait

COUNT = 7
#: So much goes wrong that most withdrawals meet some of it.
ROUGH = Chances(crash_before=0.15, crash_after=0.15, error=0.1, twice=0.05, most=9)
SLOW, QUICK = machine(wait(900)), machine(wait(1))


def started(seed):
    stage = Stage(weather=Storm(seed, ROUGH))
    stage.publish(SLOW)
    with stage.weather.paused():
        runs = [stage.start("workflow", {}, name=f"run{each}") for each in range(COUNT)]
    return stage, runs


def withdraw(here):
    here.orchestrator.withdraw("workflow", "not wanted")


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(30))
def test_what_runs_is_stopped_and_what_comes_after_is_not(seed):
    stage, runs = started(seed)
    stage._insist(withdraw)
    stage.publish(QUICK)
    new = stage.start("workflow", {}, name="new")
    stage.settle()

    ends = {str(stage.head(each).status) for each in runs}
    head = stage.head(new)
    stage.close()

    assert ends == {"ABORTED"}
    assert head.status == "SUCCEEDED"


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(30))
def test_a_request_that_is_cut_off_stops_all_or_nothing(seed):
    stage, runs = started(seed)
    try:
        stage._in_process(withdraw)
    except (Crash, *stage.weather.FAULTS):
        pass
    with stage.weather.paused():
        is_there = stage.orchestrator.world.archive.birth("workflow") is not None
    stage.settle()

    ends = {str(stage.head(each).status) for each in runs}
    stage.close()

    assert ends == ({"SUCCEEDED"} if is_there else {"ABORTED"})
