"""What is refused, with the place and the way out."""

import pytest

from chalicelib.errors import DefinitionRefused
from chalicelib.formats import document
from chalicelib.formats.rillflow import compile_document

HEAD = "workspace: shop\ndagName: order\ntype: flow\n"


def problems(text):
    with pytest.raises(DefinitionRefused) as refused:
        compile_document(document.read(text, file="order.yaml"), name="")
    return [str(problem) for problem in refused.value.problems]


def task_problems(*tasks):
    lines = "".join(f"  - {{{task}}}\n" for task in tasks)
    return problems(f"{HEAD}tasks:\n{lines}")


def test_every_problem_is_told_at_once_with_its_place():
    assert problems(
        "workspace: my-shop\n"
        "dagName: order\n"
        "type: flow\n"
        "tasks:\n"
        "  - name: order\n"
        "    category: pass\n"
        "    next: ship\n"
        "  - name: pay\n"
        "    category: paying\n"
    ) == [
        "order.yaml:1:12 /workspace: workspace is invalid: 'my-shop'; "
        "use up to 100 letters and digits",
        "order.yaml:5:11 /tasks/0/name: task name duplicated: 'order' is at dagName "
        "already; names are unique over all levels",
        "order.yaml:7:11 /tasks/0/next: next task 'ship' does not exist on this "
        "level; known are order, pay",
        "order.yaml:9:15 /tasks/1/category: category must be one of function, "
        "foreach, choice, switch, return, suspense, pass, not 'paying'",
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[1]", 30402),
        (HEAD + "tasks: {}", 30405),
        ("type: job", 30408),
        (
            HEAD.replace("type: flow", "type: job")
            + "tasks: [{name: A, category: pass}]",
            30403,
        ),
        (HEAD, 30405),
        (HEAD + "tasks: []", 30405),
        (HEAD + "tasks: [{name: A, category: pass, next: A}]", 30406),
        (
            HEAD
            + "tasks: [{name: A, category: pass, inputMappings: [{reference: x}]}]",
            30406,
        ),
        (HEAD + "tasks: [{name: order, category: pass}]", 30407),
        (HEAD + "tasks: [{name: a_b, category: pass}]", 30408),
        (HEAD + "tasks: [{name: A, category: paying}]", 30402),
        (
            HEAD + "tasks: [{name: A, category: function, resourceName: 'http://x'}]",
            30410,
        ),
        (HEAD + "tasks: [{name: A, category: foreach}]", 30411),
        (HEAD + "tasks: [{name: A, category: choice}]", 30412),
        (HEAD + "tasks: [{name: A, category: pass, next: B}]", 30413),
    ],
)
def test_a_problem_has_the_number_that_rill_flow_knows_it_by(text, code):
    with pytest.raises(DefinitionRefused) as refused:
        compile_document(document.read(text), name="")

    assert code in [problem.code for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "must be an object, not an array"),
        ("type: flow", "dagName is missing or empty"),
        ("type: flow", "workspace is missing or empty"),
        (HEAD, "'tasks' is missing in a DAG; add it"),
        (HEAD + "tasks: []", "must have at least 1 element"),
        (HEAD + "tasks: [1]", "must be an object, not 1"),
        ("type: resource", "type resource is not supported yet"),
        ("tasks: []", "type must be flow, not null"),
        (HEAD + "callback: {resourceNam: 'http://x'}", "did you mean 'resourceName'"),
        (HEAD + "resources: [{name: x}]", "has no protocol; write https://"),
        (HEAD + "defaultContext: {a: [1]}", "a must be a text; write objects"),
        (HEAD + "defaultContxt: {}", "did you mean 'defaultContext'?"),
        (HEAD + "timer: {timeoutInSeconds: soon}", "a whole number of seconds above 0"),
        (HEAD + "timeline: {timeoutInSeconds: 0}", "a path $.context.…, not '0'"),
        (HEAD + "commonMapping: {a: {}}", "must be an array, not an object"),
        (HEAD + "commonMapping: {a: [{reference: b}]}", "no common mapping 'b'"),
        (HEAD + "output: {a: [1]}", "must be a text, not an array"),
        (
            HEAD + "output: {a: b}\ntasks: [{name: endTask, category: pass}]",
            "endTask is the task that output makes",
        ),
    ],
)
def test_dag_that_is_refused(text, message):
    assert any(message in problem for problem in problems(text))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("category: pass", "name is missing or empty"),
        ("name: my_task, category: pass", "name is invalid: 'my_task'"),
        ("name: A", "category must be one of"),
        ("name: A, category: suspense", "'conditions' is missing in a suspense task"),
        (
            "name: A, category: suspense, conditions: [$$$], interruptions: []",
            "this is no path",
        ),
        (
            "name: A, category: suspense, conditions: [], interruptions: [n == 4]",
            "this is no path",
        ),
        ("name: A, category: answer", "answer is not supported"),
        ("name: A, category: pass, nexxt: B", "did you mean 'next'?"),
        ("name: A, category: pass, input_mappings: []", "did you mean 'inputMappings'"),
        ("name: A, category: pass, next: [B]", "must be a text, not an array"),
        ("name: A, category: pass, next: A", "circle found: A->A; a DAG has no"),
        ("name: A, category: pass, tolerance: 5", "must be true or false, not 5"),
        (
            "name: A, category: pass, timeline: {suspenseTimestamp: soon}",
            "suspenseTimestamp must be a whole number of milliseconds since 1970, or a "
            "path $.input.…, not 'soon'",
        ),
        (
            "name: A, category: pass, timeline: {suspenseIntervalSeconds: -1}",
            "suspenseIntervalSeconds must be a whole number of seconds",
        ),
        ("name: A, category: pass, degrade: {curent: true}", "did you mean 'current'?"),
        (
            "name: A, category: pass, outputMappings: "
            "[{transform: '1 +', target: $.x, tolerance: false}]",
            "transform is no Aviator: expected a value, found the end at line 1, "
            "column 4 of the script",
        ),
        (
            "name: A, category: pass, inputMappings: "
            "[{source: $.tasks.A.trigger_url?a=1, target: $.input.x}]",
            "task 'A' waits for nobody's answer, so it has no trigger_url",
        ),
        (
            "name: A, category: pass, input: {x: $.tasks.Aa.trigger_url}",
            "$.tasks.Aa: there is no such task",
        ),
        (
            "name: A, category: pass, outputMappings: [{reference: some}]",
            "there is no common mapping 'some'",
        ),
        (
            "name: A, category: pass, inputMappings: "
            "[{source: '$.x[', target: $.input.x, tolerance: false}]",
            "this is no path",
        ),
        (
            "name: A, category: pass, inputMappings: "
            "[{source: x, target: '$.input.[', tolerance: false}]",
            "this is no path",
        ),
        ("name: A, category: pass, input: {x: [1]}", "must be a text, not an array"),
        (
            "name: A, category: pass, "
            "input: {x: {transform: 'lenght(1)', tolerance: false}}",
            "transform is no Aviator: there is no function 'lenght'",
        ),
        ("name: A, category: return", "'conditions' is missing in a return task"),
        ("name: A, category: return, conditions: [5 == 6]", "this is no path"),
        ("name: A, category: return, conditions: ['']", "a text that is not empty"),
        ("name: A, category: switch", "'switches' is missing in a switch task"),
        ("name: A, category: switch, switches: [1]", "must be an object"),
        (
            "name: A, category: switch, switches: [{condition: default}]",
            "'next' is missing in a switch",
        ),
        (
            "name: A, category: switch, switches: [{condition: default, next: B}]",
            "/tasks/0/switches: next task 'B' does not exist",
        ),
        ("name: A, category: choice", "'choices' is missing in a choice task"),
        (
            "name: A, category: choice, choices: [{tasks: [1]}]",
            "'condition' is missing",
        ),
        (
            "name: A, category: choice, choices: [{condition: $.input}]",
            "'tasks' is missing in a choice",
        ),
        (
            "name: A, category: choice, timeline: {timeoutInSeconds: 5}, choices: []",
            "must have at least 1 element",
        ),
        ("name: A, category: foreach", "'iterationMapping' is missing"),
        (
            "name: A, category: foreach, iterationMapping: {item: i}",
            "'collection' is missing in iterationMapping",
        ),
        (
            "name: A, category: foreach, "
            "iterationMapping: {item: i, collection: $.context.x}",
            "collection must be a path that begins with $.input.",
        ),
        (
            "name: A, category: foreach, "
            "iterationMapping: {item: i, collection: '$.input.['}",
            "collection must be a path that begins with $.input.",
        ),
        (
            "name: A, category: foreach, synchronization: {maxConcurrency: many}",
            "maxConcurrency must be a whole number above 0",
        ),
        (
            "name: A, category: foreach, synchronization: {conditions: ['$$']}",
            "this is no path",
        ),
    ],
)
def test_task_that_is_refused(fields, message):
    assert any(message in problem for problem in task_problems(fields))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("resourceName: 'http://x'", "'pattern' is missing in a function task"),
        ("pattern: task_snyc", "did you mean 'task_sync'?"),
        ("pattern: later", "use task_sync, task_async"),
        ("pattern: task_sync", "resourceName is missing in a function task"),
        ("resource: {x: 1}, pattern: task_sync", "has no protocol; write https://"),
        ("resourceName: resize, pattern: task_sync", "has no protocol"),
        (
            "resourceName: resize, resourceProtocol: http, pattern: task_sync",
            "is no URL",
        ),
        ("resourceName: 'rillflow://x', pattern: flow_sync", "names no flow"),
        ("resourceName: 'rillflow://x:y:o-d', pattern: flow_sync", "is no version"),
        ("resourceName: 'rillflow://x:y', pattern: task_sync", "pattern flow_sync or"),
        ("resourceName: 'http://x', pattern: flow_sync", "flow_sync calls a flow"),
        ("requestType: fetch, pattern: task_sync", "'fetch' is not known"),
        ("successConditions: [x y], pattern: task_sync", "this is no path"),
        ("failConditions: $.output, pattern: task_sync", "must be an array"),
        ("retry: {maxRetryTimes: often}, pattern: task_sync", "a whole number"),
        ("retry: {conditions: ['$$']}, pattern: task_sync", "this is no path"),
        ("timeline: {timeoutInSeconds: '$.['}, pattern: task_sync", "this is no path"),
        ("timeline: {timeoutInSeconds: 1.5}, pattern: task_sync", "not '1.5'"),
    ],
)
def test_function_that_is_refused(fields, message):
    found = task_problems(f"name: A, category: function, {fields}")

    assert any(message in problem for problem in found)


