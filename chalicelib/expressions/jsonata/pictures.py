"""How do pictures of numbers and times read and write? As jsonata-python has them.

Its functions raise whatever comes to them; here that is a ``Refusal``.
"""

from __future__ import annotations

import operator

from chalicelib.expressions.jsonata.budget import Refusal
from chalicelib.model.jsonata_syntax import module
from chalicelib.values import Json

#: Characters of a picture, and of a text that is read by one. The library reads texts
#: with regular expressions made of pictures.
_LONGEST = 256


def written_by(part: str, name: str, *arguments: Json) -> Json:
    """Return what a function of the library gives.

    Raises:
        Refusal: the picture is wrong, or what it is for does not fit it.
    """
    if any(isinstance(each, str) and len(each) > _LONGEST for each in arguments):
        raise Refusal("D3137", f"a picture may have {_LONGEST} characters")
    work = operator.attrgetter(name)(module(part))
    try:
        return work(*arguments)
    except Exception as error:
        code = getattr(error, "error", "D3137")
        raise Refusal(code, str(error) or "the picture is wrong") from None
