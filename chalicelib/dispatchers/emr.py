"""How does a task work with a cluster of EMR?

elasticmapreduce:createCluster      EMR's runJobFlow, and so on: ``emr_rows``
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.dispatchers.aws_calls import Calls, misfit, older
from chalicelib.dispatchers.aws_model import NotInAws, find_action
from chalicelib.dispatchers.aws_shapes import fit
from chalicelib.dispatchers.emr_rows import Named, Row, request_shape, row_of
from chalicelib.dispatchers.seams import Clients, failed
from chalicelib.engine.events import Answer, TaskFailed
from chalicelib.model.error_names import Kind
from chalicelib.ports import Call, Limits, Outcome
from chalicelib.values import Json

_STYLE = older("ElasticMapReduce", "AmazonElasticMapReduce")
#: Pages that are read for a name: more fleets and groups than a cluster may have.
_MOST_PAGES = 20


class EmrDispatcher:
    """Calls EMR. See ``ports.Dispatcher``."""

    def __init__(self, clients: Clients, *, limits: Limits | None = None) -> None:
        self._calls = Calls(clients, limits or Limits())

    def dispatch(self, call: Call) -> Outcome:
        """See ``Dispatcher``."""
        name = call.resource.partition(":")[2]
        try:
            row = row_of(name)
        except NotInAws as error:
            return failed(Kind.RUNTIME, str(error))
        request, faults = fit(request_shape(name), call.payload)
        if faults:
            return misfit(call.payload, faults)
        if name == "createCluster" and not _stays_alive(request):
            return failed(
                Kind.RUNTIME,
                "Instances.KeepJobFlowAliveWhenNoSteps must be true: the cluster is "
                "made without steps, and would end at once",
            )
        if row.named is not None:
            found = self._id(row.named, request, call.timeout)
            if isinstance(found, TaskFailed):
                return found
            request[row.named.holder][row.named.id] = found
        return self._make(row, request, call.timeout)

    def cancel(self, call: Call) -> bool:
        """See ``Dispatcher``; a cluster goes on: that is AWS's own way."""
        return False

    def _make(self, row: Row, request: dict[str, Json], timeout: float) -> Outcome:
        for name, ours in row.fields.items():
            value = request.pop(ours)
            plain = name.removesuffix("[]")
            request[plain] = value if plain == name else [value]
        action = find_action("emr", row.action)
        outcome = self._calls.make(action, request, _STYLE, timeout=timeout)
        if isinstance(outcome, TaskFailed):
            return outcome
        return replace(outcome, payload=_told(row, outcome.payload))

    def _id(
        self, named: Named, request: dict[str, Json], timeout: float
    ) -> str | TaskFailed:
        """Return the id of what the request names."""
        action = find_action("emr", named.lists)
        wanted = request.pop(named.name)
        asked = {"ClusterId": request["ClusterId"]}
        for _ in range(_MOST_PAGES):
            page = self._calls.make(action, asked, _STYLE, timeout=timeout)
            if not isinstance(page, Answer):
                return page
            for each in page.payload.get(named.part, ()):
                if each.get("Name") == wanted:
                    return str(each["Id"])
            if "Marker" not in page.payload:
                break
            asked["Marker"] = page.payload["Marker"]
        cause = f"the cluster {asked['ClusterId']} has no {named.holder} {wanted!r}"
        error = f"{_STYLE.title}.{_STYLE.plain}"
        return failed(Kind.NOT_FOUND, cause, error=error)


def _stays_alive(request: dict[str, Json]) -> bool:
    return request["Instances"].get("KeepJobFlowAliveWhenNoSteps") is True


def _told(row: Row, payload: dict[str, Json]) -> dict[str, Json]:
    told = dict(payload)
    for name, ours in row.answer.items():
        value = told.pop(name.removesuffix("[]"))
        told[ours] = value[0] if name.endswith("[]") else value
    return told
