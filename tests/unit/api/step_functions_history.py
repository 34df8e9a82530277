"""Histories of small runs, told in the words of Step Functions."""

from chalicelib.api.stepfunctions.details import Setting
from chalicelib.api.stepfunctions.history import translate
from chalicelib.api.stepfunctions.places import Places
from chalicelib.api.stepfunctions.shapes import operations
from chalicelib.formats import compile_definition
from chalicelib.testing import run
from tests.unit.api.step_functions_stage import require_shape

SETTING = Setting(region="eu-west-1", role="arn:aws:iam::1:role/any")


def told(definition, value=None, functions=None, setting=SETTING, objects=None):
    """Run a definition; return its history, held to the service's model."""
    given = {} if value is None else value
    done = run(definition, given, functions=functions, objects=objects)
    return shown(definition, done, setting)


def shown(definition, done, setting=SETTING):
    """Return the history of a run, held to the service's model."""
    places = Places(compile_definition(definition, name="workflow"))
    events = translate(done.history, places, setting)
    shape = operations()["GetExecutionHistory"].output_shape
    require_shape({"events": events}, shape)
    return events


def types(events):
    """Return the types, shortened: what all of them have in common is left out."""
    return " ".join(
        each["type"].replace("State", "").replace("Execution", "") for each in events
    )


def details(events, kind):
    """Return the details of the events of one type."""
    name = f"{kind[0].lower()}{kind[1:]}EventDetails"
    return [each.get(name) for each in events if each["type"] == kind]


def a_map(state, **facts):
    each = {"StartAt": "Each", "States": {"Each": {**state, "End": True}}}
    return {"Type": "Map", "ItemProcessor": each, **facts}


def fails(event):
    raise ValueError(event)
