"""What does an action of Step Functions work with? The stage, and one request."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from chalicelib.api import current
from chalicelib.api.auth import AccessKey
from chalicelib.api.current import Answering
from chalicelib.api.routes import read_json
from chalicelib.api.service import Service
from chalicelib.api.stepfunctions.arns import Arns
from chalicelib.api.stepfunctions.errors import Refused
from chalicelib.journal.activities import Activities
from chalicelib.journal.archive import Archive
from chalicelib.journal.releases import Releases
from chalicelib.values import Json, compact

if TYPE_CHECKING:
    from chalicelib.express import Express

#: Rows of a page where the caller does not say, and at most (AWS: the same).
PAGE, LARGEST_PAGE = 100, 1000

_Row = TypeVar("_Row")
_Place = TypeVar("_Place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A stage, as Step Functions' clients see it."""

    service: Service
    archive: Archive
    releases: Releases
    activities: Activities
    arns: Arns
    #: Made when it is first needed.
    express: Callable[[], Express]


def _of_this_stage() -> Face:
    from chalicelib import bootstrap

    settings = bootstrap.settings()
    return Face(
        service=current.service(),
        archive=bootstrap.journal(),
        releases=bootstrap.releases(),
        activities=bootstrap.activities(),
        arns=Arns(account=settings.account, region=settings.region),
        express=bootstrap.express,
    )


#: The face that answers.
face = Answering(_of_this_stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request: who asks, and with what."""

    face: Face
    caller: AccessKey
    #: The members of the action's input, known to be well-formed.
    given: Mapping[str, Json]

    @property
    def service(self) -> Service:
        """The verbs of the stage."""
        return self.face.service

    @property
    def arns(self) -> Arns:
        """The names of the stage."""
        return self.face.arns

    @property
    def releases(self) -> Releases:
        """What is said about workflows."""
        return self.face.releases

    def text(self, name: str) -> str:
        """Return a text of the input; empty where it has none."""
        return str(self.given.get(name, ""))

    def json(self, name: str, default: str = "{}") -> Json:
        """Return the JSON value that a text of the input spells.

        Raises:
            InputRefused: it is not JSON.
        """
        return read_json(self.given.get(name, default), name)

    @property
    def limit(self) -> int:
        """Rows of the page that is asked for."""
        return min(self.given.get("maxResults", 0), LARGEST_PAGE) or PAGE

    def after(self, kind: type[_Place]) -> _Place | None:
        """Return where the page before has ended; None at the beginning.

        Raises:
            Refused: InvalidToken.
        """
        token = self.text("nextToken")
        place = _decoded(token) if token else None
        if place is None or isinstance(place, kind):
            return place
        raise _no_token()

    def page(
        self, rows: Sequence[_Row], key: Callable[[_Row], str]
    ) -> tuple[Sequence[_Row], dict[str, Json]]:
        """Return a page of rows in the order of ``key``, and the token of the next.

        Raises:
            Refused: InvalidToken.
        """
        after = self.after(str)
        rest = [row for row in rows if after is None or key(row) > after]
        page = rest[: self.limit]
        return page, following(key(page[-1]) if len(rest) > len(page) else None)

    def slice(self, rows: Sequence[_Row]) -> tuple[Sequence[_Row], dict[str, Json]]:
        """Return a page of rows that only grow at their end, and the token of the next.

        Raises:
            Refused: InvalidToken.
        """
        begin = max(0, self.after(int) or 0)
        end = begin + self.limit
        return rows[begin:end], following(end if len(rows) > end else None)


def following(place: Json) -> dict[str, Json]:
    """Return the member that says where the next page begins; nothing for none."""
    if place is None:
        return {}
    token = urlsafe_b64encode(compact([place]).encode()).decode()
    return {"nextToken": token}


def _decoded(token: str) -> Json:
    try:
        (place,) = json.loads(urlsafe_b64decode(token.encode("ascii")))
    except (ValueError, TypeError):
        raise _no_token() from None
    return place


def _no_token() -> Refused:
    return Refused("InvalidToken", "Invalid Token: 'Invalid token'")
