"""By which numbers does Rill Flow know what is wrong with a definition?"""

from __future__ import annotations

from collections.abc import Mapping

#: Something that cannot be read as what it is to be.
SHAPE = 30402
TYPE = 30403
NO_TASKS = 30405
#: Levels, circles, and mapping lists that are not there.
GRAPH = 30406
DUPLICATE_NAME = 30407
NAME = 30408
NEXT = 30413

#: Whatever is wrong inside a task of these categories.
OF_CATEGORY: Mapping[str, int] = {
    "function": 30410,
    "foreach": 30411,
    "choice": 30412,
}
