"""How does an execution run within one request? The orchestrator, on twins in memory.

    request --run--> start -> queue in memory -> handle … -> ended, or out of time

Nothing is kept: journal, values and messages live as long as the request. What leaves
the process is what tasks ask for, through the stage's own dispatcher; calls of one
execution are made side by side.

Rule 1  One message is handled at a time; whoever calls the outside lets go meanwhile
        (``twins.Baton``). The twins in memory are for one thread.
Rule 2  When the time is up, the execution is stopped as TIMED_OUT. Calls under way
        end by their own time limit, and nobody waits for them.
"""

from chalicelib.express.running import Ended, Express

__all__ = ["Ended", "Express"]
