"""What can be called, and what happens when it is?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn, TypeAlias

from chalicelib.expressions.aviator.frames import LETTERS, Frame
from chalicelib.expressions.aviator.values import Function, Thrown, Value, told

#: A part of a program, compiled: names in, value out.
Run: TypeAlias = Callable[[Frame], Value]
#: Steps of a call.
_CALL = 3


class Left:
    """A statement was left by ``return``, ``break`` or ``continue``."""

    __slots__ = ("how", "value")

    def __init__(self, how: str, value: Value = None) -> None:
        self.how = how
        self.value = value


class Native(Function):
    """A function of the library."""

    __slots__ = ("_least", "_most", "name", "work")

    def __init__(self, name: str, work: Callable[..., Value]) -> None:
        self.name = name
        #: Gets the frame of the caller, then the arguments.
        self.work = work
        code = work.__code__
        takes_any = bool(code.co_flags & 4)
        self._most = 1 << 30 if takes_any else code.co_argcount - 1
        defaults = work.__defaults__ or ()
        self._least = code.co_argcount - 1 - len(defaults)

    def call(self, arguments: Sequence[Value], frame: Frame) -> Value:
        """Return what the function gives."""
        if not self._least <= len(arguments) <= self._most:
            _wrong_count(self.name, self._least, len(arguments))
        frame.budget.step(_CALL)
        for each in arguments:
            if each.__class__ is str:
                frame.budget.step(len(each) // LETTERS)
        return self.work(frame, *arguments)


class Lambda(Function):
    """A function of the program's own, with what it saw where it was made."""

    __slots__ = ("_body", "_frame", "_names", "_rest")

    def __init__(
        self, names: Sequence[str], rest: str, body: Run, frame: Frame
    ) -> None:
        self._names = names
        self._rest = rest
        self._body = body
        self._frame = frame

    @property
    def arity(self) -> int:
        """How many arguments it needs; -1: any number."""
        return -1 if self._rest else len(self._names)

    def call(self, arguments: Sequence[Value], frame: Frame) -> Value:
        """Return what the body gives, or returns."""
        count = len(self._names)
        if len(arguments) < count or (len(arguments) > count and not self._rest):
            _wrong_count("the function", count, len(arguments))
        names = dict(zip(self._names, arguments, strict=False))
        if self._rest:
            names[self._rest] = list(arguments[count:])
        frame.budget.enter()
        try:
            found = self._body(self._frame.inside(names))
        finally:
            frame.budget.leave()
        return found.value if found.__class__ is Left else found


class Overloads(Function):
    """Functions of one name, by how many arguments they need."""

    __slots__ = ("_by_arity",)

    def __init__(self, by_arity: Mapping[int, Lambda]) -> None:
        self._by_arity = by_arity

    def and_also(self, function: Lambda) -> Overloads:
        """Return these with another one."""
        return Overloads({**self._by_arity, function.arity: function})

    def call(self, arguments: Sequence[Value], frame: Frame) -> Value:
        """Return what the one gives that takes so many arguments."""
        found = self._by_arity.get(len(arguments), self._by_arity.get(-1))
        if found is None:
            _wrong_count("the function", min(self._by_arity), len(arguments))
        return found.call(arguments, frame)


def _wrong_count(name: str, wanted: int, found: int) -> NoReturn:
    why = f"{name} needs {wanted} arguments, not {found}"
    raise Thrown(why, "IllegalArgumentException")


def defined(function: Lambda, before: Value) -> Function:
    """Return what a name stands for when a function gets it that may be taken."""
    if isinstance(before, Overloads):
        return before.and_also(function)
    if isinstance(before, Lambda) and before.arity != function.arity:
        return Overloads({before.arity: before, function.arity: function})
    return function


def apply(function: Value, arguments: Sequence[Value], frame: Frame) -> Value:
    """Return what a function gives for arguments.

    Raises:
        Thrown: it is no function, or not for these arguments.
    """
    if isinstance(function, Native | Lambda | Overloads):
        return function.call(arguments, frame)
    raise Thrown(f"{told(function)} is no function", "ClassCastException")


def holds(function: Value, arguments: Sequence[Value], frame: Frame) -> bool:
    """Return what a function says that must say true or false."""
    return truth(apply(function, arguments, frame))


def truth(value: Value) -> bool:
    """Return a value that must be true or false.

    Raises:
        Thrown: it is neither.
    """
    if value is True or value is False:
        return bool(value)
    raise Thrown(f"{told(value)} is not a boolean", "ClassCastException")
