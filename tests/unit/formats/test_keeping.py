from math import inf

import pytest

from chalicelib.errors import DefinitionRefused
from chalicelib.formats import compile_definition

PROPER = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30d", 2_592_000.0), ("0s", 0.0), ("1d12h", 129_600.0), ("forever", inf)],
)
def test_a_workflow_says_how_long_its_executions_are_kept(text, seconds):
    workflow = compile_definition({**PROPER, "x-retention": text}, name="w")

    assert workflow.retention == seconds


def test_a_workflow_that_says_nothing_leaves_it_to_the_stage():
    workflow = compile_definition(PROPER, name="w")

    assert workflow.retention is None
    assert workflow.redact == ()


def test_a_workflow_says_who_is_told():
    urls = ["https://hooks.example/a"]
    workflow = compile_definition({**PROPER, "x-webhooks": urls}, name="w")

    assert workflow.webhooks == tuple(urls)


def test_a_workflow_says_what_nobody_is_shown():
    paths = ["$.card.number", "$..password", "$.people[*].name"]
    workflow = compile_definition({**PROPER, "x-redact": paths}, name="w")

    assert workflow.redact == tuple(paths)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("x-retention", "soon", "must be a duration such as"),
        ("x-retention", 30, "must be a duration such as"),
        ("x-webhooks", "https://a", "must be an array of URLs"),
        ("x-webhooks", ["ftp://a"], "must be a URL with"),
        ("x-redact", "$.card", "must be an array of paths"),
        ("x-redact", [1], "must be a path such as"),
        ("x-redact", ["card"], "must be a path: "),
        ("x-redact", ["$"], "to a place inside, without"),
        ("x-redact", ["$$.Execution"], "to a place inside, without"),
        ("x-redact", ["$.a[?(@.b)]"], "to a place inside, without"),
        ("x-redact", ["$.a[1:2]"], "to a place inside, without"),
        ("x-redact", ["$.a.length()"], "to a place inside, without"),
    ],
)
def test_a_mistake_is_refused_with_its_place(field, value, message):
    with pytest.raises(DefinitionRefused, match=message) as refused:
        compile_definition({**PROPER, field: value}, name="w")

    assert refused.value.problems[0].path.startswith(f"/{field}")


def test_mistakes_of_the_definition_are_told_with_it():
    with pytest.raises(DefinitionRefused) as refused:
        compile_definition({**PROPER, "StartAt": "No", "x-retention": 1}, name="w")

    assert len(refused.value.problems) == 2
