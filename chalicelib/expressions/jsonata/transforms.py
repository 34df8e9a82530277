"""What does ``| pattern | update, delete |`` make of an object? A changed copy."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.expressions.jsonata.calling import Run
from chalicelib.expressions.jsonata.frames import Frame
from chalicelib.expressions.jsonata.values import MISSING, copied
from chalicelib.values import Json


@dataclass(frozen=True, slots=True)
class Transformer:
    """The parts of a transform; called with the object."""

    pattern: Run
    update: Run
    delete: Run | None

    def __call__(self, frame: Frame, value: Json) -> Json:
        """Return a copy of ``value``, changed where the pattern leads.

        Raises:
            Refusal: the update is no object, or what to delete is no name.
        """
        whole = copied(value, frame.budget)
        found = self.pattern(whole, frame)
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, dict):
                self._change(each, frame)
        return whole

    def _change(self, each: dict[str, Json], frame: Frame) -> None:
        update = self.update(each, frame)
        if update is not MISSING:
            if not isinstance(update, dict):
                raise Refusal("T2011", "what a transform updates with is no object")
            each.update(update)
        if self.delete is None:
            return
        names = self.delete(each, frame)
        for name in names if isinstance(names, list) else [names]:
            if name is MISSING:
                continue
            if not isinstance(name, str):
                raise Refusal("T2012", "what a transform deletes is named by texts")
            each.pop(name, None)
