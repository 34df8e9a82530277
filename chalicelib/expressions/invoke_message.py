"""What does an answer say about itself, in Rill Flow's words?

Its code, its message, the worker's own id, and the execution it started, as the
invoke message of a task shows them. They stand in the answer itself or in its ``data``;
what ``data`` says counts.
"""

from __future__ import annotations

from chalicelib.values import Json

#: Field of the invoke message -> fields of the answer, the first that is there.
_FIELDS = {
    "code": ("error_code", "code"),
    "msg": ("error_msg", "msg"),
    "invoke_id": ("invoke_id",),
    "referenced_dag_execution_id": ("execution_id",),
}


def invoke_message(output: Json) -> dict[str, str]:
    """Return what ``output`` says about itself, as texts.

    >>> invoke_message({"code": 7, "data": {"msg": "late", "code": "8"}})
    {'code': '8', 'msg': 'late'}
    """
    found: dict[str, str] = {}
    parts = [output, output.get("data")] if isinstance(output, dict) else []
    for part in parts:
        if isinstance(part, dict):
            found |= _said(part)
    return found


def _said(part: dict[str, Json]) -> dict[str, str]:
    said: dict[str, str] = {}
    for field, names in _FIELDS.items():
        values = (part[name] for name in names if part.get(name) is not None)
        value = next(values, None)
        if isinstance(value, str | int | float):
            said[field] = str(value)
    return said
