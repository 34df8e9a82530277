"""retry, catch and errorMappings -> retriers and catchers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chalicelib.formats.cloudflow_steps.mappings import (
    added_to_local,
    compile_mappings,
)
from chalicelib.formats.cloudflow_steps.paths import Dialect
from chalicelib.formats.cloudflow_steps.shapes import CATCH, RETRY
from chalicelib.formats.fields import Part
from chalicelib.model.expressions import Expression, Literal
from chalicelib.model.workflow import Catcher, Retrier

#: CloudFlow, "Task steps": the error is all that errorMappings can see.
_ERROR = Dialect(
    roots={"$local": "$Failure"},
    way_out="errorMappings read $local.error and $local.cause",
)
_EMPTY = Literal(value={})


def compile_retry(part: Part) -> Iterator[Retrier]:
    """Yield a retrier for each one that is whole."""
    for rule in part.elements():
        found = rule.read(RETRY)
        if RETRY.fields.keys() <= found.keys():
            yield Retrier(
                errors=tuple(found["errors"]),
                interval=float(found["intervalSeconds"]),
                max_attempts=found["maxAttempts"],
                backoff=float(found["multiplier"]),
                max_delay=float(found["maxIntervalSeconds"]),
            )


def compile_catch(
    part: Part, error_mappings: Part, knows: Callable[[Part], bool]
) -> Iterator[Catcher]:
    """Yield a catcher for each catch that leads to a step that the task ``knows``."""
    output = _compile_error(error_mappings)
    assign = None if output is _EMPTY else added_to_local(output)
    for rule in part.elements():
        found = rule.read(CATCH)
        if knows(rule["goto"]):
            yield Catcher(
                errors=tuple(found.get("errors", ())),
                next=rule["goto"].value,
                output=output,
                assign=assign,
            )


def _compile_error(part: Part) -> Expression:
    """Return what the step that is gone to is told; nothing without mappings."""
    found = compile_mappings(part, _ERROR)
    return _EMPTY if found is None else found
