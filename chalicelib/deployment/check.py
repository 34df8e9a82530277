"""Does a fresh stage let a workflow go through its queue as often as it has to?

Lambda drops messages that go from SQS to SQS by way of functions after about 16 rounds,
unless the function says that it means it. A workflow that starts itself as a
sub-workflow, again and again, makes two such rounds each time, and waits for nothing.
"""

from __future__ import annotations

from chalicelib.values import Json, compact

#: Rounds through the queue: more than twice what Lambda takes for a loop.
HOPS = 40
#: Seconds; it takes a few.
PATIENCE = 120
#: What the check is published as.
NAME = "millrace-check"


def definition(hops: int = HOPS) -> str:
    """Return a workflow, published as ``NAME``, that goes through the queue so often.

    ``hops``: an even number; a sub-workflow begins by message, and ends by message.
    """
    calls = hops // 2
    rounds = {
        f"Call{number}": _call(f"Call{number + 1}" if number < calls else "")
        for number in range(1, calls + 1)
    }
    return compact(
        {
            "StartAt": "IsCalled",
            # A dropped message is one that nobody waits for otherwise.
            "TimeoutSeconds": PATIENCE,
            "States": {
                "IsCalled": {
                    "Type": "Choice",
                    "Choices": [
                        {"Variable": "$.called", "IsPresent": True, "Next": "Answer"}
                    ],
                    "Default": "Call1",
                },
                "Answer": {"Type": "Succeed"},
                **rounds,
            },
        }
    )


def _call(following: str) -> Json:
    machine = f"arn:aws:states:us-east-1:123456789012:stateMachine:{NAME}"
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": machine, "Input": {"called": True}},
        "ResultPath": None,
        **({"Next": following} if following else {"End": True}),
    }
