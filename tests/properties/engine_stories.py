"""Scopes of random workflows that were told random things, in no sensible order.

@given(story=stories())
def test_something(story):
    for before, event, transition in story.told: ...
"""

from dataclasses import replace

from hypothesis import event as note
from hypothesis import strategies as st

from chalicelib.engine import events
from chalicelib.engine.events import Timer
from chalicelib.engine.setting import Setting
from chalicelib.engine.state import Failure, Phase
from chalicelib.engine.transitions import advance
from chalicelib.errors import TransitionError
from chalicelib.model.workflow import Mode
from tests.builders import T0, an_origin
from tests.properties.strategies import workflows

any_workflow = workflows(modes=tuple(Mode), may_fail=True, may_pause=True, depth=1)
outputs = st.sampled_from((None, 1, "text", {"n": 1}, [1, 2]))
failures = st.builds(Failure, error=st.sampled_from(("Broken", "States.Timeout", "")))
STARTED = events.ScopeStarted(at=T0, origin=an_origin(), input={"n": 1})


class Story:
    """A scope, and everything it was told."""

    def __init__(self, workflow):
        self.setting = Setting(
            workflow=workflow, mint=lambda *about: f"t{about}", transitions_per_scope=60
        )
        self.state = None
        self.told = []

    @property
    def scope(self):
        """The model of the scope."""
        return self.setting.workflow.scopes[self.state.origin.scope]

    def tell(self, event, budget=None):
        after = advance(self.setting, self.state, event, budget)
        self.told.append((self.state, event, after))
        self.state = after.state
        return after


@st.composite
def stories(draw, most=14):
    """A random workflow that was told random things, in no sensible order."""
    story = Story(draw(any_workflow))
    story.tell(STARTED, draw(st.integers(1, 8)))
    for _ in range(draw(st.integers(0, most))):
        if story.state.is_ended and draw(st.booleans()):
            break
        try:
            story.tell(draw(things(story.state)), draw(st.integers(1, 8)))
        except TransitionError:
            note("refused")
    return story


@st.composite
def things(draw, state):
    """An event that might reach a scope: most are about what it waits for."""
    at = T0 + draw(st.sampled_from((0, 1, 60, 10_000, 200_000)))
    if not state.active or draw(st.integers(0, 9)) == 0:
        return draw(about_the_scope(at, state))
    held = draw(st.sampled_from(list(state.active.values())))
    shift = draw(st.sampled_from((0, 0, 0, 0, 0, -1, 1)))
    about = {"at": at, "activation": held.id, "attempt": held.attempt + shift}
    if draw(st.integers(0, 4)) == 0:
        return draw(anything(about, held))
    return draw(st.sampled_from(LIKELY[held.phase]))(draw, about, held)


def about_the_scope(at, state):
    return st.one_of(
        st.just(replace(STARTED, at=at)),
        st.builds(
            events.TurnResumed,
            at=st.just(at),
            transitions=st.sampled_from((state.transitions, 1)),
        ),
        st.just(events.TimerFired(at=at, timer=Timer.EXECUTION)),
        st.just(events.ScopeStopped(at=at)),
    )


def anything(about, held):
    makers = {maker for likely in LIKELY.values() for maker in likely}
    return st.composite(
        lambda draw: draw(st.sampled_from(sorted(makers, key=_name)))(draw, about, held)
    )()


def _name(maker):
    return maker.__name__


def _begun(draw, about, held):
    return events.TaskBegun(**about)


def _answered(draw, about, held):
    status = draw(st.sampled_from((200, 200, 500)))
    answer = events.Answer(payload=draw(outputs), status=status)
    return events.TaskAnswered(answer=answer, **about)


def _succeeded(draw, about, held):
    return events.TaskSucceeded(output=draw(outputs), **about)


def _failed(draw, about, held):
    failure = draw(failures)
    return events.TaskFailed(error=failure.error, output=draw(outputs), **about)


def _beat(draw, about, held):
    return events.HeartbeatReceived(**about)


def _taken(draw, about, held):
    return events.TaskTaken(**about)


def _fired(draw, about, held):
    timers = {
        Phase.SLEEPING: Timer.WAIT,
        Phase.RETRYING: Timer.RETRY,
        Phase.DELAYED: Timer.DELAY,
    }
    likely = timers.get(held.phase, Timer.TIMEOUT)
    timer = draw(st.sampled_from((likely, likely, *Timer)))
    return events.TimerFired(timer=timer, **about)


def _woken(draw, about, held):
    return events.TaskWoken(at=about["at"], state=held.state, output=draw(outputs))


def _joined(draw, about, held):
    children = [draw(outputs) for _ in range(held.children)]
    failed = {0: draw(failures)} if children and draw(st.booleans()) else {}
    return events.ChildrenJoined(outputs=children, failures=failed, **about)


def _lost(draw, about, held):
    return events.ChildFailed(index=0, failure=draw(failures), **about)


LIKELY = {
    Phase.CALLED: (_answered, _failed, _begun),
    Phase.WAITING: (_succeeded, _answered, _failed, _taken, _beat, _fired, _begun),
    Phase.SLEEPING: (_fired,),
    Phase.RETRYING: (_fired, _answered),
    Phase.DELAYED: (_fired, _woken),
    Phase.GATED: (_fired, _woken),
    Phase.JOINING: (_joined, _lost),
}
