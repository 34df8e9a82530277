"""A workflow and a scope's state survive being written down and read again."""

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.engine.state import Stored
from chalicelib.journal.histories import decode_history, encode_history
from chalicelib.journal.origins import decode_origin, encode_origin
from chalicelib.journal.pools import Pool, Shelf
from chalicelib.journal.records import pack, unpack
from chalicelib.journal.states import decode_state, encode_state
from chalicelib.model.codec import decode, encode
from tests.builders import an_origin
from tests.properties.engine_stories import any_workflow, stories
from tests.properties.strategies import workflows

often = settings(max_examples=40)


def written(document):
    return json.loads(json.dumps(document))


def a_pool():
    return Pool(lambda value: value)


@often
@given(workflow=st.one_of(any_workflow, workflows()))
def test_a_workflow_survives_its_text(workflow):
    again = decode(written(encode(workflow)))

    assert again == workflow
    assert list(again.scopes) == list(workflow.scopes)


def shelved(parts, pool):
    document = {"s": parts, "p": pool.values, "r": pool.stored}
    found = unpack(pack(document))
    return found["s"], Shelf(found)


@often
@given(story=stories())
def test_a_whole_state_survives_its_record(story):
    pool = a_pool()

    parts, shelf = shelved(encode_state(story.state, None, pool), pool)

    assert decode_state("e", parts, None, shelf) == story.state


@often
@given(story=stories())
def test_a_state_survives_as_what_changed_since_the_one_before(story):
    known = None
    for before, _, after in story.told:
        pool = a_pool()

        parts, shelf = shelved(encode_state(after.state, before, pool), pool)
        known = decode_state("e", parts, known, shelf)

        assert known == after.state


@often
@given(story=stories(), base=st.integers(0, 5))
def test_a_state_survives_as_what_changed_since_any_earlier_one(story, base):
    states = [after.state for _, _, after in story.told]
    before, pool = states[min(base, len(states) - 1)], a_pool()

    parts, shelf = shelved(encode_state(story.state, before, pool), pool)

    assert decode_state("e", parts, before, shelf) == story.state


@often
@given(story=stories())
def test_a_history_survives_its_record(story):
    for _, event, after in story.told:
        pool = a_pool()

        said, shelf = shelved(encode_history(after.history, event.at, pool), pool)

        assert decode_history(said, event.at, shelf) == after.history


slots = st.sampled_from((None, 0, "", {"n": 1}, Stored('{"@":["d","9","table"]}')))


@often
@given(
    origin=st.builds(
        an_origin,
        input=slots,
        item=slots,
        index=st.none() | st.integers(0, 9),
        limit=st.integers(0, 2),
        slot=st.integers(0, 2),
        aborts=st.booleans(),
        parent=st.sampled_from(("", "t1.x")),
    )
)
def test_the_facts_of_a_scope_survive_their_record(origin):
    pool = a_pool()

    parts, shelf = shelved(encode_origin(origin, pool), pool)

    assert decode_origin("e", parts, shelf) == origin


@often
@given(story=stories())
def test_large_values_come_back_as_slots(story):
    keep = {}

    def away(value):
        reference = {"@": [str(len(keep)), 9, "table"]}
        keep[json.dumps(reference)] = value
        return reference

    pool = Pool(away)
    parts, shelf = shelved(encode_state(story.state, None, pool), pool)
    state = decode_state("e", parts, None, shelf)

    kept = [held.input for held in state.active.values()]
    assert all(each is None or type(each) is Stored for each in kept)
    assert replace(state, active={}, variables={}).status is story.state.status
