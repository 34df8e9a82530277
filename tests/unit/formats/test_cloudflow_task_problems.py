import pytest

from tests.unit.formats.cloudflow_texts import HEAD, facts, problems

#: The first line after the head.
TASK = """\
- Type: Task
  Name: S
  Action: FC:InvokeFunction
  End: true
  Parameters: {resourceArn: acs:fc:::functions/pay}
"""


@pytest.mark.parametrize(
    ("states", "place", "pointer", "message"),
    [
        pytest.param(
            TASK.replace("  Action: FC:InvokeFunction\n", ""),
            (6, 3),
            "/States/0",
            "'Action' is missing in a Task state; add it",
            id="task without action",
        ),
        pytest.param(
            TASK.replace("FC:Invoke", "FC:Envoke"),
            (8, 11),
            "/States/0/Action",
            "there is no action 'FC:EnvokeFunction' here; "
            "did you mean 'FC:InvokeFunction'?",
            id="unknown action",
        ),
        pytest.param(
            TASK.replace("FC:InvokeFunction", "MNS:PublishMessages"),
            (8, 11),
            "/States/0/Action",
            "there is no action 'MNS:PublishMessages' here; "
            "did you mean 'MNS:PublishMessage'?",
            id="a slip in the API of a product with rows",
        ),
        pytest.param(
            TASK.replace("FC:InvokeFunction", "invoke"),
            (8, 11),
            "/States/0/Action",
            "there is no action 'invoke' here",
            id="no API at all",
        ),
        pytest.param(
            TASK + "  TaskMode: WaitForever\n",
            (11, 13),
            "/States/0/TaskMode",
            "there is no TaskMode 'WaitForever' here; known are RequestComplete",
            id="unknown mode",
        ),
        pytest.param(
            TASK + "  TaskMode: 1\n",
            (11, 13),
            "/States/0/TaskMode",
            "must be a text that is not empty, not 1",
            id="mode that is no text",
        ),
        pytest.param(
            "- {Type: Task, Name: S, End: true, Action: HTTP:Request, TaskMode: "
            "WaitForSystemCallback, Parameters: {url: 'https://example.com'}}",
            (6, 68),
            "/States/0/TaskMode",
            "HTTP:Request has no mode WaitForSystemCallback; "
            "it has RequestComplete, WaitForCustomCallback",
            id="mode that the service does not have",
        ),
        pytest.param(
            TASK.replace("resourceArn: acs:fc:::functions/pay", "body: 1"),
            (10, 15),
            "/States/0/Parameters",
            "'resourceArn' is missing in the Parameters of FC:InvokeFunction; add it",
            id="no function",
        ),
        pytest.param(
            TASK.replace("acs:fc:::functions/pay", "pay"),
            (10, 29),
            "/States/0/Parameters/resourceArn",
            "must name a function, as in acs:fc:::services/shop.LATEST/functions/pay",
            id="function that is none",
        ),
        pytest.param(
            TASK.replace("/pay}", "/pay, invocationType: sync}"),
            (10, 69),
            "/States/0/Parameters/invocationType",
            "must be one of 'Sync', 'Async', not 'sync'",
            id="unknown invocation type",
        ),
        pytest.param(
            TASK.replace("/pay}", "/pay, body: {t.$: $Context.Current.TaskToken}}"),
            (10, 65),
            "/States/0/Parameters/body/t.$",
            "the task token is there only in Parameters of a Task with "
            "'TaskMode: WaitForCustomCallback'",
            id="token without callback",
        ),
        pytest.param(
            "- {Type: Task, Name: S, End: true, Action: FNF:StartExecution, "
            "Parameters: {resourceArn: ship}}",
            (6, 90),
            "/States/0/Parameters/resourceArn",
            "must name a flow, as in acs:fnf:::flow/ship, not 'ship'",
            id="flow that is none",
        ),
        pytest.param(
            "- {Type: Task, Name: S, End: true, Action: HTTP:Request, "
            "Parameters: {url: 'https://example.com', method: FETCH}}",
            (6, 107),
            "/States/0/Parameters/method",
            "must be one of GET, POST, PATCH, PUT, DELETE, HEAD, not 'FETCH'",
            id="unknown method",
        ),
        pytest.param(
            TASK + "  Timeout: long\n",
            (11, 12),
            "/States/0/Timeout",
            "must be a number, at least 0 and at most 604800 (in seconds), not 'long'",
            id="timeout that is none",
        ),
        pytest.param(
            TASK + "  OnErrors: []\n",
            (11, 3),
            "/States/0/OnErrors",
            "this is of an older revision; write Retry and Catch",
            id="recovery of an older revision",
        ),
        pytest.param(
            TASK + "  Retry:\n  - {MaxAttempts: 1, IntervalSeconds: 1}\n",
            (12, 5),
            "/States/0/Retry/0",
            "'Errors' is missing in a rule of Retry; add it",
            id="retry without errors",
        ),
        pytest.param(
            TASK + "  Catch:\n  - {Errors: [E]}\n",
            (12, 5),
            "/States/0/Catch/0",
            "'Next' is missing in a rule of Catch; add it",
            id="catch without next",
        ),
        pytest.param(
            TASK + "  Catch:\n  - {Errors: [E], Next: X}\n",
            (12, 25),
            "/States/0/Catch/0/Next",
            "there is no state 'X' here; known are S",
            id="catch to nowhere",
        ),
        pytest.param(
            TASK + "  Catch:\n"
            "  - {Errors: [E], Next: S, OutputConstructor: {o.$: $Output}}\n",
            (12, 53),
            "/States/0/Catch/0/OutputConstructor/o.$",
            "the output is there only in OutputConstructor and GlobalConstructor",
            id="output of a failure",
        ),
        pytest.param(
            "- {Type: Pass, Name: S, End: true, OutputConstructor: {a: {b.$: 123}}}",
            (6, 65),
            "/States/0/OutputConstructor/a/b.$",
            "must be an expression such as $Input.name, not 123; remove the '.$'",
            id="marked constant",
        ),
        pytest.param(
            "- {Type: Pass, Name: S, End: true, OutputConstructor: {a.$: '\"x\"'}}",
            (6, 61),
            "/States/0/OutputConstructor/a.$",
            "this is a constant; remove the '.$' and write it as it is",
            id="constant expression",
        ),
        pytest.param(
            "- {Type: Pass, Name: S, End: true, OutputConstructor: "
            "{a: [1, {b.$: $Inptu}]}}",
            (6, 69),
            "/States/0/OutputConstructor/a/1/b.$",
            "nothing is called '$Inptu'; did you mean '$Input'? (character 1)",
            id="expression in a list",
        ),
        pytest.param(
            "- {Type: Pass, Name: S, End: true, "
            "OutputConstructor: {a: 1, a.$: $Input}}",
            (6, 62),
            "/States/0/OutputConstructor/a.$",
            "'a' is given twice, with and without '.$'",
            id="field given twice",
        ),
        pytest.param(
            "- {Type: Pass, Name: S, End: true, OutputConstructor: {.$: $Input}}",
            (6, 56),
            "/States/0/OutputConstructor/.$",
            "'.$' alone is no name; write one before it",
            id="mark without a name",
        ),
        pytest.param(
            "- {Type: Pass, Name: S, End: true, OutputConstructor: [1]}",
            (6, 55),
            "/States/0/OutputConstructor",
            "must be an object, not an array",
            id="output that is no object",
        ),
    ],
)
def test_problem_has_its_place_and_a_way_out(states, place, pointer, message):
    found = problems(HEAD + states)

    assert any(
        (line, column) == place and path == pointer and message in says
        for line, column, path, says in facts(found)
    ), facts(found)
