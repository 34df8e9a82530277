"""What people say about a workflow: facts, numbers, aliases."""

from collections import Counter
from dataclasses import replace

import pytest

from chalicelib.errors import StaleRecord
from chalicelib.journal.releases import RACES, Alias, Facts, Releases, Route
from chalicelib.stores.memory import MemoryTable

AT = 1_700_000_000.0


class Clock:
    def __init__(self):
        self.at = AT

    def now(self):
        return self.at

    def sleep(self, seconds):
        self.at += seconds


class Contested(MemoryTable):
    """A table in which somebody else writes first, some times."""

    def __init__(self, losses):
        super().__init__()
        self.losses = losses

    def put(self, item, *, unless_exists=False, where=None):
        if (unless_exists or where) and self.losses:
            self.losses -= 1
            raise StaleRecord("key")
        super().put(item, unless_exists=unless_exists, where=where)


def releases_on(table, clock=None):
    return Releases(table, clock or Clock())


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def releases(clock):
    return Releases(MemoryTable(), clock)


def test_nothing_is_kept_about_a_workflow_at_first(releases):
    assert releases.facts("order") is None
    assert releases.all_facts() == {}
    assert releases.releases("order") == []
    assert releases.aliases("order") == []


def test_facts_are_changed_one_after_the_other(releases, clock):
    releases.change("order", lambda _: Facts(about={"a": 1}, created_at=AT))
    clock.sleep(5)
    after = releases.change("order", lambda facts: replace(facts, tags={"k": "v"}))
    assert after == Facts(
        about={"a": 1}, tags={"k": "v"}, created_at=AT, updated_at=AT + 5
    )
    assert releases.all_facts() == {"order": after}


def test_who_loses_a_race_changes_what_the_winner_wrote():
    table = Contested(0)
    releases = releases_on(table)
    releases.change("order", lambda _: Facts(about={"n": 1}))
    seen = []

    def change(facts):
        seen.append(facts.about["n"])
        return replace(facts, about={"n": facts.about["n"] + 1})

    table.losses = 2
    assert releases.change("order", change).about == {"n": 2}
    assert seen == [1, 1, 1]


def test_who_always_loses_gives_up():
    with pytest.raises(StaleRecord):
        releases_on(Contested(RACES)).change("order", lambda facts: facts)


def test_a_number_that_somebody_took_is_not_taken_again():
    first = releases_on(Contested(3)).release("order", "v1")
    assert first.number == 1


def test_numbers_go_on_behind_those_that_were_taken_back(releases):
    for version in ("v1", "v2"):
        releases.release("order", version)
    releases.take_back("order", 2)
    releases.take_back("order", 9)
    assert releases.numbered("order", 2) is None
    assert releases.numbered("order", 9) is None
    assert [each.number for each in releases.releases("order")] == [1]
    assert releases.release("order", "v1").number == 1
    assert releases.release("order", "v3", "third").number == 3


def test_aliases_are_kept_changed_and_dropped(releases, clock):
    made = releases.keep_alias("order", Alias(name="prod", routes=((1, 100),)))
    clock.sleep(5)
    changed = releases.keep_alias("order", replace(made, routes=((1, 40), (2, 60))))
    assert (changed.created_at, changed.updated_at) == (AT, AT + 5)
    assert releases.alias("order", "prod") == changed
    assert releases.aliases("order") == [changed]
    releases.drop_alias("order", "prod")
    releases.drop_alias("order", "prod")
    assert releases.alias("order", "prod") is None


def test_what_is_forgotten_begins_anew(releases):
    releases.change("order", lambda facts: facts)
    releases.release("order", "v1")
    releases.keep_alias("order", Alias(name="prod", routes=((1, 100),)))
    releases.release("other", "v1")
    releases.forget("order")
    assert releases.facts("order") is None
    assert releases.aliases("order") == []
    assert releases.release("order", "v9").number == 1
    assert len(releases.releases("other")) == 1


def test_an_execution_remembers_by_what_it_was_started(releases):
    releases.note_start("order:one", 3, "prod")
    assert releases.started_by("order:one") == (3, "prod")
    assert releases.started_by("order:two") == (0, "")


def test_two_routes_share_executions_by_weight_and_by_name():
    alias = Alias(name="prod", routes=((1, 20), (2, 80)))
    routes = Counter(alias.route(f"run-{number}") for number in range(2000))
    assert 320 < routes[1] < 480
    assert routes[1] + routes[2] == 2000
    assert alias.route("run-7") == alias.route("run-7")


def test_a_route_without_weight_gets_nothing():
    for routes in (((1, 0), (2, 100)), ((2, 100), (1, 0))):
        alias = Alias(name="prod", routes=routes)
        assert {alias.route(str(number)) for number in range(300)} == {2}


def test_weights_that_say_too_little_lead_to_the_last():
    alias = Alias(name="prod", routes=((1, 0), (2, 0)))
    assert alias.route("any") == 2


# -- where a name leads


def test_a_number_and_an_alias_lead_to_a_version(releases):
    releases.release("order", "v1")
    releases.keep_alias("order", Alias(name="prod", routes=((1, 100),)))

    by_number = releases.route("order", "1", key="run-1")
    by_alias = releases.route("order", "prod", key="run-1")

    assert by_number == Route(version="v1", number=1)
    assert by_alias == Route(version="v1", number=1, alias="prod")


@pytest.mark.parametrize("qualifier", ["", "7", "nobody", "gone"])
def test_what_is_no_release_leads_nowhere(releases, qualifier):
    releases.release("order", "v1")
    releases.keep_alias("order", Alias(name="gone", routes=((9, 100),)))

    assert releases.route("order", qualifier, key="run-1") is None
