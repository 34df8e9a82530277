"""What does Rill Flow call our workflows and executions, and the other way round?

    business:feature            the workflow ``business-feature``
    business:feature_c_<name>   its execution ``business-feature:<name>``

Businesses and features have letters and digits only, so that the hyphen and the colon
say where one ends. Anything that is not named so keeps its own name.
"""

from __future__ import annotations

import re

#: The alias of what is meant where nobody says: a workflow's current version.
RELEASE = "release"

_WORKFLOW = re.compile(r"([A-Za-z0-9]{1,100})-([A-Za-z0-9]{1,100})")
_EXECUTION = re.compile(r"([A-Za-z0-9]{1,100}):([A-Za-z0-9]{1,100})_c_([^:]+)")


def workflow_name(business: str, feature: str) -> str:
    """Return the workflow of a DAG.

    >>> workflow_name("shop", "order")
    'shop-order'
    """
    return f"{business}-{feature}"


def service_id(workflow: str) -> str:
    """Return what Rill Flow calls a workflow.

    >>> service_id("shop-order"), service_id("order")
    ('shop:order', 'order')
    """
    found = _WORKFLOW.fullmatch(workflow)
    return f"{found[1]}:{found[2]}" if found else workflow


def execution_id(workflow: str, name: str) -> str:
    """Return what Rill Flow calls an execution.

    >>> execution_id("shop-order", "7f"), execution_id("order", "7f")
    ('shop:order_c_7f', 'order:7f')
    """
    found = service_id(workflow)
    return f"{found}_c_{name}" if found != workflow else f"{workflow}:{name}"


def read_execution(text: str) -> str:
    """Return the execution that ``text`` names, in Rill Flow's way or in ours.

    >>> read_execution("shop:order_c_7f"), read_execution("order:7f")
    ('shop-order:7f', 'order:7f')
    """
    found = _EXECUTION.fullmatch(text)
    return f"{workflow_name(found[1], found[2])}:{found[3]}" if found else text
