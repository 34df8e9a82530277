"""The functions of the stage that the scenarios run; see ``mail`` for how they talk.

Those with ``request`` are plain HTTP functions, those with ``context`` want Lambda's;
any of the others can be called in either way.
"""

from tests.scenarios import mail


def shout(event):
    return {"text": event["text"].upper()}


def fail(event):
    raise ValueError(event.get("why", "it is broken"))


def size(event):
    return {"text": "x" * event["bytes"]}


def unspeakable(event):
    return {"a set is not JSON": {1, 2}}


def hang(event):
    mail.pass_gate(event["gate"])
    return {"at": "last"}


def hold(event):
    """Tell the test when the work begins, and when it is done."""
    mail.drop(event["box"], "here")
    mail.pass_gate(event["box"])
    mail.drop(event["box"], "gone")
    return {"at": "last"}


def receive(event):
    """Tell the test what came, and nothing else."""
    mail.drop(event["box"], event)


def tell(event, context):
    """Tell the test what Lambda was sent along with the event."""
    around = context.client_context
    mail.drop(event["box"], around.custom if around else None)
    mail.pass_gate(event["box"])
    return {"heard": event["box"]}


def fickle(event, context):
    """Fail until the last of so many calls."""
    mail.drop(event["box"], context.client_context.custom["idempotency-key"])
    if mail.count(event["box"]) < event["calls"]:
        raise ValueError("not yet")
    return {"calls": mail.count(event["box"])}


def http_tell(request):
    """Tell the test what an HTTP function sees of a request."""
    letter = {
        "method": request.method,
        "path": request.path,
        "query": dict(request.query),
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "body": request.event,
    }
    mail.drop(request.query["box"], letter)
    return 202, {"accepted": True}


def http_tell_now(request):
    """Tell the test what an HTTP function sees, and be done."""
    http_tell(request)
    return {}


def words(event):
    return "three short words"


def http_text(request):
    return "this is <b>not</b> JSON"


def http_size(request):
    return {"text": "x" * int(request.query["bytes"])}


def http_hang(request):
    mail.pass_gate(request.query["gate"])
    return {"at": "last"}


def http_status(request):
    return int(request.query["status"]), {"reason": "as you wished"}


def greet(event, request):
    """Answer with what a function behind a gateway sees of a request."""
    name = event.get("name") if isinstance(event, dict) else None
    return {"hello": name, "path": request.path, "query": dict(request.query)}


class Broken:
    """A dispatcher of the stage's own that has a bug."""

    def dispatch(self, call):
        raise ZeroDivisionError(call.task)

    def cancel(self, call):
        return False
