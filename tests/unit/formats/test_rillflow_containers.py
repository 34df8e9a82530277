"""What foreach and choice become in the model."""

from chalicelib.formats import document
from chalicelib.formats.rillflow import compile_document
from chalicelib.model.expressions import (
    Condition,
    GroupContext,
    Jayway,
    Literal,
    Merge,
    Object,
    Path,
    When,
)
from chalicelib.model.workflow import Join, OnFailure


def dag(*tasks):
    value = {"workspace": "shop", "dagName": "order", "type": "flow"}
    document_ = document.of({**value, "tasks": list(tasks)})
    return compile_document(document_, name="")


def function(name):
    return {
        "name": name,
        "category": "function",
        "pattern": "task_sync",
        "resourceName": "https://shop/pay",
    }


def foreach(*tasks, **fields):
    loop = {
        "name": "each",
        "category": "foreach",
        "iterationMapping": {"collection": "$.input.items", "item": "one"},
        "tasks": list(tasks) or [{"name": "T", "category": "pass"}],
        "outputMappings": [{"source": "$.output", "target": "$.context.all"}],
    }
    return {**loop, **fields}


def choice(*pairs):
    return {
        "name": "check",
        "category": "choice",
        "choices": [{"condition": text, "tasks": [task]} for text, task in pairs],
        "outputMappings": [{"source": "$.output.x", "target": "$.context.x"}],
    }


def test_foreach_is_a_map_over_groups():
    state = dag(foreach()).scope.states["each"]

    assert state.work.items == Jayway(text="$.input.items", kind="list")
    assert state.work.item_input == GroupContext(collection=("items",), item="one")
    assert state.work.failure is OnFailure.DRAIN
    assert state.work.skip_when_empty
    assert state.work.max_concurrency is None
    assert state.work.scope.id == "0/each"
    assert state.work.scope.join is Join.ALL
    assert state.work.scope.shares_variables
    assert state.result == Object(fields=(("sub_context", Path(text="$")),))
    assert state.assign_on_failure
    assert not state.assign.skips_empty


def test_collection_behind_a_position_stays_in_the_groups_context():
    iteration = {"collection": "$.input.rows[0]", "item": "one", "index": "at"}

    work = dag(foreach(iterationMapping=iteration)).scope.states["each"].work

    assert work.item_input == GroupContext(collection=(), item="one", index="at")


def test_limit_holds_always_without_conditions():
    sync = {"maxConcurrency": 3}

    work = dag(foreach(synchronization=sync)).scope.states["each"].work

    assert work.max_concurrency == Literal(value=3)


def test_limit_with_conditions_holds_when_they_do():
    sync = {"conditions": ["$.input.slow"], "maxConcurrency": "$.input.most"}

    work = dag(foreach(synchronization=sync)).scope.states["each"].work

    assert work.max_concurrency == When(
        conditions=(Condition(text="$.input.slow"),),
        value=Jayway(text="$.input.most", kind="positive"),
    )


def test_choice_is_a_parallel_of_branches_in_the_order_of_their_conditions():
    work = dag(
        choice(
            ("$.input.b", {"name": "B", "category": "pass"}),
            ("$.input.A", {"name": "A", "category": "pass"}),
        )
    )
    state = work.scope.states["check"]

    first, second = state.work.branches
    assert first.condition == Condition(text="$.input.A")
    assert (first.scope.id, first.scope.start) == ("0/check/0", ("A",))
    assert (second.scope.id, second.scope.start) == ("0/check/1", ("B",))
    assert state.work.failure is OnFailure.DRAIN
    assert state.result == Merge()
    assert state.assign.skips_empty
    assert state.assign_on_failure


def test_broken_condition_of_a_choice_is_left_to_be_false():
    state = dag(choice(("$$$", {"name": "B", "category": "pass"})))

    assert state.scope.states["check"].work.branches[0].condition.text == "$$$"


def test_functions_know_the_groups_around_them():
    branch = choice(("$.input", function("C")))
    workflow = dag(foreach(branch, function("B")), function("A"))

    groups = {
        state.name: state.arguments.groups
        for scope in workflow.scopes.values()
        for state in scope.states.values()
        if state.arguments
    }
    assert groups == {"A": (), "B": ("each",), "C": ("each", "check_0")}
