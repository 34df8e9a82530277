"""Which task a name means whose callback URL somebody is told."""

from chalicelib.engine.callback_urls import CallbackUrls
from chalicelib.formats import compile_definition
from tests.builders import an_execution


def a_function(name, pattern="task_async"):
    return {
        "name": name,
        "category": "function",
        "resourceName": "https://x",
        "pattern": pattern,
    }


def urls(scope="0", key="r"):
    inside = [a_function("inner"), a_function("quick", "task_sync")]
    each = {
        "name": "each",
        "category": "foreach",
        "iterationMapping": {"collection": "$.input.list", "item": "one"},
        "tasks": inside,
    }
    gate = {"name": "gate", "category": "suspense", "conditions": ["$.input.x"]}
    tasks = [a_function("outer"), gate, each]
    dag = {"workspace": "shop", "dagName": "order", "type": "flow", "tasks": tasks}
    workflow = compile_definition(dag, format="rillflow")
    return CallbackUrls(
        workflow, workflow.scopes[scope], key, lambda *where: " ".join(where)
    )


def test_name_is_looked_for_in_the_scope_and_then_around_it():
    found = urls("0/each", "r.3.1-17")

    assert found["inner"] == "r.3.1-17 0/each inner"
    assert found["outer"] == "r 0 outer"
    assert found["gate"] == "r 0 gate"


def test_task_that_waits_for_nobody_has_no_url_nor_has_one_that_is_not_in_sight():
    assert urls("0/each", "r.3.1-17").get("quick") is None
    assert urls().get("inner") is None
    assert urls().get("nobody") is None


def test_names_are_those_in_sight_that_wait():
    assert list(urls()) == ["outer", "gate"]
    assert set(urls("0/each", "r.3.1-0")) == {"inner", "outer", "gate"}
    assert len(urls("0/each", "r.3.1-0")) == 3


def test_where_nobody_can_be_called_back_the_url_is_empty():
    told = {"source": "$.tasks.sign.trigger_url", "target": "$.input.url"}
    tell = {**a_function("tell"), "inputMappings": [told], "next": "sign"}
    tasks = [tell, a_function("sign")]
    dag = {"workspace": "shop", "dagName": "order", "type": "flow", "tasks": tasks}

    execution = an_execution(compile_definition(dag, format="rillflow"), {})

    assert execution.state.active[1].input["url"] == ""
