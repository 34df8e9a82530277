from chalicelib.formats import compile_definition
from chalicelib.model.expressions import Call, Literal, Object, Path

A = Path(text="$.a", steps=("a",))
DONE = {"Type": "Succeed"}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:resize"
BODY = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}


def state(fields, *, following=None):
    """Compile a machine whose first state has these fields, and return the state."""
    states = {"S": fields, **(following or {})}
    return compile_definition({"StartAt": "S", "States": states}).scope.states["S"]


def test_a_parallel():
    other = {"StartAt": "J", "Comment": "x", "States": {"J": DONE}}
    fields = {"Branches": [BODY, other], "Parameters": {"x": 1}, "End": True}
    found = state({"Type": "Parallel", **fields})

    assert [branch.scope.id for branch in found.work.branches] == ["0/S/0", "0/S/1"]
    assert list(found.work.branches[1].scope.states) == ["J"]
    assert found.arguments == Literal(value={"x": 1})


def test_a_map():
    found = state(
        {
            "Type": "Map",
            "End": True,
            "ItemsPath": "$.a",
            "ItemSelector": {"x.$": "$.a"},
            "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, **BODY},
            "MaxConcurrency": 3,
            "ToleratedFailureCountPath": "$.a",
            "ToleratedFailurePercentage": 12.5,
        }
    )

    work = found.work
    assert work.scope.id == "0/S"
    assert work.items == Call(name="Field.items", arguments=(A,), text="ItemsPath")
    assert work.item_input == Object(fields=(("x", A),))
    assert work.max_concurrency == Literal(value=3)
    assert work.tolerated_count == Call(
        name="Field.count", arguments=(A,), text="ToleratedFailureCountPath"
    )
    assert work.tolerated_percentage == Literal(value=12.5)
    assert found.arguments is None


def test_a_map_as_it_was_written_before():
    work = state(
        {"Type": "Map", "End": True, "Iterator": BODY, "Parameters": {"x.$": "$.a"}}
    ).work

    assert work.item_input == Object(fields=(("x", A),))
    assert work.items.arguments == (Path(text="$"),)
    assert work.max_concurrency is None


def one(name, fields):
    return {"StartAt": name, "States": {name: fields}}


def test_a_slash_in_a_name_does_not_make_two_scopes_alike():
    body = one("I", {"Type": "Map", "ItemProcessor": one("J", DONE), "End": True})
    states = {
        "a": {"Type": "Map", "ItemProcessor": body, "Next": "a/I"},
        "a/I": {"Type": "Parallel", "Branches": [one("K", DONE)], "End": True},
    }

    workflow = compile_definition({"StartAt": "a", "States": states})

    assert list(workflow.scopes) == ["0", "0/a", "0/a/I", "0/a~1I/0"]
