"""Which regions are there? The one that the stage is in."""

from __future__ import annotations

from chalicelib.api.cloudflow.face import Ask
from chalicelib.values import Json


def describe(ask: Ask) -> dict[str, Json]:
    """DescribeRegions: names are the same in every language here."""
    region = ask.face.region
    # Relative to the client: it knows the host that it is asking.
    row = {"RegionId": region, "LocalName": region, "RegionEndpoint": ""}
    return {"Regions": {"Region": [row]}}
