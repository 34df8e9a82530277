"""Which tasks may an author begin with? The kinds there are, and what people keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.api.rillflow.face import context_in, face
from chalicelib.api.rillflow.view import millis
from chalicelib.api.routes import Call, Reply
from chalicelib.errors import InputRefused
from chalicelib.values import Json, is_whole

PAGE, LARGEST_PAGE, LEAST_PAGE = 500, 500, 10
#: What a template is of; Rill Flow's numbers.
FUNCTION, PLUGIN, LOGIC = 0, 1, 2
_TEXTS = ("name", "category", "icon", "task_yaml", "schema", "output")


def get_meta_data(call: Call) -> Reply:
    """List the kinds of task that the language has, with their fields."""
    del call
    return Reply(body={"data": list(_kinds())})


def _kinds() -> Iterator[dict[str, Json]]:
    # Here: the compilers are for those who publish.
    from chalicelib.formats.rillflow.shapes import TASKS

    for category, shape in TASKS.items():
        required = [name for name, each in shape.fields.items() if each.required]
        yield {
            "name": category,
            "category": category,
            "type": FUNCTION if category == "function" else LOGIC,
            "node_type": "meta",
            "enable": 1,
            "schema": {
                "type": "object",
                "properties": {name: {} for name in shape.fields},
                "required": ["name", "category", *required],
            },
        }


def get_task_templates(call: Call) -> Reply:
    """List kinds of task and templates, by page; every parameter given must fit."""
    size = call.number("page_size", PAGE, least=LEAST_PAGE, most=LARGEST_PAGE)
    skipped = size * (call.number("page", 1, least=1, most=1000) - 1)
    rows = [*_kinds(), *map(_shown, face().templates.all())]
    fitting = [row for row in rows if _fits(call, row)]
    return Reply(body={"data": fitting[skipped : skipped + size]})


def _fits(call: Call, row: Mapping[str, Json]) -> bool:
    asked = ("id", "name", "category", "type", "node_type", "enable")
    return all(
        str(row.get(name, "")) == call.query[name]
        for name in asked
        if call.query.get(name)
    )


def _shown(item: Mapping[str, Json]) -> dict[str, Json]:
    times = {"create_time": item["created_at"], "update_time": item["updated_at"]}
    return {
        **{name: item.get(name, "") for name in _TEXTS},
        "id": item["id"],
        "type": item["type"],
        "node_type": "template",
        "enable": item["enable"],
        **{name: millis(at) for name, at in times.items()},
    }


def create(call: Call) -> Reply:
    """Keep a template."""
    facts = _facts(call)
    if not facts.get("name"):
        raise InputRefused("a name is expected", path="name")
    whole = {"type": FUNCTION, "enable": 1, **facts}
    return Reply(body={"code": 0, "data": {"id": face().templates.create(whole)}})


def update(call: Call) -> Reply:
    """Change what is given of a template."""
    facts, number = _facts(call), context_in(call).get("id")
    if not is_whole(number) or number < 1:
        raise InputRefused("the number of a template is expected", path="id")
    if facts.get("name") == "":
        raise InputRefused("a name is expected", path="name")
    return _changed(number, facts)


def enable(call: Call) -> Reply:
    """Offer a template."""
    return _changed(_number(call), {"enable": 1})


def disable(call: Call) -> Reply:
    """Offer a template no more."""
    return _changed(_number(call), {"enable": 0})


def _number(call: Call) -> int:
    return call.number("id", 0, least=1, most=10**8 - 1)


def _changed(number: int, facts: Mapping[str, Json]) -> Reply:
    is_there = face().templates.change(number, facts)
    return Reply(body={"code": 0 if is_there else 1})


def _facts(call: Call) -> dict[str, Json]:
    """Return the fields of a template in the body.

    Raises:
        InputRefused: one has a value of another kind.
    """
    body = context_in(call)
    found: dict[str, Json] = {}
    for name in _TEXTS:
        if name in body:
            if not isinstance(body[name], str):
                raise InputRefused("a text is expected", path=name)
            found[name] = body[name]
    if "type" in body:
        if body["type"] not in (FUNCTION, PLUGIN, LOGIC):
            raise InputRefused("0, 1 or 2 is expected", path="type")
        found["type"] = body["type"]
    return found
