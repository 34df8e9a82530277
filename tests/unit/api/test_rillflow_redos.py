"""Tasks that are done anew, in Rill Flow's way."""

import pytest

from tests.unit.api.rill_flow_stage import Flows, a_call, a_dag, a_pass, into


@pytest.fixture
def mended():
    return {"is": False}


@pytest.fixture
def flows(mended):
    def pack(event):
        if not mended["is"]:
            raise ValueError("not mended")
        return {"packed": event.get("box")}

    with Flows({"pack": pack}) as made:
        yield made


PACK = a_call(
    "pack",
    inputMappings=into("$.input.box", "$.context.box"),
    outputMappings=into("$.context.packed", "$.output.packed"),
)
DAG = a_dag(a_pass(next="pack"), {**PACK, "next": "last"}, a_pass("last"))
GATE = {"category": "suspense", "conditions": ["$.input.[?(@.go == 'yes')]"]}


def statuses(flows, execution):
    told = flows.told(execution)
    found = {name: task["status"] for name, task in told["tasks"].items()}
    return told["dag_status"], found


def test_what_failed_and_all_behind_it_is_done_anew_with_the_body(flows, mended):
    execution = flows.run(DAG, {"box": 1})
    assert statuses(flows, execution)[0] == "FAILED"
    mended["is"] = True

    assert flows.post("redo", {"box": 2}, execution_id=execution) == {"result": "ok"}
    flows.stage.settle()

    told = flows.told(execution)
    assert told["dag_status"] == "SUCCEED"
    assert told["context"]["packed"] == 2
    assert len(told["tasks"]["pack"]["invoke_msg"]["invoke_time_infos"]) == 2
    assert len(told["tasks"]["note"]["invoke_msg"]["invoke_time_infos"]) == 1


def test_what_is_to_be_done_anew_has_not_started(flows):
    gate = {**GATE, "name": "gate", "next": "note"}
    gate["inputMappings"] = into("$.input.go", "$.context.go")
    execution = flows.run(a_dag(gate, a_pass()), {"go": "yes"})
    assert statuses(flows, execution)[0] == "SUCCEED"

    names = "gate,nobody, note_0-inner"
    flows.post("redo", {"go": "no"}, execution_id=execution, task_names=names)
    flows.stage.settle()

    dag, tasks = statuses(flows, execution)
    assert (dag, tasks) == ("RUNNING", {"gate": "RUNNING", "note": "NOT_STARTED"})
    assert "output" not in flows.told(execution)["tasks"]["note"]["invoke_msg"]


def test_a_redriven_flow_runs_again(flows, mended):
    execution = flows.run(DAG)
    mended["is"] = True

    workflow, _, name = execution.partition("_c_")
    flows.service.redrive(f"{workflow.replace(':', '-')}:{name}")
    assert statuses(flows, execution)[1]["pack"] == "RUNNING"
    flows.stage.settle()

    assert statuses(flows, execution)[0] == "SUCCEED"


def test_a_redriven_group_runs_again(flows, mended):
    each = {
        "name": "each",
        "category": "foreach",
        "inputMappings": into("$.input.boxes", "$.context.boxes"),
        "iterationMapping": {"collection": "$.input.boxes", "item": "box"},
        "tasks": [PACK],
    }
    execution = flows.run(a_dag(each), {"boxes": [1]})
    assert statuses(flows, execution)[0] == "FAILED"
    mended["is"] = True

    workflow, _, name = execution.partition("_c_")
    flows.service.redrive(f"{workflow.replace(':', '-')}:{name}")
    flows.stage.settle()

    assert statuses(flows, execution)[0] == "SUCCEED"
    groups = flows.told(execution)["tasks"]["each"]["sub_group_index_to_status"]
    assert groups == {"0": "SUCCEED"}


def test_many_are_redone(flows, mended):
    descriptor = flows.publish(DAG)
    runs = [flows.submit(descriptor) for _ in range(3)]
    mended["is"] = True
    what = {"service_id": ":".join(descriptor.split(":")[:2])}

    assert flows.post("multi_redo", **what, count=9, rate_limit=1) == {"result": "ok"}
    flows.stage.settle()

    assert [statuses(flows, each)[0] for each in runs] == ["SUCCEED"] * 3


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"count": 30_001}, 400),
        ({"rate_limit": 51}, 400),
        ({"type": "succeed"}, 400),
        ({"service_id": "shop:order:release"}, 422),
    ],
)
def test_what_cannot_be_redone_is_refused(flows, query, status):
    flows.publish(DAG)

    answer = flows.ask("POST", "multi_redo", **{"service_id": "shop:order", **query})

    assert answer.status_code == status


def test_an_execution_that_is_not_there_is_not_redone(flows):
    answer = flows.ask("POST", "redo", execution_id="shop:order_c_none")

    assert answer.status_code == 404
