"""What does a state wait for besides work: the time to begin, or to be woken?"""

from __future__ import annotations

from chalicelib.frozen import dataclass
from chalicelib.model.expressions import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Waits until its conditions hold; asked when it begins and whenever it is woken.

    A waking brings a value: ``assign`` puts that into the variables, and the input is
    made of them anew, before the conditions are asked again.
    """

    #: All must hold of the input.
    conditions: tuple[Expression, ...]
    #: One of them holding is a failure, unless the conditions hold.
    interruptions: tuple[Expression, ...] = ()
    #: Seconds; evaluated with ``$`` = the input. None: no limit.
    timeout: Expression | None = None
    #: Running out of time counts as skipped instead of failed.
    skips_timeout: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """When a state begins that is due; evaluated with ``$`` = its input.

    What is no number above zero is no delay.
    """

    #: Milliseconds since the epoch; decides alone where it is there.
    until: Expression | None = None
    #: Seconds after the state was due for the first time.
    seconds: Expression | None = None
