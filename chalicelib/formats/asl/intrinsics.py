"""A text such as ``States.Format('{}!', $.name)`` -> a call.

call      States.Name ( [argument (, argument)*] )
argument  'text'  12  -1.5  true  false  null  $.path  call
"""

from __future__ import annotations

import re
from typing import NoReturn

from chalicelib.errors import InputRefused
from chalicelib.formats.asl.paths import to_path
from chalicelib.formats.fields import Part, suggestion
from chalicelib.model.expressions import Call, Expression, Literal, Path
from chalicelib.model.path_parts import PathError
from chalicelib.values import parse

#: Name -> least and most arguments; AWS, "Intrinsic functions".
_ARGUMENTS: dict[str, tuple[int, int]] = {
    "States.Array": (0, 999),
    "States.ArrayContains": (2, 2),
    "States.ArrayGetItem": (2, 2),
    "States.ArrayLength": (1, 1),
    "States.ArrayPartition": (2, 2),
    "States.ArrayRange": (3, 3),
    "States.ArrayUnique": (1, 1),
    "States.Base64Decode": (1, 1),
    "States.Base64Encode": (1, 1),
    "States.Format": (1, 999),
    "States.Hash": (2, 2),
    "States.JsonMerge": (3, 3),
    "States.JsonToString": (1, 1),
    "States.MathAdd": (2, 2),
    "States.MathRandom": (2, 3),
    "States.StringSplit": (2, 2),
    "States.StringToJson": (1, 1),
    "States.UUID": (0, 0),
}
#: AWS, "Intrinsic functions": calls inside calls.
_MAX_DEPTH = 10

_NAME = re.compile(r"\s*(States\.\w+)\s*\(\s*")
_TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'\s*", re.DOTALL)
_WORD = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)\s*(?=[,)])")
_ESCAPED = re.compile(r"\\(['{}\\])")


class _NotACall(ValueError):
    """The text is not a call; the message says where it stops being one."""


def compile_call(part: Part) -> Call:
    """Return the call that ``part`` spells; a problem is added when it spells none."""
    reader = _Reader(part)
    try:
        return reader.read()
    except (_NotACall, PathError) as error:
        part.wrong(str(error))
        return Call(name="States.Array", arguments=())


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, part: Part) -> None:
        self._text = str(part.value)
        self._where = "/".join(str(step) for step in part.path)
        self._at = 0

    def read(self) -> Call:
        call = self._call(1)
        if self._at < len(self._text):
            self._refuse("nothing may follow the closing )")
        return call

    def _call(self, depth: int) -> Call:
        start = self._at
        found = _NAME.match(self._text, start)
        if found is None:
            self._refuse("expected States.Name(")
        if depth > _MAX_DEPTH:
            self._refuse(f"calls may be nested {_MAX_DEPTH} deep")
        name = found[1]
        self._require_known(name)
        self._at = found.end()
        arguments = tuple(self._arguments(name, depth))
        self._require_count(name, len(arguments))
        text = self._text[start : self._at].strip()
        return Call(
            name=name, arguments=arguments, text=text, place=f"{self._where}:{start}"
        )

    def _arguments(self, name: str, depth: int) -> list[Expression]:
        found: list[Expression] = []
        if not self._take(")"):
            found.append(self._argument(name == "States.Format", depth))
            while self._take(","):
                found.append(self._argument(False, depth))
            if not self._take(")"):
                self._refuse("expected , or )")
        return found

    def _argument(self, is_template: bool, depth: int) -> Expression:
        quoted = _TEXT.match(self._text, self._at)
        if quoted:
            if "\\" in _ESCAPED.sub("", quoted[1]):
                self._refuse(r"a backslash may stand before ' { } and \ only")
            self._at = quoted.end()
            # Format reads its own escapes: there a brace may be one, or a place.
            text = quoted[1] if is_template else _ESCAPED.sub(r"\1", quoted[1])
            return Literal(value=text)
        word = _WORD.match(self._text, self._at)
        if word:
            try:
                value = parse(word[1], what="the number")
            except InputRefused as error:
                self._refuse(error.reason)
            self._at = word.end()
            return Literal(value=value)
        if self._text.startswith("$", self._at):
            return self._path()
        return self._call(depth + 1)

    def _path(self) -> Path:
        start, self._at = self._at, _path_end(self._text, self._at)
        return to_path(self._text[start : self._at].strip())

    def _take(self, what: str) -> bool:
        if not self._text.startswith(what, self._at):
            return False
        self._at += 1
        while self._text[self._at : self._at + 1].isspace():
            self._at += 1
        return True

    def _require_known(self, name: str) -> None:
        if name not in _ARGUMENTS:
            hint = suggestion(name, _ARGUMENTS) or "see AWS, Intrinsic functions"
            self._refuse(f"there is no function {name}; {hint}")

    def _require_count(self, name: str, count: int) -> None:
        least, most = _ARGUMENTS[name]
        if not least <= count <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            self._refuse(f"{name} takes {wanted} arguments, not {count}")

    def _refuse(self, what: str) -> NoReturn:
        raise _NotACall(
            f"{self._text!r} is not a call of an intrinsic function: {what} "
            f"(character {self._at + 1})"
        )


def _path_end(text: str, at: int) -> int:
    """Return where a path in an argument ends: at a comma or a ) of the call's own."""
    depth, quote = 0, ""
    for end in range(at, len(text)):
        letter = text[end]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "[(":
            depth += 1
        elif depth == 0 and letter in ",)":
            return end
        elif letter in "])":
            depth -= 1
    return len(text)
