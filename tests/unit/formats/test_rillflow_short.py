"""The short way to write mappings."""

from chalicelib.formats import document
from chalicelib.formats.rillflow import compile_document

FUNCTION = {
    "category": "function",
    "pattern": "task_sync",
    "resourceName": "https://shop/pay",
}


def task(name, **fields):
    return {"name": name, **FUNCTION, **fields}


def states(*tasks, **fields):
    value = {"workspace": "shop", "dagName": "order", "type": "flow", **fields}
    source = document.of({**value, "tasks": list(tasks)})
    return compile_document(source, name="").scope.states


def pairs(program):
    return [(rule.source, rule.target) for rule in program.rules]


def test_input_becomes_rules_behind_those_that_are_there():
    found = states(
        task(
            "pay",
            inputMappings=[{"source": "1", "target": "$.input.a"}],
            input={
                "body.b": "two",
                "c": 3,
                "d": {"source": "$.context.d", "tolerance": False},
                "e": None,
                "f": "$.context.[",
            },
        )
    )

    assert pairs(found["pay"].input) == [
        ("1", "$.input.a"),
        ("two", "$.input.body.b"),
        ("3", "$.input.c"),
        ("$.context.d", "$.input.d"),
        ("$.context.[", "$.input.f"),
    ]
    assert [rule.strict for rule in found["pay"].input.rules][3] is True


def test_answer_of_another_task_goes_through_the_context():
    found = states(
        task("quote", next="pay"),
        task("pay", input={"amount": "$.quote.lines[0]['net.sum']"}),
    )

    assert pairs(found["pay"].input) == [
        ("$.context.quote.lines[0]['net.sum']", "$.input.amount")
    ]
    assert pairs(found["quote"].assign) == [
        (
            "$.output['lines'][0]['net.sum']",
            "$.context['quote']['lines'][0]['net.sum']",
        )
    ]


def test_place_is_kept_once_and_forks_are_kept_whole():
    found = states(
        task(
            "quote",
            outputMappings=[{"source": "$.output.id", "target": "$.context.quote.id"}],
        ),
        task(
            "pay",
            input={
                "id": "$.quote.id",
                "names": "$.quote.lines[*].name",
                "again": "$.quote.lines[*].price",
                "all": "$.quote",
            },
        ),
    )

    assert pairs(found["quote"].assign) == [
        ("$.output.id", "$.context.quote.id"),
        ("$.output['lines']", "$.context['quote']['lines']"),
        ("$.output", "$.context['quote']"),
    ]


def test_context_is_no_task_and_other_names_are_none_either():
    found = states(
        task("context"), task("pay", input={"a": "$.context.a", "b": "$.gone.b"})
    )

    assert pairs(found["pay"].input) == [
        ("$.context.a", "$.input.a"),
        ("$.gone.b", "$.input.b"),
    ]
    assert found["context"].assign is None


def test_inner_levels_have_short_forms_of_their_own():
    inner = [task("cut"), task("glue", input={"part": "$.cut.part"})]
    loop = {
        "name": "each",
        "category": "foreach",
        "iterationMapping": {"collection": "$.input.l", "item": "one"},
        "tasks": [
            {
                "name": "check",
                "category": "choice",
                "choices": [{"condition": "$.input", "tasks": inner}],
            }
        ],
    }

    check = states(loop)["each"].work.scope.states["check"]
    inside = check.work.branches[0].scope.states

    assert pairs(inside["cut"].assign) == [
        ("$.output['part']", "$.context['cut']['part']")
    ]


def test_output_is_made_by_a_last_task():
    found = states(
        task("quote", next="pay"),
        task("pay"),
        task("log"),
        output={"paid.id": "$.pay.id", "size": {"source": "$.quote.size"}},
    )

    assert found["endTask"].next == ()
    assert found["quote"].next == ("pay", "endTask")
    assert found["pay"].next == ("endTask",)
    assert found["log"].next == ()
    assert pairs(found["endTask"].input) == [
        ("$.context.pay.id", "$.input.paid.id"),
        ("$.context.quote.size", "$.input.size"),
    ]
    assert pairs(found["endTask"].assign) == [
        ("$.output.paid.id", "$.context.paid.id"),
        ("$.output.size", "$.context.size"),
    ]


def test_output_of_the_context_alone_comes_last():
    found = states(
        task("quote", next="pay"), task("pay"), output={"all": "$.context.x"}
    )

    assert found["quote"].next == ("pay",)
    assert found["pay"].next == ("endTask",)


def test_apostrophe_in_a_name_is_escaped():
    found = states(task("quote"), task("pay", input={"a": '$.quote["it\'s"]'}))

    assert pairs(found["quote"].assign)[0][0] == "$.output['it\\'s']"
