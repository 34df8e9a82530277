"""Text of an expression -> a node.

    expression   operand { operator operand }    || before && before comparisons
    operand      ! operand | - operand | path | function(…) | constant
                 | [ … ] | { "name": … } | ( expression ) | ( expression, … )

What an expression may see depends on where it stands: that is its ``Sight``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NoReturn, TypeVar

from chalicelib.formats.cloudflow.environment import ROOT, value_at
from chalicelib.formats.cloudflow.folding import array_of, object_of
from chalicelib.formats.cloudflow.sight import Sight
from chalicelib.formats.cloudflow.signatures import MAX_NESTING, SIGNATURES, Signature
from chalicelib.formats.cloudflow.tokens import (
    Token,
    constant,
    refuse,
    root_and_steps,
    tokens,
)
from chalicelib.formats.fields import listed, suggestion
from chalicelib.model.expressions import (
    Call,
    Expression,
    Literal,
    Operation,
    Path,
)

#: Binding strength of the operators; equal ones group from the left.
_STRENGTH = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in"), 3),
}
#: An expression is evaluated by recursion; these keep it far from the stack's end.
_MAX_OPERATORS = 60
_MAX_DEPTH = 40
_WORDS = {"true": True, "false": False, "null": None}
T = TypeVar("T")


def parse(
    text: str,
    sight: Sight,
    *,
    place: str = "",
    environment: dict[str, str] | None = None,
) -> Expression:
    """Return the node that ``text`` spells.

    ``place`` names where the text stands, unique in its workflow: chance differs
    from place to place. ``environment``: the flow's variables by name.

    Raises:
        DefinitionRefused: it is not an expression, or sees what is not there; the
            only problem's column counts in ``text``.
    """
    return _Parser(text, sight, place, environment or {}).whole()


class _Parser:
    def __init__(
        self, text: str, sight: Sight, place: str, environment: dict[str, str]
    ) -> None:
        self._environment = environment
        self._text = text
        self._sight = sight
        self._place = place
        self._tokens = tokens(text)
        self._position = 0
        self._operators = 0
        self._depth = 0
        self._calls = 0

    @property
    def _now(self) -> Token:
        return self._tokens[self._position]

    def whole(self) -> Expression:
        found = self._expression(0)
        if self._now.kind != "end":
            self._unexpected("an operator or the end")
        return found

    def _take(self) -> Token:
        token = self._now
        self._position += 1
        return token

    def _takes(self, symbol: str) -> bool:
        is_here = self._now.text == symbol and self._now.kind in ("symbol", "word")
        self._position += is_here
        return is_here

    def _expect(self, symbol: str) -> None:
        if not self._takes(symbol):
            self._unexpected(repr(symbol))

    def _unexpected(self, wanted: str) -> NoReturn:
        found = repr(self._now.text) if self._now.text else "the end"
        refuse(f"{wanted} must be here, not {found}", self._now.offset)

    def _expression(self, strength: int) -> Expression:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            refuse(
                f"this is nested more than {_MAX_DEPTH} levels deep; build parts of "
                "it in an InputConstructor",
                self._now.offset,
            )
        left = self._operand()
        while (found := self._operator()) and found[1] > strength:
            symbol = self._take()
            self._count(symbol)
            right = self._expression(found[1])
            _require_array(symbol, right)
            left = Operation(operator=found[0], left=left, right=right)
        self._depth -= 1
        return left

    def _operator(self) -> tuple[str, int] | None:
        token = self._now
        is_operator = token.kind in ("symbol", "word") and token.text in _STRENGTH
        return (token.text, _STRENGTH[token.text]) if is_operator else None

    def _count(self, operator: Token) -> None:
        self._operators += 1
        if self._operators > _MAX_OPERATORS:
            refuse(
                f"there are more than {_MAX_OPERATORS} operators; split the "
                "condition over several branches",
                operator.offset,
            )

    def _operand(self) -> Expression:
        token = self._take()
        reader = _OPERANDS.get(token.text if token.kind == "symbol" else token.kind)
        if reader is None:
            self._position -= 1
            self._unexpected("a path, a function or a constant")
        return reader(self, token)

    def _prefix(self, token: Token) -> Expression:
        self._count(token)
        # Prefixes bind closer than every operator between two operands.
        inner = self._expression(max(_STRENGTH.values()))
        is_number = isinstance(inner, Literal) and type(inner.value) in (int, float)
        if token.text == "-" and isinstance(inner, Literal) and is_number:
            return Literal(value=-inner.value)
        return Operation(operator=token.text, left=inner)

    def _constant(self, token: Token) -> Expression:
        return Literal(value=constant(token))

    def _path(self, token: Token) -> Expression:
        root, steps = root_and_steps(token)
        if root == ROOT:
            found = value_at(self._environment, steps, token.offset)
            return Literal(value=found)
        reason = self._sight.blindness(root, steps)
        if reason:
            refuse(reason, token.offset)
        lenient = self._sight.lenient
        return Path(text=token.text, root=root, steps=steps, lenient=lenient)

    def _word(self, token: Token) -> Expression:
        if self._takes("("):
            return self._call(token)
        if token.text not in _WORDS:
            known = [*_WORDS, *SIGNATURES, "$Input"]
            hint = suggestion(token.text, known) or (
                "write a path as $Input.name, a text in quotes, a function with ( )"
            )
            refuse(f"{token.text!r} means nothing here; {hint}", token.offset)
        return Literal(value=_WORDS[token.text])

    def _call(self, token: Token) -> Expression:
        name = token.text
        self._calls += 1
        if self._calls > MAX_NESTING:
            refuse(
                f"calls are nested more than {MAX_NESTING} levels deep; build parts "
                "of it in an InputConstructor",
                token.offset,
            )
        arguments = self._several(")", self._part)
        self._calls -= 1
        if _signature(token, len(arguments)).is_chance:
            arguments.append(Literal(value=f"{self._place}@{token.offset}"))
        text = self._text[token.offset : self._now.offset].rstrip()
        return Call(name=f"CloudFlow.{name}", arguments=tuple(arguments), text=text)

    def _part(self) -> Expression:
        return self._expression(0)

    def _several(self, end: str, read: Callable[[], T]) -> list[T]:
        found: list[T] = []
        if self._takes(end):
            return found
        found.append(read())
        while self._takes(","):
            found.append(read())
        self._expect(end)
        return found

    def _array(self, _token: Token) -> Expression:
        return array_of(self._several("]", self._part))

    def _parentheses(self, _token: Token) -> Expression:
        """Read a group, or a list such as ``in`` is followed by."""
        inner = self._several(")", self._part)
        return inner[0] if len(inner) == 1 else array_of(inner)

    def _object(self, _token: Token) -> Expression:
        fields: dict[str, Expression] = {}
        self._several("}", lambda: self._field(fields))
        return object_of(fields)

    def _field(self, fields: dict[str, Expression]) -> None:
        if self._now.kind != "text":
            self._unexpected("the name of a field, in quotes,")
        token = self._take()
        name = str(constant(token))
        if name in fields:
            refuse(f"{name!r} is written twice; keep one of them", token.offset)
        self._expect(":")
        fields[name] = self._expression(0)


def _signature(token: Token, count: int) -> Signature:
    signature = SIGNATURES.get(token.text)
    if signature is None:
        hint = suggestion(token.text, SIGNATURES)
        way_out = hint or f"known are {listed(SIGNATURES, most=30)}"
        refuse(f"there is no function {token.text!r}; {way_out}", token.offset)
    if refusal := signature.refusal(count):
        refuse(f"{token.text} {refusal}", token.offset)
    return signature


def _require_array(operator: Token, right: Expression) -> None:
    is_wrong = isinstance(right, Literal) and not isinstance(right.value, list)
    if operator.text == "in" and is_wrong:
        refuse('in needs an array after it, as in ["a", "b"]', operator.offset)


_Reader = Callable[[_Parser, Token], Expression]
_OPERANDS: Mapping[str, _Reader] = MappingProxyType(
    {
        "!": _Parser._prefix,
        "-": _Parser._prefix,
        "text": _Parser._constant,
        "number": _Parser._constant,
        "path": _Parser._path,
        "word": _Parser._word,
        "[": _Parser._array,
        "(": _Parser._parentheses,
        "{": _Parser._object,
    }
)
