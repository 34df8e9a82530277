"""What do the integrations of AWS say of the request itself, beside its answer?"""

from __future__ import annotations

from chalicelib.engine.events import Answer
from chalicelib.values import Json


def sdk_metadata(answer: Answer) -> dict[str, Json]:
    """Return the headers, the status and the id of a request, as AWS's SDK has them."""
    headers = dict(answer.headers)
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": answer.status,
        },
        "SdkResponseMetadata": {"RequestId": answer.facts.get("RequestId", "")},
    }
