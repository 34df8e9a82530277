"""Definitions with mistakes: refused with their places, and nothing is published."""

import pytest

pytestmark = [pytest.mark.moto, pytest.mark.slow]

ASL = """\
StartAt: Ship
States:
  Ship:
    Type: Task
    Resourse: lambda:ship
    Resource: arn:aws:lambda:us-east-1:123456789012:function:ship
    Next: Pay
  Rest:
    Type: Wait
    Seconds: soon
    End: true
"""
CLOUDFLOW = """\
Type: StateMachine
Name: broken
SpecVersion: v1
StartAt: Ship
States:
  - Type: Pass
    Name: Ship
    Nextt: Pay
    Next: Pay
  - Type: Wait
    Name: Rest
    Seconds: soon
    End: true
"""
RILLFLOW = """\
workspace: tests
dagName: broken
type: flow
tasks:
  - name: ship
    category: pass
    outputMapping: []
    next: pay
  - name: rest
    category: function
    resourceName: http://gateway/function/rest
    timeline: {timeoutInSeconds: soon}
"""


def refused(desk, text, name="broken", **query):
    """Return what is wrong with a definition that cannot be published."""
    answer = desk.ask("POST", "/v1/workflows", text, name=name, **query)
    assert answer.status_code == 400, answer.text
    document = answer.json()
    assert document["type"] == "urn:millrace:problem:definition-refused"
    assert desk.ask("GET", f"/v1/workflows/{name}").status_code == 404
    return document["problems"]


FOUND = {
    ASL: [
        (5, "/States/Ship/Resourse", "did you mean 'Resource'?"),
        (7, "/States/Ship/Next", "there is no state 'Pay' here"),
        (8, "/States/Rest", "nothing leads to the state 'Rest'"),
        (10, "/States/Rest/Seconds", "not 'soon'"),
    ],
    CLOUDFLOW: [
        (8, "/States/0/Nextt", "did you mean 'Next'?"),
        (9, "/States/0/Next", "there is no state 'Pay' here"),
        (12, "/States/1/Seconds", "not 'soon'"),
    ],
    RILLFLOW: [
        (7, "/tasks/0/outputMapping", "did you mean 'outputMappings'?"),
        (8, "/tasks/0/next", "next task 'pay' does not exist"),
        (9, "/tasks/1", "'pattern' is missing"),
        (12, "/tasks/1/timeline/timeoutInSeconds", "not 'soon'"),
    ],
}
LANGUAGES = pytest.mark.parametrize("text", FOUND, ids=("asl", "cloudflow", "rillflow"))


@LANGUAGES
def test_every_problem_is_said_at_once_with_its_place(desk, text):
    problems = refused(desk, text)

    places = [(each["line"], each["path"]) for each in problems]
    assert places == [found[:2] for found in FOUND[text]]
    assert all(each["column"] > 1 for each in problems)


@LANGUAGES
def test_every_problem_says_what_is_wrong(desk, text):
    said = [each["message"] for each in refused(desk, text)]

    hints = [hint for _, _, hint in FOUND[text]]
    assert [hint in message for hint, message in zip(hints, said, strict=True)] == (
        [True] * len(hints)
    )


@LANGUAGES
def test_checking_says_the_same_and_publishes_nothing(desk, text):
    answer = desk.ask("POST", "/v1/workflows/validate", text, name="broken")

    assert answer.status_code == 200
    assert answer.json() == {"valid": False, "problems": refused(desk, text)}


def test_problems_are_in_the_detail_too_for_who_reads_only_that(desk):
    answer = desk.ask("POST", "/v1/workflows", ASL, name="broken")

    assert len(answer.json()["detail"].split("\n")) == len(FOUND[ASL])


def test_circle_in_a_dag_is_refused_where_it_closes(desk):
    text = """\
workspace: tests
dagName: broken
type: flow
tasks:
  - {name: a, category: pass, next: b}
  - {name: b, category: pass, next: c}
  - {name: c, category: pass, next: b}
"""
    (found,) = refused(desk, text)

    assert (found["line"], found["path"]) == (6, "/tasks/1/next")
    assert "circle found: b->c->b" in found["message"]


