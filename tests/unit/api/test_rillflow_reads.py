"""What does it cost to look at an execution in Rill Flow's way? What is shown of it."""

from dataclasses import replace

import pytest

from chalicelib.journal.archive import Archive
from chalicelib.journal.scopes import Journal
from chalicelib.journal.values import Values
from tests.unit.api.rill_flow_stage import Flows, a_call, a_dag, into

GROUPS = 12
#: Too large for a record: each such text is an item of its own.
NOISE = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(3_000))


class Counted:
    """A table that remembers what it was asked for."""

    def __init__(self, table):
        self._table = table
        self.values, self.queries = [], []

    def get(self, key):
        if key[1].startswith("value#"):
            self.values.append(key)
        return self._table.get(key)

    def query(self, partition, **how):
        self.queries.append(partition)
        return self._table.query(partition, **how)

    def __getattr__(self, name):
        return getattr(self._table, name)


def large(given):
    return {"text": f"{given['n']}{NOISE}"}


def a_big_answer():
    rule = into("$.input.n", "$.context.n")
    return {**a_call("large"), "pattern": "task_sync", "inputMappings": rule}


@pytest.fixture
def flows():
    with Flows({"large": large}) as made:
        yield made


@pytest.fixture
def execution(flows):
    """A DAG with a task, and with groups whose tasks have large answers."""
    each = {
        "name": "each",
        "category": "foreach",
        "inputMappings": into("$.input.list", "$.context.list"),
        "iterationMapping": {"collection": "$.input.list", "item": "n"},
        "tasks": [a_big_answer()],
    }
    return flows.run(a_dag(each), {"list": list(range(GROUPS))})


@pytest.fixture
def table(flows):
    """Counts what is read from now on, by a process that remembers nothing."""
    counted = Counted(flows.stage.plain_table)
    values = Values(counted, flows.stage.plain_blobs)
    archive = Archive(counted, values, flows.stage.loop.clock)
    flows.face = replace(flows.face, archive=archive, scopes=Journal(counted, values))
    return counted


def test_the_values_of_groups_are_not_read_to_show_that_they_have_ended(
    flows, execution, table
):
    task = flows.told(execution)["tasks"]["each"]

    assert set(task["sub_group_index_to_status"].values()) == {"SUCCEED"}
    assert len(task["sub_group_index_to_status"]) == GROUPS
    assert len(table.values) < GROUPS


def test_the_values_of_a_group_are_read_to_show_them(flows, execution, table):
    found = flows.get(
        "get_by_parent", execution_id=execution, parent="each", group_index="3"
    )

    assert NOISE in str(found["ret"]["tasks"])
    assert len(table.values) >= GROUPS


def test_the_context_is_shown_without_the_history(flows, execution, table):
    flows.get("get_context", execution_id=execution)

    assert len(table.queries) == 1


def test_an_execution_that_went_well_is_told_in_brief_without_its_history(
    flows, execution, table
):
    told = flows.get("get", execution_id=execution, brief="true")["ret"]

    assert (told["dag_status"], told["process"]) == ("SUCCEED", 100)
    assert len(table.queries) == 1
