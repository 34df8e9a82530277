import pytest

from chalicelib.model import workflow as model
from chalicelib.model.expressions import Literal, Named, Object, Path
from tests.unit.formats.cloudflow_texts import compiled, path, the_state

INPUT = Path(text="$Input", root="$Input")


def test_parallel_names_the_outputs_of_its_branches():
    state = the_state("""
        Type: Parallel
        Branches:
          - {StartAt: A, States: [{Type: Pass, Name: A, End: true}]}
          - {StartAt: A, States: [{Type: Pass, Name: A, End: true}]}
    """)

    only = model.State(name="A", work=model.Pass())
    assert state.result == Named(prefix="Branch")
    assert state.work == model.Parallel(
        branches=tuple(
            model.Branch(
                scope=model.Scope(id=f"0/S/{n}", start=("A",), states={"A": only})
            )
            for n in (0, 1)
        )
    )


PROCESSOR = "Processor: {StartAt: A, States: [{Type: Pass, Name: A, End: true}]}"


def test_map_runs_forty_at_once_and_collects_items():
    state = the_state(f"{{Type: Map, ItemsPath: $Input.list, {PROCESSOR}}}")

    only = model.State(name="A", work=model.Pass())
    assert state.result == Object(fields=(("Items", Path(text="$")),))
    assert state.work == model.Map(
        scope=model.Scope(id="0/S", start=("A",), states={"A": only}),
        items=path("$Input.list"),
        max_concurrency=Literal(value=40),
    )


@pytest.mark.parametrize("spelling", ["MaxConcuccency", "MaxConcurrency"])
def test_both_spellings_of_the_concurrency_are_read(spelling):
    state = the_state(f"{{Type: Map, ItemsPath: $Input.l, {spelling}: 3, {PROCESSOR}}}")

    assert state.work.max_concurrency == Literal(value=3)


def test_map_of_distributed_mode_shapes_items_and_tolerates_failures():
    state = the_state("""
        Type: Map
        ItemsPath: $Context.Execution.Input.orders
        ItemConstructor: {one.$: $Item.x, all.$: $Input}
        ToleratedFailureCount: 1
        ToleratedFailurePercentage: 12.5
        Processor:
          ProcessorConfig: {ExecutionMode: Express}
          StartAt: A
          States: [{Type: Pass, Name: A, End: true}]
    """)

    assert state.work.items == path("$Context.Execution.Input.orders")
    assert state.work.item_input == Object(
        fields=(("one", path("$Item.x")), ("all", INPUT))
    )
    assert state.work.tolerated_count == Literal(value=1)
    assert state.work.tolerated_percentage == Literal(value=12.5)


def test_scopes_have_unique_ids_whatever_the_names_are():
    branch = {"StartAt": "P", "States": [{"Type": "Pass", "Name": "P", "End": True}]}
    workflow = compiled(
        {"Name": "a", "Type": "Parallel", "Branches": [branch], "Next": "a/0"},
        {"Name": "a/0", "Type": "Parallel", "Branches": [branch], "End": True},
    )

    assert [*workflow.scopes] == ["0", "0/a/0", "0/a~10/0"]
