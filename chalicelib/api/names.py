"""What may executions, workflows and errors be called?"""

from __future__ import annotations

import re

from chalicelib.errors import DefinitionRefused, InputRefused, Problem

#: Characters with a meaning in URLs, keys or shells; AWS refuses the same ones. The
#: colon separates workflow and name in an execution's id: only the former has one.
_REFUSED = r"\s\x00-\x1f\x7f-\x9f\ud800-\udfff<>{}\[\]?*\"#%\\^|~`$&,;/"
_NAME = re.compile(rf"[^{_REFUSED}:]+")
_WORKFLOW = re.compile(rf"[^{_REFUSED}]+")
#: AWS takes 80 characters, CloudFlow 128.
LONGEST_NAME = 128
#: Rill Flow: a business and a feature of 100 each, and the hyphen between them.
LONGEST_WORKFLOW = 201
#: AWS's lengths of an error and of a cause.
LONGEST_ERROR = 256
LONGEST_CAUSE = 32_768


def require_name(name: str) -> None:
    """Pass if an execution may have ``name``.

    Raises:
        InputRefused: it may not.
    """
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise InputRefused(
            f"an execution's name has 1 to {LONGEST_NAME} characters, none of them "
            'a space or one of <>{}[]?*"#%\\^|~`$&,;:/',
            path="name",
        )


def require_workflow_name(name: str) -> None:
    """Pass if a workflow may have ``name``.

    Raises:
        DefinitionRefused: it may not.
    """
    if len(name) > LONGEST_WORKFLOW or not _WORKFLOW.fullmatch(name):
        message = (
            f"{name!r} cannot be the name of a workflow; give one of 1 to "
            f"{LONGEST_WORKFLOW} letters, digits, '-', '_', '.' or ':' (?name=)"
        )
        raise DefinitionRefused([Problem(message=message)])


def require_error(error: str) -> None:
    """Pass if ``error`` can be the name of an error.

    Raises:
        InputRefused: it is too long.
    """
    if len(error) > LONGEST_ERROR:
        raise InputRefused(
            f"an error's name has at most {LONGEST_ERROR} characters", path="error"
        )
