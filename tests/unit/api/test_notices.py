"""What nobody took is listed over REST, and sent again."""

import pytest

from chalicelib.engine.events import Answer
from chalicelib.simulation.stage import Stage
from tests.machines import machine, passes
from tests.unit.api.fake_stage import Api

ALL = "/v1/executions/workflow:run/notices"


class Receiver:
    """Refuses what it is told for good, until ``takes``."""

    takes = False

    def dispatch(self, call):
        return Answer(status=200 if self.takes else 410)

    def cancel(self, call):
        return False


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def stage(receiver):
    with Stage(dispatcher=lambda _: receiver) as stage:
        stage.publish(machine(passes(), **{"x-webhooks": ["https://hooks.example/a"]}))
        stage.start("workflow", name="run")
        stage.settle()
        yield stage


@pytest.fixture
def api(stage):
    return Api(stage.orchestrator)


def test_who_could_not_be_told_is_listed_with_the_reason(api):
    end, start = api.get(ALL).json_body["notices"]

    assert end.pop("givenUpAt").endswith("Z")
    assert end == {
        "notice": "0",
        "about": "end",
        "receiver": "https://hooks.example",
        "error": "Millrace.NoticeUndelivered",
        "cause": "it was answered with status 410",
        "tries": 1,
    }
    assert (start["notice"], start["about"]) == ("0-start", "start")


def test_a_notice_is_sent_again_and_leaves_the_list(api, stage, receiver):
    receiver.takes = True

    answer = api.post(f"{ALL}/0-start/retry")
    stage.settle()

    assert (answer.status_code, answer.json_body["notice"]) == (202, "0-start")
    assert [each["notice"] for each in api.get(ALL).json_body["notices"]] == ["0"]


@pytest.mark.parametrize("notice", ["9", "0-begin", "%23", "-1"])
def test_a_notice_that_was_not_given_up_is_not_found(api, notice):
    answer = api.post(f"{ALL}/{notice}/retry")

    assert answer.status_code == 404
    assert answer.json_body["type"] == "urn:millrace:problem:notice-not-found"


def test_an_execution_that_is_not_there_has_no_list(api):
    assert api.get("/v1/executions/workflow:other/notices").status_code == 404
    assert api.post("/v1/executions/no:run/notices/0/retry").status_code == 404


def test_sending_again_is_for_operators_and_reading_for_readers(api):
    reader = api.key("read")

    assert api.get(ALL, key=reader).status_code == 200
    assert api.post(f"{ALL}/0/retry", key=reader).status_code == 403
    assert api.post(f"{ALL}/0/retry", key=api.key("operate")).status_code == 202


def test_a_key_for_other_workflows_sees_nothing(api):
    key = api.key("admin", workflows=["other"])

    assert api.get(ALL, key=key).status_code == 403
    assert api.post(f"{ALL}/0/retry", key=key).status_code == 403
