"""Where are the fields of a Task's request: in Parameters, or in Arguments?

Both query languages give a request as one object; an integration asks for its fields
here and need not know which language it is. In JSONata the object may also be made by
one expression: its fields are then read from the object that comes of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.formats.asl.expressions import (
    compile_expression,
    compile_values,
    is_expression,
)
from chalicelib.formats.asl.templates import (
    compile_field,
    compile_fields,
    compile_template,
    rest,
)
from chalicelib.formats.asl.vocabulary import JSONATA
from chalicelib.formats.fields import Part
from chalicelib.model.expressions import Expression, Jsonata, Literal, Object
from chalicelib.values import Json


class Payload(Protocol):
    """The object that a Task sends, field by field."""

    @property
    def part(self) -> Part:
        """The part that holds it, for problems."""
        ...

    def whole(self) -> Expression | None:
        """Return all of it; None where it is not given."""
        ...

    def is_given(self) -> bool:
        """Return whether there is an object to read fields of."""
        ...

    def names(self) -> Sequence[str]:
        """Return the names of its fields, as far as they are known."""
        ...

    def lacks(self, name: str) -> bool:
        """Return whether a field is not given; False where nobody can know yet."""
        ...

    def field(self, name: str) -> Expression | None:
        """Return one field; None where it is not given."""
        ...

    def field_or(self, name: str, default: Json) -> Expression:
        """Return one field, or the default where it is not given."""
        ...

    def without(self, *names: str) -> Expression:
        """Return an object of the other fields."""
        ...

    def renamed(self, names: Mapping[str, str]) -> Expression:
        """Return an object of the fields that are there, under other names."""
        ...


def payload_of(state: Part, language: str) -> Payload:
    """Return the request of a Task state."""
    if language != JSONATA:
        return _Template(state["Parameters"])
    arguments = state["Arguments"]
    if is_expression(arguments.value):
        return _Computed(arguments, compile_expression(arguments))
    return _Values(arguments)


@dataclass(frozen=True, slots=True)
class _Template:
    """JSONPath: a payload template, in which names end in ``.$``."""

    part: Part

    def whole(self) -> Expression | None:
        return None if self.part.value is None else compile_template(self.part)

    def is_given(self) -> bool:
        return isinstance(self.part.value, dict)

    def names(self) -> Sequence[str]:
        return [name.removesuffix(".$") for name, _ in self.part.members()]

    def lacks(self, name: str) -> bool:
        return name not in self.names()

    def field(self, name: str) -> Expression | None:
        return compile_field(self.part, name)

    def field_or(self, name: str, default: Json) -> Expression:
        found = self.field(name)
        return Literal(value=default) if found is None else found

    def without(self, *names: str) -> Expression:
        return compile_fields(self.part, rest(self.part, *names))

    def renamed(self, names: Mapping[str, str]) -> Expression:
        return _renamed(self, names)


@dataclass(frozen=True, slots=True)
class _Values:
    """JSONata: an object with expressions in it."""

    part: Part

    def whole(self) -> Expression | None:
        return None if self.part.value is None else compile_values(self.part)

    def is_given(self) -> bool:
        return isinstance(self.part.value, dict)

    def names(self) -> Sequence[str]:
        return [name for name, _ in self.part.members()]

    def lacks(self, name: str) -> bool:
        return name not in self.part

    def field(self, name: str) -> Expression | None:
        return compile_values(self.part[name]) if name in self.part else None

    def field_or(self, name: str, default: Json) -> Expression:
        found = self.field(name)
        return Literal(value=default) if found is None else found

    def without(self, *names: str) -> Expression:
        others = (name for name in self.names() if name not in names)
        fields = tuple((name, compile_values(self.part[name])) for name in others)
        return Object(fields=fields)

    def renamed(self, names: Mapping[str, str]) -> Expression:
        return _renamed(self, names)


def _renamed(payload: _Template | _Values, names: Mapping[str, str]) -> Expression:
    found = ((ours, payload.field(name)) for name, ours in names.items())
    return Object(fields=tuple((ours, each) for ours, each in found if each))


@dataclass(frozen=True, slots=True)
class _Computed:
    """JSONata: one expression that gives the object."""

    part: Part
    expression: Expression

    @property
    def _text(self) -> str:
        # What could not be read is a constant, and its problem is reported.
        return self.expression.text if isinstance(self.expression, Jsonata) else "{}"

    def whole(self) -> Expression | None:
        return self.expression

    def is_given(self) -> bool:
        return True

    def names(self) -> Sequence[str]:
        return ()

    def lacks(self, name: str) -> bool:
        return False

    def field(self, name: str) -> Expression | None:
        return self._made(f"({self._text}).{name}", f"Arguments/{name}")

    def field_or(self, name: str, default: Json) -> Expression:
        text = (
            f"($given := ({self._text}).{name}; "
            f"$exists($given) ? $given : {json.dumps(default)})"
        )
        return self._made(text, f"Arguments/{name}")

    def without(self, *names: str) -> Expression:
        taken = json.dumps(names)
        text = f"$sift({self._text}, function($_, $name) {{ $not($name in {taken}) }})"
        return self._made(text, "Arguments")

    def renamed(self, names: Mapping[str, str]) -> Expression:
        pairs = (f"{json.dumps(ours)}: $given.{name}" for name, ours in names.items())
        text = f"($given := ({self._text}); {{{', '.join(pairs)}}})"
        return self._made(text, "Arguments")

    def _made(self, text: str, field: str) -> Jsonata:
        return Jsonata(text=text, field=field)
