"""Is there what a resource names? Asked by a checkup, not on the way of a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.dispatchers.seams import Clients
from chalicelib.errors import ActivityNotFound, WorkflowNotFound

#: What a service says of what is not there.
_ABSENT = ("ResourceNotFoundException", "QueueDoesNotExist")


class Presence:
    """Looks for functions, queues, workflows and activities."""

    def __init__(
        self,
        clients: Clients,
        workflow: Callable[[str], object],
        activity: Callable[[str], object],
    ) -> None:
        """``workflow``, ``activity``: raise where there is none of a name."""
        self._clients = clients
        self._asks: Mapping[str, Callable[[str], object]] = {
            "lambda:": self._function,
            "sqs:": self._queue,
            "workflow:": lambda name: workflow(name.partition(":")[0]),
            "activity:": activity,
        }

    def has(self, resource: str) -> bool | None:
        """Whether it is there; None where nobody can tell."""
        for prefix, ask in self._asks.items():
            if resource.startswith(prefix):
                return _answer(ask, resource.removeprefix(prefix))
        return None

    def _function(self, name: str) -> object:
        return self._clients("lambda").get_function_configuration(FunctionName=name)

    def _queue(self, name: str) -> Any:
        sqs = self._clients("sqs")
        if name.startswith(("http://", "https://")):
            return sqs.get_queue_attributes(QueueUrl=name)
        return sqs.get_queue_url(QueueName=name.rpartition(":")[2])


def _answer(ask: Callable[[str], object], name: str) -> bool | None:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        ask(name)
    except (WorkflowNotFound, ActivityNotFound):
        return False
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        return False if code.endswith((*_ABSENT, "NonExistentQueue")) else None
    except BotoCoreError:
        return None
    return True
