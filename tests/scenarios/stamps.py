"""A dispatcher of the author's own; ``docs/dispatchers.md`` shows it."""

from chalicelib.dispatchers.seams import failed
from chalicelib.engine.events import Answer
from chalicelib.model.error_names import Kind


class Stamps:
    """Speaks ``stamp://<office>``: its work is done at once."""

    def dispatch(self, call):
        office = call.resource.removeprefix("stamp:")
        if not office:
            return failed(Kind.NOT_FOUND, "stamp:// names no office")
        return Answer(payload={"stamped": office, "for": call.payload["name"]})

    def cancel(self, call):
        return False
