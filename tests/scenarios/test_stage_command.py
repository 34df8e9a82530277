"""The ``millrace`` command, as a program, against a stage by its URL."""

import json
import os
import subprocess
import sys

import pytest

from tests.scenarios.desk import ROOT, a_desk, a_flow, a_task

pytestmark = [pytest.mark.moto, pytest.mark.slow]

BROKEN = """\
StartAt: Ship
States:
  Ship:
    Type: Task
    Resourse: lambda:ship
    Resource: arn:aws:lambda:us-east-1:123456789012:function:ship
    TimeoutSeconds: soon
    End: true
"""
BROKEN_LINES = [
    "broken.yaml:5:5 /States/Ship/Resourse: unknown field 'Resourse' in a Task state; "
    "did you mean 'Resource'?",
    "broken.yaml:7:21 /States/Ship/TimeoutSeconds: must be a whole number, "
    "at least 1 and at most 99999999, not 'soon'",
]
#: Names of definitions, which are files of that name too.
DEFINITIONS = {
    "shouts": a_flow(a_task("shout")),
    "fails": a_flow(a_task("fail")),
    "waits": a_flow({"Type": "Wait", "Seconds": 600}),
    "late": {"TimeoutSeconds": 1, **a_flow({"Type": "Wait", "Seconds": 600})},
    "addressed": {
        **a_flow({"Type": "Pass"}),
        "InputSchema": {"type": "object", "required": ["to"]},
    },
}


class Said:
    """What the command printed, and how it ended."""

    def __init__(self, done):
        self.code = done.returncode
        self.lines, self.errors = done.stdout.splitlines(), done.stderr.splitlines()
        self.text = done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("definitions")
    for name, definition in DEFINITIONS.items():
        (folder / f"{name}.asl.json").write_text(json.dumps(definition))
    (folder / "broken.yaml").write_text(BROKEN)
    (folder / "input.json").write_text('{"text": "from a file"}')
    return folder


@pytest.fixture(scope="module")
def millrace(folder):
    """Runs the command, with a stage in its environment."""
    with a_desk() as desk:
        around = {
            **os.environ,
            "PYTHONPATH": str(ROOT.parent),
            "MILLRACE_URL": desk.url,
            "MILLRACE_KEY": desk.stage.key,
        }

        def run(*arguments, typed="", **environ):
            done = subprocess.run(
                [sys.executable, "-m", "chalicelib", *arguments],
                cwd=folder,
                env={**around, **environ},
                input=typed,
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )
            return Said(done)

        run("publish", *(f"{name}.asl.json" for name in DEFINITIONS))
        yield run


def test_publish_says_what_was_published_and_what_was_not(millrace):
    said = millrace("publish", "shouts.asl.json", "broken.yaml", "fails.asl.json")

    assert said.code == 1
    assert [line.split(", version")[0] for line in said.lines] == [
        "shouts.asl.json: published shouts",
        "fails.asl.json: published fails",
    ]
    assert said.errors == BROKEN_LINES


def test_validate_says_every_problem_with_its_place_and_publishes_nothing(millrace):
    said = millrace("validate", "broken.yaml", "shouts.asl.json")

    assert said.code == 1
    assert said.lines == ["shouts.asl.json: no problems"]
    assert said.errors == BROKEN_LINES
    assert millrace("start", "broken").errors == [
        "No such workflow: no workflow 'broken' is published"
    ]


def test_start_with_watch_follows_the_execution_to_its_end(millrace):
    said = millrace("start", "shouts", "--input", '{"text": "hello"}', "--watch")

    assert (said.code, said.errors) == (0, [])
    assert said.lines[0].startswith("started shouts:")
    assert "finished after" in said.text
    assert "status     SUCCEEDED" in said.lines
    assert '    "text": "HELLO"' in said.lines


@pytest.mark.parametrize(
    ("source", "typed", "expected"),
    [
        ("@input.json", "", "FROM A FILE"),
        ("-", '{"text": "typed in"}', "TYPED IN"),
    ],
)
def test_input_comes_from_a_file_or_from_standard_input(
    millrace, source, typed, expected
):
    said = millrace(
        "start", "shouts", "--input", source, "--watch", "--json", typed=typed
    )

    assert json.loads(said.text)["output"] == {"text": expected}


def test_failure_is_told_without_the_trace_of_the_function(millrace):
    said = millrace("start", "fails", "--watch")

    assert said.code == 1
    assert said.lines[1].endswith("ValueError: it is broken")
    assert "status     FAILED" in said.lines
    assert "error      ValueError: it is broken" in said.lines


