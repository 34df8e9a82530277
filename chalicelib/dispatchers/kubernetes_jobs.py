"""What is a job of Kubernetes: how is it made, has it ended, what did it write?

Pure: ``kubernetes`` asks the cluster.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from chalicelib.engine.events import TaskFailed
from chalicelib.errors import InputRefused
from chalicelib.ports import Outcome
from chalicelib.values import Json, parse

#: The annotation of a job that says for which attempt it was made.
KEY = "millrace/attempt"
_ENDS = ("Complete", "Failed")


class NotAJob(ValueError):
    """What a task gives is no job; says why."""


def to_make(given: Json, key: str) -> dict[str, Json]:
    """Return the job to be made, which carries the key of the attempt.

    Its name is made of the key where the cluster would make one up.

    Raises:
        NotAJob: it is neither an object nor the text of one.
    """
    if isinstance(given, str):
        try:
            given = parse(given)
        except InputRefused:
            raise NotAJob("Job is a text, but not one of JSON") from None
    if not isinstance(given, dict):
        raise NotAJob("Job must be an object: the job as Kubernetes takes it")
    metadata = dict(given.get("metadata") or {})
    annotations = {**(metadata.get("annotations") or {}), KEY: key}
    prefix = metadata.pop("generateName", None)
    if prefix and "name" not in metadata:
        metadata["name"] = f"{prefix}{key[:8]}"
    return {**given, "metadata": {**metadata, "annotations": annotations}}


def key_of(job: Json) -> Json:
    """Return for which attempt a job was made; None where nobody said so."""
    metadata = job.get("metadata") if isinstance(job, dict) else None
    return ((metadata or {}).get("annotations") or {}).get(KEY)


def ended(job: Mapping[str, Json]) -> str:
    """Return how a job has ended; empty where it goes on."""
    for each in (job.get("status") or {}).get("conditions") or ():
        if each.get("type") in _ENDS and each.get("status") == "True":
            return str(each["type"])
    return ""


def containers(pods: Json) -> Iterator[tuple[str, str]]:
    """Return the containers of a list of pods: the pod's name, and theirs."""
    for pod in (pods.get("items") or ()) if isinstance(pods, dict) else ():
        for each in pod["spec"]["containers"]:
            yield pod["metadata"]["name"], each["name"]


def is_true(options: Mapping[str, Json], name: str) -> bool:
    """Return whether an option is set."""
    return options.get(name) in (True, "true")


def log(said: Outcome, options: Mapping[str, Json]) -> Json:
    """Return what one container wrote: as JSON, unless it is to stay raw."""
    if isinstance(said, TaskFailed):
        return unread(said)
    found = said.payload
    if not is_true(options, "RawLogs"):
        with suppress(InputRefused):  # then it stays the text that it is
            found = parse(found)
    return {"log": found}


def unread(failure: TaskFailed) -> Json:
    """Return what stands in the place of what could not be read."""
    return {"error": failure.error, "cause": failure.cause}
