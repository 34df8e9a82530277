"""What does the face of Rill Flow offer? ``/flow/*.json``; one row for each route.

docs/rillflow-api.md says what is there and what differs. The verbs are in modules that
are loaded when the first of their requests comes: most stages ask for none.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

from chalicelib.api.rillflow import errors
from chalicelib.api.rillflow.catalogue import CATALOGUE
from chalicelib.api.rillflow.rows import EXECUTIONS, Row
from chalicelib.api.routes import ANY_MEDIA, Call, Reply, Route, Verb

#: Every row.
ROWS = (*EXECUTIONS, *CATALOGUE)


def _routes() -> Iterator[Route]:
    for row in ROWS:
        for method in row.methods.split():
            yield Route(
                method,
                f"/flow/{row.path}.json",
                _verb(row),
                row.scope,
                row.summary,
                request="RillFlow" if method == "POST" else "",
                response="RillFlow",
                takes=tuple(row.takes.split()),
                media=ANY_MEDIA,
                refuse=errors.response,
            )


def _verb(row: Row) -> Verb:
    module, _, name = row.verb.partition(".")

    def verb(call: Call) -> Reply:
        found: Verb = getattr(
            importlib.import_module(f"chalicelib.api.rillflow.{module}"), name
        )
        return found(call)

    verb.__name__ = re.sub(r"\W", "_", row.path)
    verb.__doc__ = f"{row.summary}."
    return verb


ROUTES = tuple(_routes())
