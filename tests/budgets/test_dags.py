"""What does a task of a wide DAG use, of a thousand tasks or of fifty?"""

import gc
import time

import pytest

from chalicelib.simulation.stage import Stage
from chalicelib.values import size
from tests.budgets.spending import ORDER

MEGABYTE = 1024 * 1024


def a_task(name, following):
    task = {
        "category": "function",
        "name": name,
        "resourceName": "lambda://do",
        "pattern": "task_sync",
        "inputMappings": [{"source": "$.context.order", "target": "$.input.order"}],
        "outputMappings": [{"source": "$.output.step", "target": f"$.context.{name}"}],
    }
    return {**task, "next": ",".join(following)} if following else task


def layers(count, width):
    """Layers of ``width`` tasks, one task between two of them; ``count`` in all."""
    names = [f"task{number}" for number in range(count)]
    rows = []
    while names:
        wide = width if rows and len(rows[-1]) == 1 else 1
        rows.append(names[:wide])
        names = names[wide:]
    tasks = [
        a_task(name, following)
        for row, following in zip(rows, [*rows[1:], []], strict=True)
        for name in row
    ]
    return {"workspace": "shop", "dagName": "wide", "type": "flow", "tasks": tasks}


def step(event):
    return {"step": {"of": 1, "weight": 2.45}}


def ran(definition, given):
    """Run it; what it used of the journal, and of this process's CPU."""
    with Stage({"do": step}) as stage:
        workflow = stage.publish(definition, format="rillflow")
        gc.collect()
        began = time.process_time()
        head = stage.run(workflow, given)
        took = time.process_time() - began
        assert head.status == "SUCCEEDED"
        return head, stage.meter.bill(head.execution), took


def test_a_task_of_a_thousand_writes_what_one_of_fifty_does():
    few = ran(layers(50, 25), {"order": ORDER})[1].writes / 50
    many = ran(layers(1_000, 100), {"order": ORDER})[1].writes / 1_000

    assert many <= 1.1 * few


#: Some of it grows with what is there: 0.1 of 0.5 ms, where all runs in one thread.
GROWTH = 1.3


@pytest.mark.no_cover
def test_a_task_of_a_thousand_takes_little_longer_than_one_of_fifty():
    """As much work on both sides; the best of several, for others use the CPU too."""
    few = many = float("inf")
    for _ in range(8):
        small = [ran(layers(50, 25), {"order": ORDER})[2] for _ in range(20)]
        few = min(few, sum(small) / 1_000)
        many = min(many, ran(layers(1_000, 100), {"order": ORDER})[2] / 1_000)
        if many <= GROWTH * few:
            break

    assert many <= GROWTH * few


def test_a_context_of_five_megabytes_passes_through():
    text = "x" * MEGABYTE
    given = {f"part{number}": f"{number}{text}" for number in range(5)}
    definition = layers(6, 4)
    definition["tasks"][0]["inputMappings"] = [
        {"source": "$.context.part3", "target": "$.input.part"}
    ]

    head, bill, _ = ran(definition, {"order": ORDER, **given})

    assert size(head.output) > 5 * MEGABYTE
    assert {name: head.output[name] for name in given} == given
    assert bill.writes < 40
