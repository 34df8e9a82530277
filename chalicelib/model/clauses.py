"""What may a state say beside its work: when it begins, try again, go elsewhere?"""

from __future__ import annotations

from chalicelib.frozen import dataclass
from chalicelib.model.expressions import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrier:
    """A clause of Retry: which errors, how often, how far apart."""

    errors: tuple[str, ...]
    #: Seconds before the first retry.
    interval: float = 1.0
    #: Retries, the first try not counted.
    max_attempts: int = 3
    backoff: float = 2.0
    #: Seconds; no wait is longer. None: no cap.
    max_delay: float | None = None
    #: FULL: each wait is a random part of the computed one.
    full_jitter: bool = False
    #: Seen with ``$`` = the failed attempt's output; all errors must also pass it.
    condition: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catcher:
    """A clause of Catch: which errors, where to, with what."""

    errors: tuple[str, ...]
    next: str
    #: From raw input and error to the input of ``next``; absent: the error object.
    output: Expression | None = None
    assign: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """When a state begins that is due; evaluated with ``$`` = its input.

    What is no number above zero is no delay.
    """

    #: Milliseconds since the epoch; decides alone where it is there.
    until: Expression | None = None
    #: Seconds after the state was due for the first time.
    seconds: Expression | None = None
