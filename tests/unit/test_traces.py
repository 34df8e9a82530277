import pytest

from chalicelib import traces
from tests.machines import machine, parallel, task, wait, workflow
from tests.unit.orchestrator.desk import Desk

ID, SPAN = "5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad8"
PARENT = f"00-{ID}-{SPAN}-01"
XRAY = f"Root=1-5759e988-bd862e3fe1be46a994272793;Parent={SPAN};Sampled=1"


@pytest.mark.parametrize(
    ("headers", "trace"),
    [
        ({}, ""),
        ({"traceparent": PARENT}, PARENT),
        ({"traceparent": PARENT, "tracestate": "a=1,b=2"}, f"{PARENT} a=1,b=2"),
        ({"traceparent": PARENT, "tracestate": "é"}, PARENT),
        ({"traceparent": PARENT, "x-amzn-trace-id": XRAY.replace("5", "6")}, PARENT),
        ({"x-amzn-trace-id": XRAY}, PARENT),
        ({"traceparent": "<script>", "x-amzn-trace-id": XRAY}, PARENT),
        ({"traceparent": f"ff-{ID}-{SPAN}-01"}, ""),
        ({"traceparent": f"00-{'0' * 32}-{SPAN}-01"}, ""),
        ({"traceparent": f"00-{ID}-{'0' * 16}-01"}, ""),
        ({"tracestate": "a=1"}, ""),
    ],
)
def test_a_request_names_its_trace(headers, trace):
    assert traces.of_request(headers) == trace


def test_an_attempt_is_a_span_of_its_own_in_the_same_trace():
    first = traces.of_attempt(f"{PARENT} a=1", "key-1")
    second = traces.of_attempt(f"{PARENT} a=1", "key-2")

    assert first.split("-")[1] == second.split("-")[1] == ID
    assert len({first, second, PARENT}) == 3
    assert traces.of_attempt(f"{PARENT} a=1", "key-1") == first
    assert first.endswith("-01 a=1")


def test_an_execution_that_nobody_traced_has_a_trace_that_x_ray_takes():
    trace = traces.of_execution("", "orders:1", 1_767_225_600.5)

    assert traces.of_request({"traceparent": trace}) == trace
    assert traces.to_xray(trace).startswith(f"Root=1-{1_767_225_600:x}-")


def ids_of(desk):
    return {call.trace.split("-")[1] for call in desk.calls}


def test_every_task_sees_the_trace_that_the_start_was_in():
    desk = Desk(machine(task(), parallel([task()], [wait(100), task()]), task()))
    desk.orchestrator.start("workflow", {}, name="mine", trace=f"{PARENT} a=1")
    desk.handle_all()

    assert len(desk.calls) == 4
    assert ids_of(desk) == {ID}
    assert len({call.trace for call in desk.calls}) == 4
    assert all(call.trace.endswith(" a=1") for call in desk.calls)


def test_a_retry_is_another_span():
    failures = [ValueError("once")]

    def flaky(given):
        if failures:
            raise failures.pop()
        return given

    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1}]
    desk = Desk(machine(task("flaky", Retry=retry)), {"flaky": flaky})
    desk.start()
    desk.orchestrator.start("workflow", {}, name="other", trace=PARENT)
    desk.handle_all()

    spans = [call.trace for call in desk.calls if call.execution == "workflow:other"]
    assert len(spans) == len(set(spans))


def test_a_sub_workflow_is_in_the_trace_of_the_task_that_started_it():
    desk = Desk(machine(workflow("below")))
    desk.stage.publish(machine(task()), name="below")
    desk.orchestrator.start("workflow", {}, name="mine", trace=PARENT)
    desk.handle_all()

    assert desk.head.status == "SUCCEEDED"
    assert ids_of(desk) == {ID}
