"""How far has a path been read, and what is next in it?"""

from __future__ import annotations

import re
from typing import NoReturn

from chalicelib.errors import EvaluationFailure

#: Characters of one path; people's paths have tens.
MAX_LENGTH = 4_000
#: Filters and parentheses inside each other.
MAX_DEPTH = 16


class Reader:
    """A text and how far it has been read."""

    __slots__ = ("at", "depth", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    @property
    def ahead(self) -> str:
        """The next character; empty at the end."""
        return self.text[self.at : self.at + 1]

    def skip_blanks(self) -> Reader:
        """Go past blanks."""
        while self.ahead in (" ", "\t", "\n", "\r"):
            self.at += 1
        return self

    def takes(self, word: str) -> bool:
        """Go past ``word`` if it is next."""
        if self.text.startswith(word, self.at):
            self.at += len(word)
            return True
        return False

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Go past what ``pattern`` matches here."""
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def require(self, word: str) -> None:
        """Go past ``word``, which must be next.

        Raises:
            EvaluationFailure: it is not.
        """
        if not self.skip_blanks().takes(word):
            self.fail(f"{word!r} is expected")

    def deeper(self) -> None:
        """Count one more filter or parenthesis around what follows.

        Raises:
            EvaluationFailure: there are too many.
        """
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"filters are nested more than {MAX_DEPTH} levels deep")

    def fail(self, why: str) -> NoReturn:
        """Refuse the text at this place.

        Raises:
            EvaluationFailure: always.
        """
        cause = f"{why} at character {self.at + 1} of {self.text[:200]!r}"
        raise EvaluationFailure("invalid_path", cause)
