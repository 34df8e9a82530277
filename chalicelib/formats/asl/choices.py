"""The rules of a Choice -> conditions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.formats.asl.paths import compile_path
from chalicelib.formats.asl.templates import compile_assign
from chalicelib.formats.asl.vocabulary import JSONATA_FIELDS
from chalicelib.formats.fields import (
    Field,
    Part,
    Rule,
    Shape,
    boolean,
    every,
    listed,
    mapping,
    name_text,
    suggestion,
    text,
)
from chalicelib.model import workflow as model
from chalicelib.model.expressions import (
    And,
    Compare,
    Expression,
    Is,
    Literal,
    Not,
    Or,
)
from chalicelib.model.timestamps import instant
from chalicelib.values import Json, is_number

_NEVER = Literal(value=False)
_ORDERS = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")


def _number(value: Json) -> str | None:
    return None if is_number(value) else "must be a number"


def _timestamp(value: Json) -> str | None:
    is_right = instant(value) is not None
    return None if is_right else "must be a time such as 2024-05-01T12:00:00Z"


@dataclass(frozen=True, slots=True)
class _Operator:
    """How the operand of an operator is written, and what the operator compiles to."""

    rule: Rule
    compile: Callable[[Part, str], Expression]


def _constant(part: Part, name: str) -> Expression:
    left = compile_path(part["Variable"])
    return Compare(operator=name, left=left, right=Literal(value=part[name].value))


def _path(part: Part, name: str) -> Expression:
    left, right = compile_path(part["Variable"]), compile_path(part[name])
    return Compare(operator=name.removesuffix("Path"), left=left, right=right)


def _kind(part: Part, name: str) -> Expression:
    subject = compile_path(part["Variable"])
    return Is(kind=name, subject=subject, expected=part[name].value)


_CONSTANTS: dict[str, Rule] = {
    **{f"String{order}": text for order in _ORDERS},
    **{f"Numeric{order}": _number for order in _ORDERS},
    **{f"Timestamp{order}": _timestamp for order in _ORDERS},
    "BooleanEquals": boolean,
}
_KINDS = ("Null", "Present", "Numeric", "String", "Boolean", "Timestamp")
_OPERATORS: dict[str, _Operator] = {
    **{name: _Operator(rule, _constant) for name, rule in _CONSTANTS.items()},
    **{f"{name}Path": _Operator(name_text, _path) for name in _CONSTANTS},
    "StringMatches": _Operator(text, _constant),
    **{f"Is{kind}": _Operator(boolean, _kind) for kind in _KINDS},
}
_COMBINATIONS: dict[str, Rule] = {
    "And": every(mapping, least=1),
    "Or": every(mapping, least=1),
    "Not": mapping,
}
_TESTS = {*_OPERATORS, *_COMBINATIONS}
_REFUSED = {name: JSONATA_FIELDS[name] for name in ("Condition", "Output")}
_TOP_FIELDS = {
    "Next": Field(name_text, required=True),
    "Assign": Field(mapping),
    "Comment": Field(text),
}


def compile_rules(part: Part) -> tuple[model.Rule, ...]:
    """Return the rules of a Choice state, in order."""
    return tuple(_rule(each, part) for each in part["Choices"].elements())


def _rule(part: Part, state: Part) -> model.Rule:
    condition = _condition(part, _TOP_FIELDS)
    target = part["Next"].value
    return model.Rule(
        condition=condition,
        next=(target,) if isinstance(target, str) else (),
        assign=compile_assign(part["Assign"])
        if "Assign" in part
        else unassigned(state),
    )


def unassigned(state: Part) -> Expression | None:
    """Return what a rule without Assign assigns: the state's is for the Default."""
    return Literal(value={}) if "Assign" in state else None


def _condition(part: Part, others: dict[str, Field]) -> Expression:
    """Return the test of a rule, or of a rule inside one."""
    tests = [name for name in part.value if name in _TESTS]
    if len(tests) != 1:
        _report_tests(part, tests)
        return _NEVER
    (name,) = tests
    if name in _COMBINATIONS:
        rule = _COMBINATIONS[name]
        fields = {name: Field(rule), "Comment": Field(text), **others}
        found = part.read(Shape("a rule", fields, refused=_REFUSED))
        return _combined(part, name) if name in found else _NEVER
    operator = _OPERATORS[name]
    fields = {
        "Variable": Field(name_text, required=True),
        name: Field(operator.rule),
        "Comment": Field(text),
        **others,
    }
    found = part.read(Shape("a rule", fields, refused=_REFUSED))
    is_whole = name in found and "Variable" in found
    return operator.compile(part, name) if is_whole else _NEVER


def _combined(part: Part, name: str) -> Expression:
    if name == "Not":
        return Not(rule=_condition(part[name], {}))
    rules = tuple(_condition(each, {}) for each in part[name].elements())
    return And(rules=rules) if name == "And" else Or(rules=rules)


def _report_tests(part: Part, tests: list[str]) -> None:
    if "Condition" in part:
        part["Condition"].wrong(_REFUSED["Condition"], at="key")
    elif tests:
        part.wrong(
            f"a rule has one test, and this has {listed(tests)}; combine with And"
        )
    else:
        near = (suggestion(name, _TESTS) for name in part.value)
        hint = next((each for each in near if each), "add one such as StringEquals")
        part.wrong(f"there is no test in this rule; {hint}")
