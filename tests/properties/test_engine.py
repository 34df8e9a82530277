"""What holds for any workflow, any state it gets into, and any event it hears."""

import copy
from dataclasses import replace

from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.engine import events, owed
from chalicelib.engine.addressing import addressed
from chalicelib.engine.commands import StartChildren
from chalicelib.engine.diagram import LEADS_TO, SCOPE, decision
from chalicelib.engine.events import Timer
from chalicelib.engine.state import ENDED, Phase, Status
from chalicelib.engine.transitions import TRANSITIONS, advance
from chalicelib.errors import TransitionError
from chalicelib.model.workflow import Join
from tests.builders import T0
from tests.properties.engine_stories import stories, things

#: Few each time, for every run tries others.
often = settings(max_examples=40)

# -- the laws ------------------------------------------------------------------


@often
@given(story=stories(), data=st.data())
def test_any_event_either_advances_or_is_refused(story, data):
    event = data.draw(things(story.state))
    row = (addressed(story.state, event).phase, type(event))

    try:
        after = story.tell(event)
    except TransitionError:
        assert row not in TRANSITIONS
    else:
        assert row in TRANSITIONS
        assert after.state is story.state


@often
@given(story=stories())
def test_what_was_heard_once_changes_nothing_when_it_comes_again(story):
    said = [event for _, event, after in story.told if after.commands or after.history]
    state = story.state

    for event in said:
        try:
            again = advance(story.setting, state, event)
        except TransitionError as refused:
            # Only an event that nobody sends: it names an activation to come.
            assert event.activation >= state.next_id, refused
            continue
        # Who says either again means it again; that it is no second delivery is for
        # those to see who deliver: see the rows of ``TaskWoken``.
        is_said_anew = isinstance(event, events.HeartbeatReceived | events.TaskWoken)
        assert is_said_anew or again.state is state


@often
@given(story=stories())
def test_the_same_state_and_event_give_the_same(story):
    for before, event, after in story.told:
        budget = after.state.transitions - (before.transitions if before else 0)

        first = advance(story.setting, before, event, budget or 1)
        second = advance(story.setting, before, event, budget or 1)

        assert first == second


@often
@given(story=stories(most=6), data=st.data())
def test_advancing_changes_none_of_its_arguments(story, data):
    event = data.draw(things(story.state))
    state, heard = copy.deepcopy((story.state, event))
    workflow = copy.deepcopy(story.setting.workflow)

    try:
        advance(story.setting, story.state, event)
    except TransitionError:
        note("refused")

    assert (story.state, event) == (state, heard)
    assert story.setting.workflow == workflow


@often
@given(story=stories(), data=st.data())
def test_ended_stays_ended(story, data):
    if not story.state.is_ended:
        story.tell(events.ScopeStopped(at=T0 + 5))
    ended = story.state

    for before, event, _ in [*story.told]:
        late = advance(story.setting, ended, event)
        assert late.state is ended
        assert late.commands == ()
        note("before it began" if before is None else before.status)

    assert ended.status in ENDED
    assert not ended.active
    if ended.status is Status.SUCCEEDED:
        assert not (ended.ready or ended.left)


@often
@given(story=stories(), data=st.data())
def test_a_redrive_of_what_ended_badly_is_decided_once(story, data):
    if not story.state.is_ended:
        story.tell(events.ScopeStopped(at=T0 + 5))
    redriven = events.ScopeRedriven(at=T0 + 6, number=1, input=story.state.origin.input)
    was_well = story.state.status is Status.SUCCEEDED

    again = advance(story.setting, story.state, redriven).state
    assert again.redrives == 1
    assert again.status is Status.SUCCEEDED or not was_well
    assert advance(story.setting, again, redriven).state is again


@often
@given(story=stories())
def test_a_scope_that_waits_for_nothing_has_ended(story):
    state = story.state

    assert state.is_ended or state.active or state.ready


@often
@given(story=stories())
def test_a_command_that_was_asked_for_is_given_back_while_it_is_due(story):
    for _, _, after in story.told:
        for command in after.commands:
            restored = owed.restore(story.setting, after.state, owed.tag(command))
            assert _same(story, restored, command)


@often
@given(story=stories())
def test_everything_that_is_owed_later_is_what_was_asked_for(story):
    asked = [command for _, _, after in story.told for command in after.commands]

    for tag in owed.everything(story.state):
        command = owed.restore(story.setting, story.state, tag)
        is_moved = tag[0] == "timer" and tag[3] == Timer.HEARTBEAT
        assert is_moved or any(_same(story, command, each) for each in asked)


def _same(story, command, other):
    # In a scope whose states run beside each other the variables may have changed
    # since, and more may have been told; no language has children there that see it.
    is_beside = story.scope.join is Join.ALL
    is_start = isinstance(command, StartChildren) and isinstance(other, StartChildren)
    if is_beside and is_start:
        unseen = {"variables": {}, "told": 0}
        return replace(command, **unseen) == replace(other, **unseen)
    return command == other


@often
@given(story=stories())
def test_every_move_is_in_the_diagram(story):
    for before, event, after in story.told:
        held = addressed(before, event)
        if after.state is before or held.phase in SCOPE:
            continue
        found = after.state.active.get(held.id)
        where = Phase.GONE if found is None else found.phase
        what = decision(TRANSITIONS[held.phase, type(event)])
        assert where in LEADS_TO.get(what, (held.phase,))


def test_the_stories_get_into_every_phase():
    met = set()

    @settings(max_examples=400, database=None, derandomize=True)
    @given(story=stories())
    def look(story):
        met.update(addressed(before, event).phase for before, event, _ in story.told)

    look()

    assert met == set(Phase)
