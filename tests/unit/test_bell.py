"""Who hears that an execution ended?"""

from chalicelib.bell import Bell


def test_those_who_listen_for_an_execution_hear_its_end():
    bell = Bell()
    with bell.listening("a:1") as first, bell.listening("a:1") as second:
        with bell.listening("a:2") as other:
            bell.ring("a:1")
        assert (first.is_set(), second.is_set()) == (True, True)
        assert not other.is_set()


def test_who_has_left_leaves_nothing_behind():
    bell = Bell()
    with bell.listening("a:1"), bell.listening("a:1"):
        pass
    bell.ring("a:1")
    assert bell._listening == {}
