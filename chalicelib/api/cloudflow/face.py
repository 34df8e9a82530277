"""What does an operation of CloudFlow work with? The stage, and one request."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from chalicelib.api import current, shapes
from chalicelib.api.auth import AccessKey
from chalicelib.api.cloudflow.errors import Refused, invalid
from chalicelib.api.current import Answering
from chalicelib.api.nonces import Nonces
from chalicelib.api.routes import read_json
from chalicelib.api.service import Service
from chalicelib.errors import InputRefused
from chalicelib.journal.archive import Archive
from chalicelib.journal.releases import Releases
from chalicelib.values import Json

if TYPE_CHECKING:
    from chalicelib.bell import Bell
    from chalicelib.express import Express

#: CloudFlow: names of flows, executions, schedules and aliases.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,127}", re.ASCII)
#: Rows of a page where the caller does not say (CloudFlow: the same).
PAGE = 60
_FLAGS = {"true": True, "false": False}

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A stage, as CloudFlow's clients see it."""

    service: Service
    archive: Archive
    releases: Releases
    nonces: Nonces
    region: str
    #: Rings when an execution ends in this process.
    bell: Bell
    #: Made when it is first needed.
    express: Callable[[], Express]


def _of_this_stage() -> Face:
    from chalicelib import bootstrap

    return Face(
        service=current.service(),
        archive=bootstrap.journal(),
        releases=bootstrap.releases(),
        nonces=Nonces(bootstrap.table(), bootstrap.clock()),
        region=bootstrap.settings().region,
        bell=bootstrap.bell(),
        express=bootstrap.express,
    )


#: The face that answers.
face = Answering(_of_this_stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request: who asks, and with what."""

    face: Face
    caller: AccessKey
    #: Parameters of query and form, without the protocol's own.
    given: Mapping[str, str]
    #: A name for what it starts, that the same signed request has again; empty: none.
    drawn: str = ""

    @property
    def service(self) -> Service:
        """The verbs of the stage."""
        return self.face.service

    @property
    def releases(self) -> Releases:
        """What is said about flows."""
        return self.face.releases

    def text(self, name: str, *, most: int = 0) -> str:
        """Return a parameter; empty where it is not given. ``most``: characters.

        Raises:
            Refused: InvalidArgument, it is longer.
        """
        found = self.given.get(name, "")
        if most and len(found) > most:
            raise invalid(name, f"at most {most} characters, found {len(found)}")
        return found

    def needed(self, name: str, *, most: int = 0) -> str:
        """Return a parameter that must be given.

        Raises:
            Refused: InvalidArgument, it is missing, empty, or too long.
        """
        found = self.text(name, most=most)
        if not found:
            raise Refused("InvalidArgument", f"{name} is required")
        return found

    def new_name(self, name: str) -> str:
        """Return a parameter that names something new.

        Raises:
            Refused: InvalidArgument, nothing can have that name.
        """
        found = self.needed(name)
        if not NAME.fullmatch(found):
            raise invalid(
                name,
                "a letter or _, then at most 127 letters, digits, _ or -; "
                f"found {found[:140]!r}",
            )
        return found

    def workflow(self, name: str = "FlowName") -> str:
        """Return the flow that a parameter names, which the caller may see.

        Raises:
            Refused: InvalidArgument, it is missing.
            NotAuthorized: the key does not see it.
        """
        workflow = self.needed(name)
        self.caller.require_workflow(workflow)
        return workflow

    def flow(self, name: str = "FlowName") -> str:
        """Return the flow that a parameter names, which is there.

        Raises:
            Refused: InvalidArgument, it is missing.
            NotAuthorized: the key does not see it.
            WorkflowNotFound: it does not exist.
        """
        workflow = self.workflow(name)
        self.face.archive.current(workflow)
        return workflow

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        """Return a whole number.

        Raises:
            Refused: InvalidArgument, it is something else.
        """
        text = self.given.get(name, "").strip() or str(default)
        is_number = text.isascii() and text.isdigit() and len(text) < 16
        if not is_number or not least <= int(text) <= most:
            raise invalid(name, f"a number from {least} to {most}, found {text[:40]!r}")
        return int(text)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false, in any case: Python's clients write ``True``.

        Raises:
            Refused: InvalidArgument, it is something else.
        """
        text = self.given.get(name, "").strip()
        if not text:
            return default
        if text.lower() not in _FLAGS:
            raise invalid(name, f"true or false, found {text[:40]!r}")
        return _FLAGS[text.lower()]

    def json(self, name: str) -> Json:
        """Return the JSON value that a parameter spells; None where it is empty.

        Raises:
            Refused: InvalidArgument, it is not JSON.
        """
        text = self.given.get(name, "")
        if not text.strip():
            return None
        try:
            return read_json(text, name)
        except InputRefused as refused:
            raise Refused("InvalidArgument", str(refused)) from None

    def object(self, name: str) -> dict[str, Json]:
        """Return the JSON object that a parameter spells; empty where it is empty.

        Raises:
            Refused: InvalidArgument, it is none.
        """
        value = self.json(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise invalid(name, 'a JSON object such as {"key": "value"}')
        return value

    def limit(self, most: int = 999) -> int:
        """Return how many rows of a list are asked for."""
        return self.number("Limit", PAGE, least=1, most=most)

    def page(
        self, rows: Sequence[_Row], key: Callable[[_Row], str]
    ) -> tuple[Sequence[_Row], str]:
        """Return a page of rows in the order of ``key``, and where the next begins.

        The token is the key of the first row that is still to come, and works also
        when that row is gone by then.
        """
        begin = self.text("NextToken")
        rest = [row for row in rows if key(row) >= begin]
        limit = self.limit()
        following = key(rest[limit]) if len(rest) > limit else ""
        return rest[:limit], following


def moment(at: float | None) -> str:
    """Return a time as CloudFlow writes it: UTC with milliseconds; empty for none.

    >>> moment(1.5), moment(None)
    ('1970-01-01T00:00:01.500Z', '')
    """
    return shapes.time(at) or ""


def dashed(digits: str) -> str:
    """Return 32 digits as ids are written.

    >>> dashed("0" * 32)
    '00000000-0000-0000-0000-000000000000'
    """
    cuts = ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))
    return "-".join(digits[begin:end] for begin, end in cuts)
