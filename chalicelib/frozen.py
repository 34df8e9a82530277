"""How is a frozen, slotted dataclass made without delay?

``dataclasses`` writes and compiles seven functions for each class. For the two hundred
classes that a container loads before its first answer, that took as long as all else in
their modules. Here only ``__init__`` is written for a class; what is the same for all
of them is one function for all of them.

Rule 1  What ``dataclasses`` says of a class is true of it: ``fields``, ``replace``,
        ``__match_args__``, defaults and their factories, ``compare`` and ``repr`` of a
        field, ``__post_init__``, methods of its own.
Rule 2  Classes that are not frozen, or ordered, are ``dataclasses``' own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(
        *, frozen: bool, slots: bool, kw_only: bool = False, eq: bool = True
    ) -> Callable[[type], type]:
        """Return what makes a class a frozen dataclass; see ``dataclasses.dataclass``.

        Raises:
            TypeError: it is to be changed, or to have a ``__dict__`` (rule 2).
        """
        if not (frozen and slots):
            raise TypeError("what is not frozen and slotted is of dataclasses")
        return lambda cls: _made(cls, kw_only=kw_only, eq=eq)


def _made(cls: type, *, kw_only: bool, eq: bool) -> type:
    own = set(vars(cls))
    with_slots = dataclasses.dataclass(
        init=False, repr=False, eq=False, slots=True, kw_only=kw_only
    )
    made: Any = with_slots(cls)
    parts = dataclasses.fields(made)
    made.__init__ = _init(made, parts)
    methods = {**_SHARED, **(_comparing(parts) if eq else {})}
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made  # type: ignore[no-any-return]


def _init(cls: type, parts: Sequence[dataclasses.Field[Any]]) -> Any:
    """Return the ``__init__`` of a class: the one function that is written for it."""
    here: dict[str, Any] = {"absent": dataclasses.MISSING}
    # A slot's own setter: ``object.__setattr__`` would look for it each time.
    here.update({f"set_{each.name}": getattr(cls, each.name).__set__ for each in parts})
    plain = [_parameter(each, here) for each in parts if not each.kw_only]
    named = [_parameter(each, here) for each in parts if each.kw_only]
    takes = ", ".join(["self", *plain, *(["*", *named] if named else [])])
    lines = [f"set_{each.name}(self, {_value(each)})" for each in parts]
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    body = "\n ".join(lines or ["pass"])
    exec(f"def __init__({takes}):\n {body}", here)  # noqa: S102 - as dataclasses does
    made = here["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__module__ = cls.__module__
    made.__annotations__ = {each.name: each.type for each in parts}
    return made


def _parameter(part: dataclasses.Field[Any], here: dict[str, Any]) -> str:
    if part.default_factory is not dataclasses.MISSING:
        here[f"make_{part.name}"] = part.default_factory
        return f"{part.name}=absent"
    if part.default is not dataclasses.MISSING:
        here[f"default_{part.name}"] = part.default
        return f"{part.name}=default_{part.name}"
    return part.name


def _value(part: dataclasses.Field[Any]) -> str:
    name = part.name
    if part.default_factory is dataclasses.MISSING:
        return name
    return f"make_{name}() if {name} is absent else {name}"


def _comparing(parts: Sequence[dataclasses.Field[Any]]) -> dict[str, Any]:
    """Return what tells objects apart by their fields."""
    names = [each.name for each in parts if each.compare]
    facts = attrgetter(*names) if names else type

    def __eq__(self: Any, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return bool(facts(self) == facts(other))

    return {"__eq__": __eq__, "__hash__": lambda self: hash(facts(self))}


def _repr(self: Any) -> str:
    shown = [each.name for each in dataclasses.fields(self) if each.repr]
    facts = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
    return f"{type(self).__qualname__}({facts})"


def _refuse_to_set(self: Any, name: str, value: Any) -> NoReturn:
    del self, value
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> NoReturn:
    del self
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in dataclasses.fields(self)]


def _restore(self: Any, state: Sequence[Any]) -> None:
    for part, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, part.name, value)


_SHARED: dict[str, Any] = {
    "__repr__": _repr,
    "__setattr__": _refuse_to_set,
    "__delattr__": _refuse_to_delete,
    "__getstate__": _state,
    "__setstate__": _restore,
}
