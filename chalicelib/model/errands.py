"""What does a Map have done for its items, before its iterations and after them?"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.model.expressions import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a Map has done outside, before its iterations or after them."""

    #: As a Task's: ``s3:read``, ``s3:write``.
    resource: str
    #: Evaluated with ``$`` = the input; an object.
    arguments: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Batcher:
    """Items that reach an iteration several at a time, as ``Items`` of an object."""

    #: Evaluates to how many one batch has at most; 0 or None: no limit.
    max_items: Expression | None = None
    #: Evaluates to how many bytes one batch has at most; 0 or None: no limit.
    max_bytes: Expression | None = None
    #: What every batch gets beside its items, as ``BatchInput``.
    input: Expression | None = None
