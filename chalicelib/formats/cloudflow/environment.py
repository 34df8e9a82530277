"""Which environment variables can a flow see?

    Environment: {Variables: [{Name: BUCKET, Value: films}]}      $Environment.BUCKET

A flow carries them: a published version keeps the values that it was published with,
so an expression that names one is a constant from then on.
"""

from __future__ import annotations

from chalicelib.formats.cloudflow.tokens import refuse
from chalicelib.formats.fields import Part, listed, suggestion
from chalicelib.values import Json

ROOT = "$Environment"


def variables_of(flow: Part) -> dict[str, str]:
    """Return the values of a flow's variables by name, as far as they are whole."""
    found: dict[str, str] = {}
    for each in flow["Environment"]["Variables"].elements():
        name, value = each["Name"].value, each["Value"].value
        if isinstance(name, str) and isinstance(value, str):
            found.setdefault(name, value)
    return found


def value_at(
    variables: dict[str, str], steps: tuple[str | int, ...], offset: int
) -> Json:
    """Return the value of a variable; of all of them without a step.

    Raises:
        DefinitionRefused: there is no such variable; the column is ``offset`` + 1.
    """
    if not steps:
        return dict(variables)
    name = str(steps[0])
    if name not in variables:
        hint = suggestion(name, variables) or (
            f"known are {listed(tuple(variables))}"
            if variables
            else "add it to Environment"
        )
        refuse(f"there is no environment variable {name!r}; {hint}", offset)
    if len(steps) > 1:
        refuse(f"the variable {name!r} is a text and has no parts", offset)
    return variables[name]
