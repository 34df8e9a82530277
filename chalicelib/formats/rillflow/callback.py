"""Whom does a DAG tell of its end? Its ``callback``, or that of one submission."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from chalicelib.formats import fields
from chalicelib.formats.document import of
from chalicelib.formats.fields import Field, Part, Shape
from chalicelib.formats.rillflow import shapes
from chalicelib.formats.rillflow.rules import mapping_rules
from chalicelib.formats.rillflow.shapes import is_on, text_of
from chalicelib.formats.rillflow.task_checks import check_rules
from chalicelib.model import expressions as nodes
from chalicelib.model.workflow import Notice
from chalicelib.values import Json

#: What the field is called in a DAG; the first that is there counts.
NAMES = ("callback", "callback_config", "callbackConfig")

_SHAPE = Shape(
    "a callback",
    {
        "resourceName": Field(shapes.filled, required=True),
        "fullDAGInfo": Field(shapes.maybe(shapes.flag)),
        "fullContext": Field(shapes.maybe(shapes.flag)),
        "inputMappings": Field(shapes.maybe(fields.sequence)),
    },
    open=True,
)


def check_callback(callback: Part, common: Collection[str]) -> None:
    """Report what is wrong with a callback."""
    if not callback.obeys(shapes.maybe(fields.mapping)) or callback.value is None:
        return
    shapes.read(callback, _SHAPE)
    check_rules(callback["inputMappings"], common)
    name = text_of(callback["resourceName"].value).strip()
    if name and not name.startswith(("http://", "https://")):
        callback["resourceName"].wrong(
            f"a callback goes to http:// or https://, not to {name!r}"
        )


def notices(
    dag: Mapping[str, Json], common: Mapping[str, Sequence[Json]]
) -> tuple[Notice, ...]:
    """Return whom a DAG without problems tells."""
    found = next((dag[name] for name in NAMES if dag.get(name)), None)
    return (_notice(found, common),) if found else ()


def read_callback(value: Json) -> Notice:
    """Return the callback of one submission.

    Raises:
        DefinitionRefused: with everything that is wrong with it.
    """
    report = fields.Report(of(value))
    callback = report.root()
    if callback.obeys(fields.mapping):
        check_callback(callback, ())
    report.require_none()
    return _notice(value, {})


def _notice(
    callback: Mapping[str, Json], common: Mapping[str, Sequence[Json]]
) -> Notice:
    found = mapping_rules(callback.get("inputMappings"), common)
    return Notice(
        resource=nodes.Literal(value=text_of(callback["resourceName"]).strip()),
        request=nodes.RillNotice(
            mappings=nodes.Mappings(rules=found, gives="input") if found else None,
            full_dag=is_on(callback.get("fullDAGInfo")),
            full_context=is_on(callback.get("fullContext")),
        ),
    )
