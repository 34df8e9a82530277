"""Work that must not be done twice, when something goes wrong around it."""

import pytest

from chalicelib.model.expressions import Literal
from chalicelib.model.workflow import Mode, Scope, State, Task, Workflow
from chalicelib.simulation.faults import Crash, Fault, Plan
from chalicelib.tokens import Succeeded
from tests.unit.orchestrator.desk import Desk

LIMIT = 845.0


def a_desk(mode=Mode.REQUEST, function=lambda event: "done", **facts):
    work = Task(resource=Literal(value="lambda:once"), mode=mode, at_most_once=True)
    scope = Scope(id="0", start=("s",), states={"s": State(name="s", work=work)})
    flow = Workflow(name="workflow", format="asl", scope=scope)
    functions = {} if function is None else {"once": function}
    return Desk(flow, functions, **facts)


def crashed(desk):
    """Handle the first message until the process ends; return the message."""
    start = desk.start({})
    with pytest.raises(Crash):
        desk.handle(start)
    desk.forget()
    return start


def place_of(what, mode=Mode.REQUEST, function=lambda event: "done"):
    """The number of the first I/O of its kind after the start."""
    desk = a_desk(mode, function, weather=Plan({}))
    desk.handle(desk.start({}))
    return desk.stage.weather.places.index(what, 5)


def test_it_is_done_once_when_nothing_goes_wrong():
    desk = a_desk()

    desk.handle(desk.start({}))

    assert desk.head.output == "done"
    begins = [cause for record in desk.records() for cause in record.causes]
    assert any(cause.startswith("begin 1 1 ") for cause in begins)


def test_a_crash_before_it_is_begun_lets_it_be_begun_later():
    desk = a_desk(weather=Plan({6: Fault.CRASH_BEFORE}))
    start = crashed(desk)

    desk.handle(start, receives=2)

    assert len(desk.calls) == 1
    assert desk.head.output == "done"


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
def test_a_call_that_was_begun_and_lost_fails_when_it_must_be_over(fault):
    desk = a_desk(weather=Plan({place_of("dispatcher.dispatch"): fault}))
    start = crashed(desk)
    made = len(desk.calls)

    desk.handle(start, receives=2)
    (look,) = desk.take("call")
    assert desk.head.status == "RUNNING"
    assert look["delay"] == LIMIT
    desk.pass_time(LIMIT)
    desk.handle(look)

    assert len(desk.calls) == made
    assert desk.head.error == "Millrace.UnknownOutcome"


def test_a_copy_of_the_message_waits_for_the_one_that_is_under_way():
    def works(event):
        """While this works, a copy of its message is delivered."""
        desk.handle(desk.first, receives=2)
        return "done"

    desk = a_desk(function=works)
    desk.first = desk.start({})

    desk.handle(desk.first)
    desk.handle_all("call")

    assert len(desk.calls) == 1
    assert desk.head.output == "done"


def test_a_begin_whose_answer_was_lost_is_known_by_its_name():
    places = a_desk(weather=Plan({}))
    places.handle(places.start({}))
    begin = places.stage.weather.places.index("table.put", 6)
    desk = a_desk(weather=Plan({begin: Fault.TWICE}))

    desk.handle(desk.start({}))

    assert len(desk.calls) == 1
    assert desk.head.output == "done"


def test_a_request_that_was_made_and_noted_waits_for_its_worker():
    desk = a_desk(Mode.CALLBACK, None)
    start = desk.start({})
    desk.handle(start)

    desk.handle(start, receives=2)

    assert len(desk.calls) == 1
    assert desk.take("call") == []
    desk.stage.report(desk.calls[0].token, Succeeded(output="done"))
    desk.handle_all("carry")
    assert desk.head.output == "done"


def test_a_request_of_which_nothing_is_noted_fails_when_it_must_be_over():
    number = place_of("dispatcher.dispatch", Mode.CALLBACK, None)
    desk = a_desk(Mode.CALLBACK, None, weather=Plan({number: Fault.CRASH_AFTER}))
    start = crashed(desk)

    desk.handle(start, receives=2)
    desk.handle_all("call")

    assert len(desk.calls) == 1
    assert desk.head.error == "Millrace.UnknownOutcome"


def test_a_worker_that_is_quicker_than_the_note_is_heard():
    def eager(event):
        desk.stage.report(desk.calls[0].token, Succeeded(output="early"))

    desk = a_desk(Mode.CALLBACK, eager)

    assert desk.handle(desk.start({})) == []
    desk.handle_all("carry")

    assert desk.head.output == "early"
