"""Which parts of an answer were asked for? In the JSONPath that people know."""

from __future__ import annotations

from chalicelib.errors import InputRefused
from chalicelib.values import Json


def query(path: str, answer: Json) -> list[Json]:
    """Return the values at a path, in order; none where there is nothing.

    >>> query("$.runs[*].id", {"runs": [{"id": 1}, {"id": 2}]})
    [1, 2]

    Raises:
        InputRefused: it is not a path.
    """
    from jsonpath_ng.exceptions import JSONPathError
    from jsonpath_ng.ext.parser import parse

    try:
        return [found.value for found in parse(path).find(answer)]
    except (JSONPathError, AttributeError) as error:
        raise InputRefused(
            f"{path!r} is not a JSONPath: {error}", path="--query"
        ) from None