def test_blank_after_a_comma_belongs_to_no_name():
    found = task_problems(
        "name: A, category: pass, next: 'B, C'",
        "name: B, category: pass",
        "name: C, category: pass",
    )

    assert found == [
        "order.yaml:5:37 /tasks/0/next: next task ' C' does not exist on this level; "
        "write names with a comma and no blank between them"
    ]


def test_circle_is_shown_from_where_it_begins():
    found = task_problems(
        "name: A, category: pass, next: B",
        "name: B, category: pass, next: 'C,D'",
        "name: C, category: pass, next: D",
        "name: D, category: pass, next: B",
    )

    assert [problem.split(": ", 1)[1] for problem in found] == [
        "circle found: B->C->D->B; a DAG has no circles; remove one next"
    ]


def test_names_and_next_of_inner_levels_are_checked():
    inner = "{name: B, category: pass, next: A}, {name: B, category: pass}"
    loop = "iterationMapping: {collection: $.input.x, item: i}"
    found = task_problems(f"name: A, category: foreach, {loop}, tasks: [{inner}]")

    assert [problem.split(": ", 1)[1].split(";")[0] for problem in found] == [
        "next task 'A' does not exist on this level",
        "task name duplicated: 'B' is at tasks/0/tasks/0/name already",
    ]


def test_levels_are_at_most_three():
    tasks = "{name: D, category: pass}"
    for name in "CBA":
        tasks = (
            f"{{name: {name}, category: choice, "
            f"choices: [{{condition: $.input, tasks: [{tasks}]}}]}}"
        )
    found = problems(f"{HEAD}tasks: [{tasks}]")

    assert len(found) == 1
    assert "nested more than 3 levels deep: A->B->C" in found[0]


def test_long_chain_is_no_circle():
    names = [f"T{number}" for number in range(3_000)]
    tasks = "".join(
        f"  - {{name: {name}, category: pass, next: {after}}}\n"
        for name, after in zip(names, [*names[1:], ""], strict=True)
    )

    text = f"{HEAD}tasks:\n{tasks}"

    assert len(compile_document(document.read(text), name="").scope.states) == 3_000


def test_fields_that_are_like_no_other_are_notes():
    text = f"{HEAD}color: red\ntasks: [{{name: A, category: pass, owner: me}}]"

    assert compile_document(document.read(text), name="").scope.start == ("A",)
