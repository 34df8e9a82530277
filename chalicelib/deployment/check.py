"""Does a fresh stage let a workflow go through its queue as often as it has to?

Lambda drops messages that go from SQS to SQS by way of functions after about 16 rounds,
unless the function says that it means it. Waits of a second are such rounds.
"""

from __future__ import annotations

from chalicelib.values import compact

#: Rounds through the queue: more than twice what Lambda takes for a loop.
HOPS = 40


def definition(hops: int = HOPS) -> str:
    """Return a workflow that goes through the queue so often."""
    states = {
        f"Hop{number}": {
            "Type": "Wait",
            "Seconds": 1,
            **({"End": True} if number == hops else {"Next": f"Hop{number + 1}"}),
        }
        for number in range(1, hops + 1)
    }
    return compact({"StartAt": "Hop1", "States": states})