def test_wait_says_until_when_and_a_timeout_has_an_exit_code_of_its_own(millrace):
    said = millrace("start", "late", "--watch")

    assert said.code == 3
    assert "waits until 2" in said.lines[1]
    assert "status     TIMED_OUT" in said.lines
    assert "error      States.Timeout" in said.lines


def test_execution_is_described_stopped_and_listed(millrace):
    started = millrace("start", "waits", "--name", "mine", "--input", '{"n": 1}')
    running = millrace("describe", "waits:mine")
    stopped = millrace("stop", "waits:mine", "--error", "Enough", "--cause", "so late")
    ended = millrace("describe", "waits:mine")
    listed = millrace("list", "--workflow", "waits", "--status", "aborted")

    assert [each.code for each in (started, running, stopped, ended)] == [0] * 4
    assert started.lines == ["waits:mine"]
    assert "status     RUNNING" in running.lines
    assert stopped.lines == ["waits:mine is ABORTED"]
    assert "error      Enough: so late" in ended.lines
    assert listed.lines[-1].startswith("ABORTED")
    assert listed.lines[-1].endswith("waits:mine")


def test_history_has_a_line_for_each_event(millrace):
    millrace("start", "shouts", "--name", "told", "--watch", "--input", '{"text": "a"}')

    said = millrace("history", "shouts:told")

    assert said.lines[0].split() == ["ID", "AT", "EVENT", "STATE"]
    assert [line.split()[3] for line in said.lines[1:]] == [
        "ExecutionStarted",
        "StateEntered",
        "TaskScheduled",
        "TaskSucceeded",
        "StateExited",
        "ExecutionSucceeded",
    ]


def test_list_without_a_match_says_so(millrace):
    assert millrace("list", "--workflow", "nowhere").lines == ["no executions"]


def test_cost_prices_an_execution(millrace):
    millrace("start", "shouts", "--name", "paid", "--watch", "--input", '{"text": "a"}')

    assert "DynamoDB write units" in millrace("cost", "shouts:paid").text


@pytest.mark.parametrize(
    ("arguments", "code", "errors"),
    [
        (
            ("describe", "shouts:nobody"),
            1,
            ["No such execution: no execution 'shouts:nobody'"],
        ),
        (
            ("start", "addressed"),
            1,
            ["The request cannot be accepted: input: 'to' is missing"],
        ),
        (
            ("start", "shouts", "--name", "a b"),
            1,
            [
                "The request cannot be accepted: name: an execution's name has 1 to "
                "128 characters, none of them a space or one of "
                '<>{}[]?*"#%\\^|~`$&,;:/'
            ],
        ),
        (
            ("start", "shouts", "--input", "{"),
            2,
            [
                "millrace: --input is not JSON: Expecting property name enclosed in "
                "double quotes at line 1, column 2"
            ],
        ),
        (
            ("publish", "missing.json"),
            2,
            ["millrace: cannot read missing.json: No such file or directory"],
        ),
        (
            ("list", "--key", "wrong.key"),
            1,
            ["An access key is required: this access key is not valid here"],
        ),
        (
            ("list", "--url", "http://127.0.0.1:1"),
            1,
            ["millrace: no stage answers at http://127.0.0.1:1: cannot connect"],
        ),
    ],
)
def test_refusal_is_one_readable_line_and_an_exit_code(
    millrace, arguments, code, errors
):
    said = millrace(*arguments)

    assert (said.code, said.lines, said.errors) == (code, [], errors)


def test_same_name_with_other_input_is_refused(millrace):
    millrace("start", "waits", "--name", "taken", "--input", '{"n": 1}')
    again = millrace("start", "waits", "--name", "taken", "--input", '{"n": 1}')
    other = millrace("start", "waits", "--name", "taken", "--input", '{"n": 2}')

    assert (again.code, again.lines) == (0, ["waits:taken"])
    assert (other.code, other.errors) == (
        1,
        [
            "The name is taken by another input: "
            "execution 'waits:taken' was started with another input"
        ],
    )


def test_word_that_is_no_verb_is_wrong_use(millrace):
    assert millrace("dance").code == 2


def test_without_a_stage_the_command_says_how_to_name_one(millrace):
    said = millrace("list", MILLRACE_URL="", MILLRACE_KEY="")

    assert said.code == 2
    assert "which stage? start one beside this with `millrace dev`" in said.errors[0]
