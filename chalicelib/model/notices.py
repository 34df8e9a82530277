"""Who is told how an execution ended?"""

from __future__ import annotations

from chalicelib.frozen import dataclass
from chalicelib.model.expressions import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Somebody to be told how an execution ended, until that is acknowledged."""

    #: As a Task's; evaluated like ``request``. An HTTP resource.
    resource: Expression
    #: Evaluated with ``$`` = how it ended (see ``orchestrator/outbox``), and the final
    #: variables. Gives an HTTP request: method, query, headers, body.
    request: Expression
