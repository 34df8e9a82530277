"""What does the face of Step Functions offer? One route, and all of its actions.

``boto3.client("stepfunctions", endpoint_url=".../states")`` and
``aws stepfunctions --endpoint-url .../states`` work as they are, with an access key of
the stage for credentials. ``actions`` has the table of actions;
docs/stepfunctions.md says what is there and what differs.
"""

from __future__ import annotations

from chalicelib.api.routes import Call, Reply, Route

MEDIA = "application/x-amz-json-1.0"


def act(call: Call) -> Reply:
    """Do what a client of Step Functions asks for, in its own protocol."""
    # Here: most requests of a stage are none of these, and need not load them.
    from chalicelib.api.stepfunctions import actions

    return actions.act(call)


ROUTES = (
    Route(
        "POST",
        "/states",
        act,
        None,
        "Do what a client of AWS Step Functions asks for",
        request="Action",
        response="Acted",
        takes=("X-Amz-Target",),
        media=(MEDIA,),
        signed_by=("signature",),
    ),
)
