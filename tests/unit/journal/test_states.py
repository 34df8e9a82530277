from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engine.history import Happened, HistoryEvent
from chalicelib.engine.state import (
    Activation,
    Degrading,
    Failure,
    Origin,
    Phase,
    Ready,
    ScopeState,
    Status,
    Step,
)
from chalicelib.journal import histories, records, states
from chalicelib.journal.origins import decode_origin, encode_origin
from chalicelib.journal.pools import Pool, Shelf

RUN = "orders:run-1"
T0 = 1_767_225_600.0

names = st.text(max_size=8)
numbers = st.integers(min_value=0, max_value=10**6)
times = numbers.map(lambda n: T0 + n)
maybe_times = st.none() | times
floats = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | floats | names,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(names, part, max_size=3),
    max_leaves=6,
)
failures = st.builds(Failure, error=names, cause=names)
origins = st.builds(
    Origin,
    execution=st.just(RUN),
    workflow=names,
    version=names,
    name=names,
    started_at=times,
    input=values,
    scope=names,
    index=st.none() | numbers,
    item=values,
    trace=names,
    depth=numbers,
    parent=names,
    siblings=numbers,
    limit=numbers,
    aborts=st.booleans(),
    slot=numbers,
    input_digest=names,
    tolerated=numbers,
    told=numbers,
)
activations = st.builds(
    Activation,
    id=st.just(0),
    state=names,
    phase=st.sampled_from(Phase),
    input=values,
    entered_at=times,
    attempt=numbers,
    retries=st.lists(numbers, max_size=3).map(tuple),
    due_at=maybe_times,
    silent_at=maybe_times,
    children=numbers,
    failure=st.none() | failures,
    since=times,
    begun=st.booleans(),
    taken=st.booleans(),
    told=numbers,
    step=st.sampled_from(Step),
    items=values,
)
active = st.dictionaries(numbers, activations, max_size=4).map(
    lambda held: {number: replace(each, id=number) for number, each in held.items()}
)
scopes = st.builds(
    ScopeState,
    origin=origins,
    status=st.sampled_from(Status),
    next_id=numbers,
    active=active,
    ready=st.lists(st.builds(Ready, state=names, input=values), max_size=3).map(tuple),
    done=st.dictionaries(
        names, st.booleans() | st.lists(names, max_size=2).map(tuple), max_size=4
    ),
    failed=st.none() | failures,
    variables=st.dictionaries(names, values, max_size=4),
    transitions=numbers,
    told=numbers,
    due_at=maybe_times,
    begun=st.frozensets(names, max_size=1),
    degraded=st.dictionaries(
        names,
        st.builds(Degrading, current=st.booleans(), followers=st.booleans()),
        max_size=2,
    ),
    output=values,
    failure=st.none() | failures,
)
said = st.builds(
    HistoryEvent,
    kind=st.sampled_from(Happened),
    at=times,
    state=names,
    scope=names,
    value=values,
    error=names,
    cause=names,
    note=names,
    activation=numbers,
    attempt=numbers,
    beside=st.none() | st.dictionaries(names, values, min_size=1, max_size=3),
)


def there_and_back(encode, decode):
    """Send parts through the text of a record."""
    pool = Pool(lambda value: value)
    parts = encode(pool)
    document = records.unpack(records.pack({"s": parts, "p": pool.values}))
    return decode(document["s"], Shelf(document))


def of_a_whole(state):
    return there_and_back(
        lambda pool: states.encode_state(state, None, pool),
        lambda parts, shelf: states.decode_state(RUN, parts, None, shelf),
    )


@given(scopes)
def test_a_state_comes_back_as_it_was(state):
    assert repr(of_a_whole(state)) == repr(state)


@given(scopes, scopes)
def test_what_changed_makes_the_one_state_of_the_other(before, after):
    after = replace(after, origin=before.origin)

    found = there_and_back(
        lambda pool: states.encode_state(after, before, pool),
        lambda parts, shelf: states.decode_state(RUN, parts, before, shelf),
    )
    assert found == after


@given(st.lists(said, max_size=4), times)
def test_history_comes_back_as_it_was(history, at):
    found = there_and_back(
        lambda pool: histories.encode_history(history, at, pool),
        lambda parts, shelf: histories.decode_history(parts, at, shelf),
    )
    assert found == tuple(history)


@given(origins)
def test_an_origin_comes_back_as_it_was(origin):
    found = there_and_back(
        lambda pool: encode_origin(origin, pool),
        lambda parts, shelf: decode_origin(RUN, parts, shelf),
    )
    assert found == origin


def test_what_did_not_change_is_not_written():
    kept = {"kept": {"n": 1}, "gone": 1}
    origin = Origin(execution=RUN, workflow="w", version="v", name="n", started_at=T0)
    before = ScopeState(origin=origin, variables=kept)
    after = ScopeState(origin=origin, variables={"kept": kept["kept"], "new": None})

    parts = states.encode_state(after, before, Pool(lambda value: value))
    assert parts["w"] == {"new": 0, "gone": None}
    assert not parts.keys() & set("oadyfuxe")


def test_a_time_in_a_record_is_right_to_the_millisecond():
    event = HistoryEvent(Happened.STATE_ENTERED, T0 + 0.0714)

    (found,) = there_and_back(
        lambda pool: histories.encode_history([event], T0 + 0.25, pool),
        lambda parts, shelf: histories.decode_history(parts, T0 + 0.25, shelf),
    )
    assert found.at == pytest.approx(event.at, abs=0.001)
