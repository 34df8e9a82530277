"""Every class that a published workflow may hold survives its JSON."""

import json
from dataclasses import is_dataclass

import pytest

from chalicelib.model import expressions as nodes
from chalicelib.model import notices
from chalicelib.model import workflow as model
from chalicelib.model.codec import decode, encode

ONE = nodes.Literal(value=1)
THIS = nodes.Path(text="$")
SCOPE = model.Scope(
    id="0", start=("a",), states={"a": model.State(name="a", work=model.Pass())}
)
RULE = nodes.Mapping(source="$.context.a", target="$.input.b", strict=True)

EXPRESSIONS = [
    nodes.Literal(value={"": "Path", "deep": [{"": 1}, None, 1.5, "é"]}),
    nodes.Path(text="$x.a[0]", root="$x", steps=("a", 0), lenient=True),
    nodes.Path(text="$..a", steps=None, query="$..a"),
    nodes.Object(fields=(("a", ONE), ("", THIS))),
    nodes.Array(items=(ONE, THIS)),
    nodes.Call(name="States.Format", arguments=(ONE,), text="f", place="1"),
    nodes.Pipe(stages=(ONE, THIS)),
    nodes.Place(steps=("a", 0), base=ONE, value=THIS, text="$.a[0]"),
    nodes.Place(steps=None, base=ONE, value=THIS),
    nodes.Source(name="input"),
    nodes.Compare(operator="StringEquals", left=THIS, right=ONE),
    nodes.Is(kind="IsNull", subject=THIS, expected=False),
    nodes.And(rules=(ONE, THIS)),
    nodes.Or(rules=()),
    nodes.Not(rule=ONE),
    nodes.Operation(operator="-", left=ONE),
    nodes.Operation(operator="==", left=ONE, right=THIS),
    nodes.Jsonata(text="$.a"),
    RULE,
    nodes.Mappings(rules=(RULE,), gives="input", output="result", skips_empty=True),
    nodes.Condition(text="$.output", root="output"),
    nodes.Jayway(text="$.input.a", kind="list"),
    nodes.When(conditions=(ONE,), value=THIS),
    nodes.GroupContext(collection=("a", "b"), item="each", index="i"),
    nodes.DagContext(defaults=(("a", "1"),)),
    nodes.RillRequest(kind="http", groups=("a",), parameters=ONE),
    nodes.RillNotice(
        mappings=nodes.Mappings(rules=(), gives="input"),
        full_dag=True,
        full_context=True,
    ),
    nodes.Named(prefix="Branch"),
    nodes.Merge(),
]

JOB = model.Job(
    look="aws-sdk:a:b",
    request=ONE,
    status=THIS,
    succeeded=("DONE",),
    failed=("BAD", "WORSE"),
    result=THIS,
    codes=ONE,
    stop="aws-sdk:a:c",
    stop_request=ONE,
)

PARTS = [
    model.Retrier(
        errors=("E",), interval=0.5, max_delay=9.0, full_jitter=True, condition=ONE
    ),
    model.Catcher(errors=("E", "F"), next="a", output=ONE, assign=THIS),
    *(model.Task(resource=ONE, mode=mode, label=("a",)) for mode in model.Mode),
    model.Task(resource=ONE, success=(ONE,), failure=(THIS,), at_most_once=True),
    JOB,
    model.Task(resource=ONE, job=JOB),
    model.Pass(),
    model.Rule(condition=ONE, next=("a", "b"), final=False),
    model.Choice(rules=(model.Rule(condition=ONE, next=()),), default=()),
    model.Choice(rules=()),
    model.Wait(seconds=ONE),
    model.Wait(timestamp=THIS),
    model.Gate(conditions=(ONE,), interruptions=(THIS,), timeout=ONE),
    model.Gate(conditions=(), skips_timeout=True),
    model.Delay(until=ONE, seconds=THIS),
    model.Succeed(),
    model.Fail(error=ONE, cause=THIS),
    model.Branch(scope=SCOPE, condition=ONE),
    *(
        model.Parallel(branches=(model.Branch(scope=SCOPE),), failure=failure)
        for failure in model.OnFailure
    ),
    model.Map(
        scope=SCOPE, failure=model.OnFailure.DRAIN, tolerated_count=ONE, items=THIS
    ),
    model.Errand(resource="s3:read", arguments=ONE),
    model.Batcher(max_items=ONE, max_bytes=ONE, input=THIS),
    model.Map(
        scope=SCOPE,
        reader=model.Errand(resource="s3:read", arguments=THIS),
        batcher=model.Batcher(),
        writer=model.Errand(resource="s3:write", arguments=ONE),
        label="Each",
    ),
    model.State(name="a", work=model.Pass(), next=("b",), tolerant=True, assign=ONE),
    SCOPE,
    model.Scope(
        id="0/a",
        start=(),
        states={},
        join=model.Join.ALL,
        failure=model.OnFailure.DRAIN,
        shares_variables=True,
    ),
    model.Notice(resource=ONE, request=THIS),
    model.Workflow(name="w", format="asl", scope=SCOPE, input_schema={"": [1]}),
]


def classes(module):
    return {
        found
        for found in vars(module).values()
        if isinstance(found, type)
        and is_dataclass(found)
        and found.__module__ == module.__name__
    }


NOTICES = [notices.Notice(resource=ONE, request=THIS)]
ALL = [*EXPRESSIONS, *PARTS, *NOTICES]


@pytest.mark.parametrize("part", ALL, ids=lambda p: type(p).__name__)
def test_a_part_of_a_workflow_survives_its_text(part):
    text = json.dumps(encode(part))

    assert decode(json.loads(text)) == part


@pytest.mark.parametrize(
    ("module", "parts"),
    [(nodes, EXPRESSIONS), (model, PARTS), (notices, NOTICES)],
    ids=["nodes", "model", "notices"],
)
def test_every_class_of_the_model_is_tried(module, parts):
    assert {type(part) for part in parts} >= classes(module)


def test_words_of_the_model_come_back_as_words():
    task = decode(encode(model.Task(resource=ONE, mode=model.Mode.CALLBACK)))

    assert task.mode is model.Mode.CALLBACK
