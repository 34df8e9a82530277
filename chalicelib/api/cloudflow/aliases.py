"""What can be done with the aliases of a flow? A name for one version, or for two."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.api.cloudflow.errors import Refused, invalid
from chalicelib.api.cloudflow.face import Ask, moment
from chalicelib.api.cloudflow.flows import LONGEST_DESCRIPTION, release_of
from chalicelib.journal.releases import Alias
from chalicelib.values import Json

_ROUTING = 'one or two of {"Version": "1", "Weight": 100}, which weigh 100 together'


def create(ask: Ask) -> dict[str, Json]:
    """CreateFlowAlias."""
    flow, name = ask.flow(), ask.new_name("Name")
    if ask.releases.alias(flow, name) is not None:
        message = f"flow {flow} has an alias {name} already"
        raise Refused("FlowAliasAlreadyExists", message)
    ask.needed("RoutingConfigurations")
    alias = Alias(
        name=name,
        routes=_routes(ask, flow),
        description=ask.text("Description", most=LONGEST_DESCRIPTION),
    )
    return {"FlowName": flow, **_shown(ask.releases.keep_alias(flow, alias))}


def update(ask: Ask) -> dict[str, Json]:
    """UpdateFlowAlias: what the request does not name stays as it is."""
    flow, alias = _known(ask)
    if ask.json("RoutingConfigurations"):  # The SDK sends [] for what is not given.
        alias = replace(alias, routes=_routes(ask, flow))
    if "Description" in ask.given:
        description = ask.text("Description", most=LONGEST_DESCRIPTION)
        alias = replace(alias, description=description)
    return {"Alias": _shown(ask.releases.keep_alias(flow, alias))}


def describe(ask: Ask) -> dict[str, Json]:
    """DescribeFlowAlias."""
    return {"Alias": _shown(_known(ask)[1])}


def list_aliases(ask: Ask) -> dict[str, Json]:
    """ListFlowAliases: by name. The weights are texts here, and only here."""
    flow = ask.flow()
    page, following = ask.page(ask.releases.aliases(flow), lambda alias: alias.name)
    rows = [_shown(alias, is_listed=True) for alias in page]
    return {"Aliases": rows, "NextToken": following}


def delete(ask: Ask) -> dict[str, Json]:
    """DeleteFlowAlias."""
    flow, alias = _known(ask)
    ask.releases.drop_alias(flow, alias.name)
    return {}


def _known(ask: Ask) -> tuple[str, Alias]:
    flow, name = ask.flow(), ask.needed("Name")
    return flow, alias_of(ask, flow, name)


def alias_of(ask: Ask, flow: str, name: str) -> Alias:
    """Return an alias of a flow.

    Raises:
        Refused: FlowAliasNotExists.
    """
    alias = ask.releases.alias(flow, name)
    if alias is None:
        message = f"flow {flow} has no alias {name[:140]!r}"
        raise Refused("FlowAliasNotExists", message)
    return alias


def _routes(ask: Ask, flow: str) -> tuple[tuple[int, int], ...]:
    given = ask.json("RoutingConfigurations")
    if not isinstance(given, list) or len(given) not in (1, 2):
        raise invalid("RoutingConfigurations", _ROUTING)
    routes = tuple(_route(ask, flow, each) for each in given)
    is_distinct = len(dict(routes)) == len(routes)
    if not is_distinct or sum(weight for _, weight in routes) != 100:
        raise invalid("RoutingConfigurations", _ROUTING)
    return routes


def _route(ask: Ask, flow: str, given: Json) -> tuple[int, int]:
    match given:
        case {"Version": str() | int() as version, "Weight": int(weight)} if (
            weight is not True and 0 <= weight <= 100
        ):
            return release_of(ask, flow, str(version)).number, int(weight)
    raise invalid("RoutingConfigurations", _ROUTING)


def _shown(alias: Alias, *, is_listed: bool = False) -> dict[str, Json]:
    routing: list[Json] = [
        {"Version": str(number), "Weight": str(weight) if is_listed else weight}
        for number, weight in alias.routes
    ]
    return {
        "Name": alias.name,
        "Description": alias.description,
        "RoutingConfigurations": routing,
        "CreatedTime": moment(alias.created_at),
    }
