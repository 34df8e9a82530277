"""Rules of Retry and Catch -> retriers and catchers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chalicelib.formats.cloudflow.constructors import compile_template
from chalicelib.formats.cloudflow.shapes import CATCH, RETRY
from chalicelib.formats.cloudflow.sight import Sight
from chalicelib.formats.fields import Part
from chalicelib.model.expressions import Path
from chalicelib.model.workflow import Catcher, Retrier

#: What the next state receives when a rule does not say it: {Code, Detail}.
_ERROR = Path(
    text="$Context.Current.Error", root="$Context", steps=("Current", "Error")
)


def compile_retry(part: Part) -> Iterator[Retrier]:
    """Yield a retrier for each rule that is whole."""
    for rule in part.elements():
        found = rule.read(RETRY)
        if {"Errors", "MaxAttempts", "IntervalSeconds"} <= found.keys():
            yield Retrier(
                errors=tuple(found["Errors"]),
                interval=float(found["IntervalSeconds"]),
                max_attempts=found["MaxAttempts"],
                backoff=float(found.get("BackoffRate", 1.0)),
                max_delay=_optional_float(found.get("MaxBackoffSeconds")),
            )


def compile_catch(part: Part, knows: Callable[[Part], bool]) -> Iterator[Catcher]:
    """Yield a catcher for each rule that leads to a state that the scope ``knows``."""
    for rule in part.elements():
        found = rule.read(CATCH)
        constructor = rule["OutputConstructor"]
        is_given = "OutputConstructor" in found
        output = compile_template(constructor, Sight()) if is_given else _ERROR
        if knows(rule["Next"]):
            yield Catcher(
                errors=tuple(found.get("Errors", ())),
                next=rule["Next"].value,
                output=output,
            )


def _optional_float(value: float | None) -> float | None:
    return None if value is None else float(value)
