"""What get.json shows of the groups of a foreach, made of its definition."""

import pytest

from chalicelib.api.rillflow.groups import facts

INPUT = {"films": [{"id": 7}, {"id": "b"}, {}]}


def a_foreach(identity=None, **fields):
    iteration = {"collection": "$.input.films", "item": "film", "identity": identity}
    return {"iterationMapping": iteration, "tasks": [{"name": "cut"}], **fields}


def test_a_group_is_known_by_the_identity_of_its_element():
    found = facts(a_foreach("$.iteration.element.id"), INPUT, 3)

    assert found == {"sub_group_index_to_identity": {"0": "7", "1": "b"}}


@pytest.mark.parametrize("identity", [None, " ", "$$$", "$.iteration.element.none"])
def test_a_group_without_an_identity_has_none(identity):
    assert facts(a_foreach(identity), INPUT, 3) == {}


def test_a_foreach_that_has_not_begun_knows_nobody():
    assert facts(a_foreach("$.iteration.element.id"), None, 0) == {}


def test_all_groups_are_key_groups_or_none_is():
    keys = {"keyExp": "x", "tasks": [{"name": "cut", "keyExp": "y"}]}

    found = facts(a_foreach(**keys), INPUT, 2)

    assert found == {"sub_group_key_judgement_mapping": {"0": True, "1": True}}
    assert facts(a_foreach(keyExp="x"), INPUT, 2) == {}
