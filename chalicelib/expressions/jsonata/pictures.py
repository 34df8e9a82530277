"""How do pictures of numbers and times write? As jsonata-python has them.

Its functions raise whatever comes to them; here that is a ``Refusal``. They bound
nothing, so what they are given is bounded first.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.model.jsonata_syntax import module
from chalicelib.values import Json

#: Characters of a picture, and of a text that is read by one.
_LONGEST = 256
#: A width of four digits or more would fill as many places with zeros.
_TOO_WIDE = re.compile(r"\[[^\]]*,[^\]]*\d{4}")


def written_by(part: str, name: str, *arguments: Json) -> Json:
    """Return what a function of the library gives.

    Raises:
        Refusal: the picture is wrong, or what it is for does not fit it.
    """
    return guarded(operator.attrgetter(name)(module(part)), *arguments)


def guarded(work: Callable[..., Json], *arguments: Any) -> Json:
    """Return what ``work`` gives for arguments one or more of which are pictures.

    Raises:
        Refusal: a picture is wrong, or what it is for does not fit it.
    """
    for each in arguments:
        if isinstance(each, str) and (len(each) > _LONGEST or _TOO_WIDE.search(each)):
            raise Refusal("D3137", f"a picture may have {_LONGEST} characters")
    try:
        return work(*arguments)
    except Refusal:
        raise
    except Exception as error:
        code = getattr(error, "error", "D3137")
        raise Refusal(code, str(error) or "the picture is wrong") from None
