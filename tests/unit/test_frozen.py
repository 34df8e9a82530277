"""Classes of ``chalicelib.frozen`` are what ``dataclasses`` would have made of them."""

import copy
import dataclasses
import pickle
from dataclasses import KW_ONLY, FrozenInstanceError, field

import pytest

from chalicelib.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Something that is sent."""

    to: str
    #: Grams.
    weight: int = 100
    labels: list[str] = field(default_factory=list, compare=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0
    _: KW_ONLY
    name: str = ""


@dataclass(frozen=True, slots=True)
class Doubled(Point):
    twice: int = 0

    def __post_init__(self):
        object.__setattr__(self, "twice", 2 * self.x)

    def __repr__(self):
        return f"2 * {self.x}"


@dataclass(frozen=True, slots=True)
class Nothing:
    """Something without facts."""


@dataclass(frozen=True, slots=True, eq=False)
class Unique:
    name: str = ""


def test_equal_facts_make_equal_objects():
    one, other = Parcel(to="Ada", labels=["a"]), Parcel(to="Ada", labels=["b"])

    assert one == other
    assert len({one.to: 0, other.to: 0}) == 1
    assert hash(Point(1)) == hash(Point(1, 0)) != hash(Point(2))
    assert one != Parcel(to="Ada", weight=1)
    assert Point(1) != (1, 0)
    assert Nothing() == Nothing()


def test_an_object_without_equality_is_equal_to_itself_only():
    assert Unique("a") != Unique("a")


def test_a_subclass_is_another_class():
    assert Doubled(1, twice=2) != Point(1)


def test_defaults_are_made_for_each_object():
    first, second = Parcel(to="Ada"), Parcel(to="Ada")

    assert (first.weight, first.labels) == (100, [])
    assert first.labels is not second.labels


def test_keywords_are_asked_for_where_the_class_says_so():
    with pytest.raises(TypeError):
        Parcel("Ada")
    with pytest.raises(TypeError):
        Point(1, 2, "here")
    with pytest.raises(TypeError, match="to"):
        Parcel()


def test_nothing_can_be_changed():
    here = Point(1)

    with pytest.raises(FrozenInstanceError, match="'x'"):
        here.x = 2
    with pytest.raises(FrozenInstanceError, match="'x'"):
        del here.x
    with pytest.raises(FrozenInstanceError, match="'z'"):
        here.z = 2
    assert here == Point(1)


def test_what_is_shown_can_be_read_and_holds_no_secret():
    shown = "Parcel(to='Ada', weight=100, labels=[])"

    assert repr(Parcel(to="Ada", secret="sesame")) == shown


def test_a_class_keeps_methods_of_its_own():
    assert repr(Doubled(4)) == "2 * 4"
    assert Doubled(4).twice == 8


def test_dataclasses_knows_the_class():
    assert [each.name for each in dataclasses.fields(Point)] == ["x", "y", "name"]
    assert dataclasses.replace(Point(1), y=2) == Point(1, 2)
    assert dataclasses.asdict(Point(1)) == {"x": 1, "y": 0, "name": ""}
    assert Point.__match_args__ == ("x", "y")
    assert not hasattr(Point(1), "__dict__")


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_an_object_can_be_copied(copied):
    assert copied(Point(1, 2, name="here")) == Point(1, 2, name="here")


def test_an_object_can_be_pickled():
    assert pickle.loads(pickle.dumps(Point(1, 2))) == Point(1, 2)  # noqa: S301


@pytest.mark.parametrize("facts", [{"frozen": False}, {"slots": False}])
def test_other_classes_are_for_dataclasses(facts):
    with pytest.raises(TypeError, match="dataclasses"):
        dataclass(**{"frozen": True, "slots": True, **facts})
