"""Which tasks have people prepared for others? Templates, by number and by name.

rillflow#templates / T#00000003      template 3
rillflow#templates / NAME#resize     whose it is; a name is used once
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.errors import InputRefused, StaleRecord
from chalicelib.ports import Clock, Item, Table
from chalicelib.values import Json

PARTITION = "rillflow#templates"


class Templates:
    """The templates of a stage."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def all(self) -> list[Item]:
        """Return the templates, oldest first."""
        found = self._table.query(PARTITION, prefix="T#")
        return [_shown(item) for item in found]

    def get(self, number: int) -> Item | None:
        """Return a template, or None."""
        item = self._table.get((PARTITION, _key(number)))
        return None if item is None else _shown(item)

    def create(self, facts: Mapping[str, Json]) -> int:
        """Keep a new template; return its number.

        Raises:
            InputRefused: its name is taken.
        """
        now = self._clock.now()
        while True:
            newest = self._table.query(PARTITION, prefix="T#", descending=True, limit=1)
            number = newest[0]["id"] + 1 if newest else 1
            item = {**facts, "id": number, "created_at": now, "updated_at": now}
            try:
                self._put(item, unless_exists=True)
            except StaleRecord:
                continue
            break
        try:
            self._name(str(facts["name"]), number)
        except InputRefused:
            self._table.delete((PARTITION, _key(number)))
            raise
        return number

    def change(self, number: int, facts: Mapping[str, Json]) -> bool:
        """Keep other facts of a template; False where there is none of that number.

        Raises:
            InputRefused: its new name is taken.
        """
        before = self.get(number)
        if before is None:
            return False
        after = {**before, **facts, "updated_at": self._clock.now()}
        if after["name"] != before["name"]:
            self._name(str(after["name"]), number)
        self._put(after)
        if after["name"] != before["name"]:
            self._table.delete((PARTITION, f"NAME#{before['name']}"))
        return True

    def _put(self, item: Item, *, unless_exists: bool = False) -> None:
        key = {"pk": PARTITION, "sk": _key(item["id"])}
        self._table.put({**item, **key}, unless_exists=unless_exists)

    def _name(self, name: str, number: int) -> None:
        key = (PARTITION, f"NAME#{name}")
        try:
            item: Item = {"pk": key[0], "sk": key[1], "id": number}
            self._table.put(item, unless_exists=True)
        except StaleRecord:
            if (self._table.get(key) or {}).get("id") != number:
                reason = f"there is a template {name!r} already"
                raise InputRefused(reason, path="name") from None


def _key(number: int) -> str:
    return f"T#{number:08d}"


def _shown(item: Item) -> Item:
    return {name: value for name, value in item.items() if name not in ("pk", "sk")}
