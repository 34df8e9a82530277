import pytest

from chalicelib.journal import keys


def test_records_sort_in_order_and_before_the_inbox():
    sorts = [keys.record("r", n) for n in (1, 9, 10, 100, 99_999_999)]
    sorts.append(keys.inbox("r", "3 1"))
    assert sorts == sorted(sorts)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [(keys.inbox("r.1.1-0", "3 1"), True), (keys.record("r.1.1-0", 3), False)],
)
def test_the_inbox_is_told_from_records(sort, expected):
    assert keys.is_inbox(sort) is expected


@pytest.mark.parametrize("container", ["r.3.1", "r.3.1-99.2.1", "r.3.1-640.2.1"])
@pytest.mark.parametrize("children", [1, 99, 100, 101, 350, 6_401, 20_000])
def test_every_child_lies_where_its_container_looks(container, children):
    looked_at = keys.shards("w:1", container, children)
    lie = {keys.partition("w:1", f"{container}-{n}") for n in range(children)}
    assert lie <= set(looked_at)
    assert len(looked_at) == len(set(looked_at)) <= keys.SHARDS


def test_children_are_spread_a_hundred_to_a_partition_in_turn():
    found = [keys.partition("w:1", f"r.1.1-{n}") for n in (0, 99, 100, 6_399, 6_400)]
    assert found == ["w:1", "w:1", "w:1/1", "w:1/63", "w:1"]


def test_join_items_have_a_hundred_children_each():
    found = [keys.leaf("w:1", "r.1.1", n) for n in (0, 99, 100)]
    assert found == [
        ("w:1", "join#r.1.1#0"),
        ("w:1", "join#r.1.1#0"),
        ("w:1/1", "join#r.1.1#1"),
    ]
    assert keys.root("w:1", "r.1.1") == ("w:1", "join#r.1.1#root")
    assert keys.pool("w:1", "r.1.1") == ("w:1", "join#r.1.1#slots")


def test_the_container_of_a_grandchild_is_the_child():
    assert keys.parent("r.3.1-17.2.4-5") == ("r.3.1-17", 2, 4, 5)


def test_scopes_sort_as_their_containers_and_positions_do():
    scopes = ["r", "r.2.1-9", "r.2.1-10", "r.2.1-10.1.1-0", "r.10.1-0"]
    assert sorted(set(scopes), key=keys.order) == scopes