def test_loop_in_a_state_machine_is_no_mistake(desk):
    text = """\
StartAt: Again
States:
  Again: {Type: Choice, Choices: [{Variable: $.n, IsPresent: true, Next: Again}],
          Default: Done}
  Done: {Type: Succeed}
"""
    assert desk.ask("POST", "/v1/workflows/validate", text).json()["valid"] is True


#: Ten, of ten, of ten … of ten: a few lines, a million values.
LEVELS = "".join(
    f"x{level}: &x{level} [{', '.join([f'*x{level - 1}'] * 10)}]\n"
    for level in range(1, 7)
)


@LANGUAGES
def test_yaml_bomb_is_refused_before_it_goes_off(desk, text):
    (found,) = refused(desk, f"x0: &x0 boom\n{LEVELS}{text}")

    assert found["line"] > 1
    assert "aliases" in found["message"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("StartAt: A\nStartAt: B\nStates: {}\n", (2, 1)),
        ('{"StartAt": "A",\n "States": {}, "StartAt": "B"}', (2, 16)),
        ("Type: StateMachine\nSpecVersion: v1\nType: StateMachine\n", (3, 1)),
        ("dagName: a\ntasks:\n  - {name: a, name: b}\n", (3, 15)),
    ],
)
def test_name_that_is_written_twice_is_refused_at_the_second(desk, text, place):
    (found,) = refused(desk, text)

    assert (found["line"], found["column"]) == place
    assert "is written twice here; keep one of them" in found["message"]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('{"StartAt": "A"', (1, 16), "this is not JSON"),
        ("StartAt: [A", (2, 1), "this is not YAML"),
        ("- StartAt\n", (1, 1), "a definition is an object"),
        ("colour: red\n", (1, 1), "no definition of a known format"),
        ("? {a: b}\n: c\n", (1, 3), "must be a text"),
        ("a: !!python/object:os.system {}\n", (1, 4), "the tag"),
        ("a: " + "[" * 100 + "]" * 100, (1, 68), "nested more than 64 levels"),
        ("a: &a [*a]\n", (1, 8), "contains itself"),
        ("a: 1\n---\nb: 2\n", (2, 1), "a second document begins"),
    ],
)
def test_text_that_is_no_definition_is_refused_with_its_place(desk, text, place, said):
    (found,) = refused(desk, text)

    assert said in found["message"]
    assert (found["line"], found["column"]) == place


def test_text_without_anything_is_refused(desk):
    (found,) = refused(desk, "  \n")

    assert found["message"] == "the text is empty; write a definition"


def test_text_that_is_too_large_is_refused(desk):
    (found,) = refused(desk, "# " + "x" * (1 << 20))

    assert "a definition may have 1048576" in found["message"]


def test_format_that_does_not_exist_is_refused(desk):
    answer = desk.ask("POST", "/v1/workflows", ASL, name="broken", format="bpmn")

    assert (answer.status_code, answer.json()["path"]) == (400, "format")
    assert "'bpmn' is not one of asl, cloudflow, rillflow" in answer.json()["detail"]


def test_definition_of_another_format_is_refused_as_the_one_it_was_called(desk):
    said = [each["message"] for each in refused(desk, RILLFLOW, format="asl")]

    assert any("'StartAt' is missing" in message for message in said)


def test_refused_definition_leaves_the_version_before_it_in_place(desk):
    good = "StartAt: A\nStates: {A: {Type: Succeed}}\n"
    first = desk.ask("POST", "/v1/workflows", good, name="kept").json()["version"]

    desk.ask("POST", "/v1/workflows", good.replace("Succeed", "Suceed"), name="kept")

    assert desk.ask("GET", "/v1/workflows/kept").json()["version"] == first
