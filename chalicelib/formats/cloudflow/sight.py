"""What can an expression see where it stands?

``$Output`` begins when the work is done, ``$Item`` is one of a Map's items, and the
task token is there while a task's request is built: anywhere else they are mistakes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.formats.fields import listed, suggestion

#: The parts of ``$Context``; the rest of a path is data.
_CONTEXT = {
    "Execution": ("Name", "Input", "RoleArn"),
    "Current": ("Name", "Input", "Output", "Error", "RetryCount", "TaskToken"),
}
_EVERYWHERE = ("$Input", "$Context", "$Global")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What an expression can see where it stands."""

    #: ``$Output``, and ``$Context.Current.Output``.
    output: bool = False
    #: ``$Item``.
    item: bool = False
    #: ``$Context.Current.TaskToken``.
    token: bool = False
    #: A missing path is null instead of a failure.
    lenient: bool = False

    def blindness(self, root: str, steps: tuple[str | int, ...]) -> str:
        """Return why a path cannot be seen here; empty when it can."""
        place = (root, *steps[:2])
        if place[0] == "$Output" or place == ("$Context", "Current", "Output"):
            return "" if self.output else _NO_OUTPUT
        if root == "$Item":
            return "" if self.item else _NO_ITEM
        if place == ("$Context", "Current", "TaskToken"):
            return "" if self.token else _NO_TOKEN
        if root == "$Context":
            return _unknown_context(steps[:2])
        return "" if root in _EVERYWHERE else _unknown_root(root)


_NO_OUTPUT = (
    "the output is there only in OutputConstructor and GlobalConstructor; use $Input"
)
_NO_ITEM = "$Item is there only in ItemConstructor; use $Input"
_NO_TOKEN = (
    "the task token is there only in Parameters of a Task with "
    "'TaskMode: WaitForCustomCallback'; add that mode or move the token"
)


def _unknown_root(root: str) -> str:
    known = (*_EVERYWHERE, "$Output", "$Item", "$Environment")
    hint = suggestion(root, known) or f"known are {listed(known)}"
    return f"nothing is called {root!r}; {hint}"


def _unknown_context(steps: tuple[str | int, ...]) -> str:
    names: Mapping[str, tuple[str, ...]] | tuple[str, ...] = _CONTEXT
    path = "$Context"
    for step in steps:
        if step not in names:
            hint = suggestion(str(step), names) or f"known are {listed(names)}"
            return f"{path} has no {step!r}; {hint}"
        names = _CONTEXT[str(step)] if isinstance(names, Mapping) else ()
        path = f"{path}.{step}"
    return ""
