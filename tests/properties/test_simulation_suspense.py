"""People wake and degrade tasks while everything goes wrong: each run ends alike.

``trial.run(Storm(17))`` is one run again; ``trial.every_fault()`` has each fault
at each I/O, one at a time.
"""

import logging
from contextlib import suppress

import pytest

from chalicelib.errors import TaskEnded, TaskNotFound
from chalicelib.simulation.faults import Chances
from chalicelib.simulation.trial import Trial

#: Everything goes wrong, and messages are late by seconds, not by minutes.
HEAVY = Chances(
    crash_before=0.05,
    crash_after=0.05,
    error=0.05,
    lost_answer=0.05,
    twice=0.05,
    interleave=0.6,
    duplicate=0.3,
    late=0.4,
    lateness=20.0,
    most=25,
)
DAG = {"workspace": "demo", "dagName": "case", "type": "flow"}
HOLD = {
    "name": "hold",
    "category": "suspense",
    "inputMappings": [
        {"source": "$.context.paid", "target": "$.input.paid"},
        {"source": "$.context.packed", "target": "$.input.packed"},
    ],
    "outputMappings": [
        {"source": "$.output.paid", "target": "$.context.paid"},
        {"source": "$.output.packed", "target": "$.context.packed"},
    ],
    "conditions": ["$.input.paid", "$.input.packed"],
}


pytestmark = pytest.mark.no_cover


