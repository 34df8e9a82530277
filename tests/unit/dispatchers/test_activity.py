"""How a task reaches a worker that asks for work."""

import pytest

from chalicelib.dispatchers.activity import ActivityDispatcher
from chalicelib.dispatchers.seams import no_workers
from chalicelib.engine.events import Answer
from chalicelib.errors import PayloadTooLarge
from chalicelib.model.error_names import Kind


def test_a_task_waits_under_the_name_of_its_activity(a_call):
    waiting = []
    dispatcher = ActivityDispatcher(lambda activity, call: waiting.append(activity))

    assert dispatcher.dispatch(a_call(resource="activity:pack")) == Answer(payload={})
    assert waiting == ["pack"]


def too_large(activity, call):
    raise PayloadTooLarge("the input", 2, 1)


@pytest.mark.parametrize(
    ("wait", "kind"), [(too_large, Kind.TOO_LARGE), (no_workers, Kind.NOT_FOUND)]
)
def test_a_task_that_cannot_wait_fails(a_call, wait, kind):
    outcome = ActivityDispatcher(wait).dispatch(a_call(resource="activity:pack"))

    assert outcome.kind is kind


def test_a_worker_is_not_called_back(a_call):
    assert ActivityDispatcher(no_workers).cancel(a_call()) is False
