"""What can be called, and what happens when it is?

A call in the last place of a function's body does not go deeper: it comes back as a
``TailCall`` and is made from here, so that a function may call itself without end
(until the steps are used up).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from chalicelib.expressions.jsonata.budget import CALL, Refusal
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.signatures import Signature
from chalicelib.expressions.jsonata.values import MISSING, Function, Seq
from chalicelib.values import Json

#: A part of an expression, compiled: context and names in, value out.
Run: TypeAlias = Callable[[Json, Frame], Json]
#: Stands in a partial application for an argument that is still to come.
HOLE = object()


class Native(Function):
    """A function of the library."""

    __slots__ = ("arity", "name", "signature", "takes_missing", "work")

    def __init__(
        self,
        name: str,
        signature: Signature | None,
        work: Callable[..., Json],
        *,
        takes_missing: bool = False,
    ) -> None:
        self.name = name
        self.signature = signature
        #: Gets the frame, then the arguments.
        self.work = work
        self.arity = 1 if signature is None else signature.arity
        #: Without it, nothing as the first argument gives nothing.
        self.takes_missing = takes_missing

    def call(self, arguments: Sequence[Json], context: Json, frame: Frame) -> Json:
        """Return what the function gives."""
        if self.signature is not None:
            arguments = self.signature.fitted(self.name, arguments, context)
        if arguments and arguments[0] is MISSING and not self.takes_missing:
            return MISSING
        return self.work(frame, *arguments)


class Lambda(Function):
    """A function of the expression's own, with what it saw where it was made."""

    __slots__ = ("_body", "_context", "_frame", "_names", "_signature", "arity")

    def __init__(
        self,
        names: Sequence[str],
        body: Run,
        signature: Signature | None,
        context: Json,
        frame: Frame,
    ) -> None:
        self._names = names
        self._body = body
        self._signature = signature
        self._context = context
        self._frame = frame
        self.arity = len(names)

    def call(self, arguments: Sequence[Json], context: Json, frame: Frame) -> Json:
        """Return what the body gives; it may be a ``TailCall``."""
        if self._signature is not None:
            arguments = self._signature.fitted("lambda", arguments, context)
        names = dict.fromkeys(self._names, MISSING)
        names.update(zip(self._names, arguments, strict=False))
        return self._body(self._context, self._frame.inside(names))


class Partial(Function):
    """A function some of whose arguments are given already."""

    __slots__ = ("_arguments", "_function", "arity")

    def __init__(self, function: Json, arguments: Sequence[Any]) -> None:
        self._function = function
        self._arguments = arguments
        self.arity = sum(each is HOLE for each in arguments)

    def call(self, arguments: Sequence[Json], context: Json, frame: Frame) -> Json:
        """Return what the function gives with these in the holes."""
        rest = iter(arguments)
        whole = [next(rest, MISSING) if a is HOLE else a for a in self._arguments]
        return apply(self._function, whole, context, frame)


class Chain(Function):
    """Two functions, the second on what the first gives (``~>``)."""

    __slots__ = ("_first", "_second")

    def __init__(self, first: Json, second: Json) -> None:
        self._first = first
        self._second = second

    def call(self, arguments: Sequence[Json], context: Json, frame: Frame) -> Json:
        """Return what the second gives."""
        value = apply(self._first, arguments, context, frame)
        return apply(self._second, [value], context, frame)


class TailCall:
    """A call that is still to be made."""

    __slots__ = ("arguments", "function")

    def __init__(self, function: Json, arguments: list[Json]) -> None:
        self.function = function
        self.arguments = arguments


def is_function(value: Json) -> bool:
    """Return whether a value can be called."""
    return isinstance(value, Function)


def apply(
    function: Json, arguments: Sequence[Json], context: Json, frame: Frame
) -> Json:
    """Return what a function gives for arguments.

    Raises:
        Refusal: it is no function, or its arguments are not for it.
    """
    budget = frame.budget
    budget.enter()
    try:
        result = _called(function, arguments, context, frame)
        while result.__class__ is TailCall:
            budget.step(CALL)
            result = _called(result.function, result.arguments, context, frame)
        return result
    finally:
        budget.leave()


def _called(
    function: Json, arguments: Sequence[Json], context: Json, frame: Frame
) -> Json:
    if isinstance(function, Function):
        return function.call(arguments, context, frame)
    raise Refusal("T1006", "what is called is not a function")


def settled(value: Json) -> Json:
    """Return a value that ends up here: a sequence of one is its element."""
    return value.value() if value.__class__ is Seq else value


def pass_on(function: Json, frame: Frame, *arguments: Json) -> Json:
    """Call a function with as many of the arguments as it has parameters."""
    count = max(function.arity, 1)
    return settled(apply(function, arguments[:count], MISSING, frame))