@pytest.fixture(autouse=True, scope="module")
def quiet():
    """Thousands of faults are logged, each as it should be; nobody reads that."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def work(event):
    return {"done": True, "given": event}


def slow(event):
    return {"done": True}


slow.takes = 15.0
FUNCTIONS = {"work": work, "slow": slow, "never": None}


def function(name, resource="work", pattern="task_sync", **facts):
    called = {"resourceName": f"lambda://{resource}", "pattern": pattern}
    return {"name": name, "category": "function", **called, **facts}


def say(stage, execution, verb, task, what):
    for _ in range(200):
        try:
            with suppress(TaskEnded):
                if verb == "wake":
                    stage.wake_up(execution, task, what)
                else:
                    stage.degrade(execution, task, **what)
            return
        except TaskNotFound:  # its group has not begun
            stage.loop.pause(5.0)


def a_trial(*tasks, deeds=(), given=None, **facts):
    def meddle(stage, execution):
        for after, *about in deeds:
            stage.later(after, lambda about=about: say(stage, execution, *about))

    functions = {name: each for name, each in FUNCTIONS.items() if each}
    return Trial(
        {**DAG, "tasks": list(tasks)},
        given or {},
        functions=functions,
        meddle=meddle,
        format="rillflow",
        **facts,
    )


BOTH = ((3, "wake", "hold", {"paid": 1}), (6, "wake", "hold", {"packed": 2}))
AFTER = function(
    "after", inputMappings=[{"source": "$.context.packed", "target": "$.input.n"}]
)
GROUPS = {
    "name": "each",
    "category": "foreach",
    "inputMappings": [{"source": "$.context.list", "target": "$.input.list"}],
    "iterationMapping": {"collection": "$.input.list", "item": "n"},
    "tasks": [HOLD],
    "outputMappings": [
        {"source": "$.output.sub_context[*].packed", "target": "$.context.packed"}
    ],
}
IN_GROUPS = tuple(
    (after, "wake", f"each_{index}-hold", {"paid": 1, "packed": index})
    for after, index in ((0, 1), (2, 0), (4, 2))
)

ALIKE = {
    "woken twice": a_trial({**HOLD, "next": "after"}, AFTER, deeds=BOTH),
    "woken before it begins": a_trial(
        function("first", "slow", "task_async", next="hold"),
        {**HOLD, "next": "after"},
        AFTER,
        deeds=BOTH,
    ),
    "woken before anything began": a_trial(
        function("first", next="hold"),
        {**HOLD, "next": "after"},
        AFTER,
        deeds=((0, "wake", "hold", {"paid": 1, "packed": 2}),),
    ),
    "woken beside an answer": a_trial(
        function("beside", "slow", "task_async", next="after"),
        {**HOLD, "next": "after"},
        AFTER,
        deeds=((3, "wake", "hold", {"paid": 1}), (15, "wake", "hold", {"packed": 2})),
    ),
    "woken in groups": a_trial(GROUPS, deeds=IN_GROUPS, given={"list": [1, 2, 3]}),
    "nobody wakes it": a_trial(
        {**HOLD, "timeline": {"timeoutInSeconds": 40}}, function("beside")
    ),
    "skipped in the end": a_trial(
        {
            **HOLD,
            "tolerance": True,
            "timeline": {"timeoutInSeconds": 40, "skipOnTimeout": True},
            "next": "after",
        },
        AFTER,
    ),
    "begins late": a_trial(
        function("a", timeline={"suspenseIntervalSeconds": 1200}, next="b"),
        function("b", "slow", "task_async", timeline={"suspenseIntervalSeconds": 30}),
    ),
    "begins late and is woken meanwhile": a_trial(
        {**HOLD, "timeline": {"suspenseIntervalSeconds": 60}, "next": "after"},
        AFTER,
        deeds=BOTH,
    ),
    "groups out of time": a_trial(
        {**GROUPS, "timeline": {"timeoutInSeconds": 50}, "outputMappings": []},
        function("beside"),
        given={"list": [1, 2, 3]},
    ),
    "groups in slots out of time": a_trial(
        {
            **GROUPS,
            "timeline": {"timeoutInSeconds": 50},
            "synchronization": {"maxConcurrency": 2},
        },
        given={"list": [1, 2, 3, 4, 5]},
    ),
    "degraded before it begins": a_trial(
        function("first", "slow", "task_async", next="left"),
        function("left", next="after"),
        function("after"),
        deeds=((2, "degrade", "left", {"current": True, "following": True}),),
    ),
    "a reader beside its writer": a_trial(
        function("writer", "slow", "task_async", outputType="stream", next="reader"),
        function("reader", inputType="stream", next="after"),
        AFTER,
    ),
}
#: What happens at the same time may come in any order; each has two right ends.
RACES = {
    "woken beside its timeout": a_trial(
        {**HOLD, "timeline": {"timeoutInSeconds": 20}, "next": "after"},
        AFTER,
        deeds=((19, "wake", "hold", {"paid": 1}), (20, "wake", "hold", {"packed": 2})),
        has_one_end=False,
    ),
    "woken beside the timeout of its groups": a_trial(
        {**GROUPS, "timeline": {"timeoutInSeconds": 4}},
        deeds=IN_GROUPS,
        given={"list": [1, 2, 3]},
        has_one_end=False,
    ),
    "degraded beside its end": a_trial(
        function("first", "slow", "task_async", next="a,b"),
        function("a", next="c"),
        function("b", next="c"),
        function("c"),
        deeds=(
            (15, "degrade", "first", {"current": False, "following": True}),
            (15, "degrade", "b", {"current": True, "following": False}),
            (16, "degrade", "first", {"current": False, "following": False}),
        ),
        has_one_end=False,
    ),
}


def assert_none(report):
    assert not report.failed, f"\n{report}"


@pytest.mark.parametrize("name", ALIKE)
def test_a_story_ends_alike_after_every_fault(name):
    assert_none(ALIKE[name].every_fault())


@pytest.mark.parametrize("name", ALIKE)
def test_a_story_ends_alike_in_any_storm(name):
    assert_none(ALIKE[name].storms(range(15)))


@pytest.mark.parametrize("name", [*ALIKE, *RACES])
def test_a_story_keeps_the_invariants_in_a_heavy_storm(name):
    trial = {**ALIKE, **RACES}[name]
    assert_none(trial.storms(range(15), HEAVY))


@pytest.mark.parametrize("name", RACES)
def test_a_race_keeps_the_invariants_after_every_fault(name):
    assert_none(RACES[name].every_fault())
