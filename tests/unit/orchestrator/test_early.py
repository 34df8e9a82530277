"""What becomes of an answer with a state's own token, whenever it comes."""

from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.errors import TokenDecided, TokenGone
from chalicelib.simulation.stage import Stage
from chalicelib.tokens import Failed, Heartbeat, Succeeded

ANN, BOB = Succeeded(output={"by": "Ann"}), Succeeded(output={"by": "Bob"})


def a_function(name, **facts):
    return {
        "name": name,
        "category": "function",
        "resourceName": f"lambda://{name}",
        "pattern": "task_sync",
        **facts,
    }


TELL = a_function(
    "tell",
    inputMappings=[{"source": "$.tasks.sign.trigger_url", "target": "$.input.url"}],
)
SIGN = a_function(
    "sign",
    pattern="task_async",
    outputMappings=[{"source": "$.output.by", "target": "$.context.by"}],
)


class Story:
    """A DAG whose task is told the URL of another; it says when something happens."""

    def __init__(self, *tasks, at=0.0):
        self.said = []
        self._at = at
        self.stage = Stage({"tell": self._tell, "slow": slow})
        dag = {"workspace": "tests", "dagName": "early", "type": "flow"}
        self.workflow = self.stage.publish({**dag, "tasks": list(tasks)})

    def _tell(self, event):
        self.token = parse_qs(urlsplit(event["url"]).query)["token"][0]
        return {}

    def report(self, after, report):
        def deed():
            try:
                self.said.append(self.stage.report(self.token, report))
            except (TokenDecided, TokenGone) as refused:
                self.said.append(type(refused))

        self.stage.later(after, deed)

    def run(self):
        with self.stage as stage:
            head = stage.run(self.workflow, {}, name="run")
            stage.settle()
            return head


def slow(event):
    return {}


slow.takes = 60.0
BEFORE = ({**TELL, "next": "slow"}, a_function("slow", next="sign"), SIGN)
AFTER = ({**TELL, "next": "sign"}, SIGN)


@pytest.mark.parametrize("tasks", [BEFORE, AFTER])
def test_first_answer_counts_the_same_is_replayed_another_is_refused(tasks):
    story = Story(*tasks)
    for after, report in ((5, ANN), (6, ANN), (7, BOB), (500, ANN), (501, BOB)):
        story.report(after, report)

    head = story.run()

    assert story.said == [
        "accepted",
        "replayed",
        TokenDecided,
        "replayed",
        TokenDecided,
    ]
    assert head.output["by"] == "Ann"


def test_failure_that_came_early_fails_the_task():
    story = Story(*BEFORE)
    story.report(5, Failed(cause="no ink"))

    head = story.run()

    assert (head.status, head.cause) == ("FAILED", "no ink")


def test_heartbeat_means_nothing_to_a_task_that_has_not_begun():
    story = Story(*BEFORE)
    story.report(5, Heartbeat())
    story.report(100, Heartbeat())
    story.report(200, ANN)

    assert story.run().status == "SUCCEEDED"
    assert story.said == [TokenGone, "accepted", "accepted"]


def test_task_that_was_passed_over_has_nobody_to_answer():
    story = Story(
        {**TELL, "next": "stop"},
        {
            "name": "stop",
            "category": "return",
            "inputMappings": [{"source": "1", "target": "$.input.x"}],
            "conditions": ["$.input.x"],
            "next": "sign",
        },
        a_function("slow"),
        SIGN,
    )
    story.report(5, ANN)
    story.report(100, ANN)

    assert story.run().status == "SUCCEEDED"
    assert story.said == [TokenGone, TokenGone]


def test_task_of_a_later_attempt_is_not_answered_at_its_state_s_url():
    again = {"maxRetryTimes": 1, "intervalInSeconds": 1}
    late = {**SIGN, "retry": again, "timeline": {"timeoutInSeconds": 50}}
    story = Story({**TELL, "next": "sign"}, late)
    story.report(70, ANN)

    assert story.run().status == "FAILED"
    assert story.said == [TokenGone]


def test_suspended_task_is_woken_at_its_url():
    gate = {
        "name": "sign",
        "category": "suspense",
        "inputMappings": [{"source": "$.context.by", "target": "$.input.by"}],
        "outputMappings": [{"source": "$.output.by", "target": "$.context.by"}],
        "conditions": ["$.input.by"],
    }
    story = Story({**TELL, "next": "sign"}, gate)
    story.report(10, Succeeded(output={}))
    story.report(20, ANN)

    head = story.run()

    assert head.status == "SUCCEEDED"
    assert head.output["by"] == "Ann"


def test_task_that_is_done_anew_is_answered_anew():
    story = Story(*AFTER)
    story.report(5, Failed(cause="no ink"))
    with story.stage as stage:
        head = stage.run(story.workflow, {}, name="run")
        assert head.status == "FAILED"

        stage.redo(head.execution, ["sign"])
        story.report(5, ANN)
        story.report(6, ANN)
        story.report(7, BOB)
        stage.settle(head.execution)
        stage.settle()

        assert stage.head(head.execution).output["by"] == "Ann"
    assert story.said == ["accepted", "accepted", "replayed", TokenDecided]


def test_answer_that_was_kept_is_not_the_answer_to_a_task_done_anew():
    story = Story(*BEFORE)
    story.report(5, Failed(cause="no ink"))
    with story.stage as stage:
        head = stage.run(story.workflow, {}, name="run")
        assert head.status == "FAILED"

        stage.redo(head.execution, ["sign"])
        story.report(9, ANN)
        stage.settle(head.execution)

        assert stage.head(head.execution).output["by"] == "Ann"
    assert story.said == ["accepted", "accepted"]
