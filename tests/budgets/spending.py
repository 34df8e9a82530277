"""What does a workflow use? Counted by the meter of a stage in memory.

The difference between a long run and a short one is the price of what the long one has
more; what is left of the short one is the price of an execution.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise

from chalicelib.prices import Bill
from chalicelib.simulation.stage import Stage

TASK = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:do"}
PASS = {"Type": "Pass"}
CALLBACK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Parameters": {
        "FunctionName": "do",
        "Payload": {"token.$": "$$.Task.Token", "order.$": "$"},
    },
    "OutputPath": "$.order",
}

#: What services send each other; just under 1 KB.
ORDER = {
    "order": {
        "id": "ORD-2026-004217",
        "placedAt": "2026-01-14T09:31:07Z",
        "channel": "web",
        "currency": "EUR",
        "express": False,
    },
    "customer": {
        "id": "c-88213",
        "name": "Ada Lovelace",
        "email": "ada.lovelace@example.com",
        "phone": "+44 20 7946 0991",
        "address": {
            "street": "12 St James's Square",
            "city": "London",
            "postcode": "SW1Y 4JH",
            "country": "GB",
        },
    },
    "items": [
        {"sku": "BK-1001", "title": "On the Economy of Machinery", "quantity": 1},
        {"sku": "BK-1038", "title": "Notes by the Translator", "quantity": 2},
        {"sku": "TY-2210", "title": "Orrery, brass, 30 cm", "quantity": 1},
        {"sku": "EL-5503", "title": "Jacquard card set (200)", "quantity": 3},
        {"sku": "KT-7720", "title": "Difference Engine, pocket kit", "quantity": 1},
        {"sku": "GM-0917", "title": "Whist, 52 cards", "quantity": 4},
    ],
    "payment": {
        "method": "card",
        "brand": "visa",
        "last4": "4242",
        "authorisation": "auth_3PqY7sKZ1mXw0d2L",
        "captured": False,
        "amount": 148.75,
    },
    "shipping": {
        "carrier": "Royal Mail",
        "service": "standard",
        "weight": 2.45,
        "boxes": 1,
        "notes": "Leave it with the neighbour at number 14 if nobody is in.",
    },
    "step": 0,
}


def next_step(event):
    """Change the order a little, as a service does."""
    paid = {**event["payment"], "captured": True}
    return {**event, "payment": paid, "step": event["step"] + 1}


def echo(event):
    return event


class Cold(Stage):
    """A stage whose every invocation is in a new process."""

    def _in_process(self, ask):
        return ask(self._process())


def chain(state, length):
    """Return ``length`` states of one kind, one after the other."""
    names = [f"Step {number}" for number in range(1, length + 1)]
    states = {name: {**state, "Next": following} for name, following in pairwise(names)}
    states[names[-1]] = {**state, "End": True}
    return {"StartAt": names[0], "States": states}


def fan_out(limit=0):
    """Return a Map with one task in each iteration."""
    each = {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": chain(TASK, 1)}
    return {
        "StartAt": "Each",
        "States": {"Each": {**each, **_limit(limit), "End": True}},
    }


def _limit(limit):
    return {"MaxConcurrency": limit} if limit else {}


def orders(count):
    """Return what a fan-out of ``count`` works on."""
    items = [
        {"id": f"ORD-2026-{n:06d}", "sku": f"BK-{1000 + n}", "quantity": n % 3 + 1}
        for n in range(count)
    ]
    return {"batch": "2026-01-14", "items": items}


def noise(letters):
    """Return text that compresses to no less than half."""
    digests = (hashlib.sha256(b"%d" % n).hexdigest() for n in range(letters // 64))
    return "".join(digests)


def spent(definition, value, *, function=echo, stage=Stage, format=None):
    """Run a definition; return its bill.

    Raises:
        AssertionError: it did not succeed.
    """
    made = stage({"do": function})
    workflow = made.publish(definition, name="orders", format=format)
    head = made.run(workflow, value, name="0f8fad5b-d9cb-469f-a165-70867728950e")
    made.loop.close()
    if head.status != "SUCCEEDED":
        raise AssertionError(f"{head.status}: {head.error} {head.cause}")
    return made.meter.bill(head.execution)


def per_state(state, value, *, long=50, short=10, **how):
    """Return what each of many states of a kind uses."""
    more = spent(chain(state, long), value, **how)
    less = spent(chain(state, short), value, **how)
    return share(more, less, long - short)


def share(more, less, count):
    """Return the difference of two bills, for one of ``count``."""
    names = Bill.__dataclass_fields__
    return Bill(
        **{name: (getattr(more, name) - getattr(less, name)) / count for name in names}
    )
