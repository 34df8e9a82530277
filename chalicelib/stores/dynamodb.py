"""How do items get into DynamoDB and out of it?

One table, on demand, with one index that lists executions. Every read is strongly
consistent but those of the index. Nothing here is a transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

from chalicelib.aws_errors import ask, code_of
from chalicelib.errors import StaleRecord, Unavailable
from chalicelib.ports import LISTED, Item, Key
from chalicelib.stores.attributes import decode_item, encode, encode_item
from chalicelib.values import Json

#: A boto3 client; boto3 publishes no types.
Client: TypeAlias = Any

INDEX = "list"
#: Items of one BatchWriteItem, and times that what it left is sent again.
BATCH = 25
TRIES = 5

#: Arguments of ``CreateTable`` besides the name.
TABLE: Mapping[str, Any] = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"}
        for name in ("pk", "sk", "ipk", "isk")
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": INDEX,
            "KeySchema": [
                {"AttributeName": "ipk", "KeyType": "HASH"},
                {"AttributeName": "isk", "KeyType": "RANGE"},
            ],
            "Projection": {
                "ProjectionType": "INCLUDE",
                "NonKeyAttributes": list(LISTED),
            },
        }
    ],
}
TIME_TO_LIVE: Mapping[str, Any] = {"Enabled": True, "AttributeName": "expires_at"}

_REFUSED = "ConditionalCheckFailedException"
#: DynamoDB, "Quotas": bytes of a partition key, and of a sort key.
LONGEST_KEY = (2048, 1024)
#: Sorts after every text that begins with what it is appended to.
_LAST = "\U0010ffff"


def create_table(client: Client, name: str) -> None:
    """Make the table, unless it is there, and wait until it can be used."""
    try:
        client.create_table(TableName=name, **TABLE)
    except ClientError as error:
        if code_of(error) != "ResourceInUseException":
            raise
    client.get_waiter("table_exists").wait(TableName=name)
    now = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if now["TimeToLiveStatus"] == "DISABLED":
        client.update_time_to_live(
            TableName=name, TimeToLiveSpecification=dict(TIME_TO_LIVE)
        )


class DynamoTable:
    """See ``ports.Table``."""

    def __init__(self, client: Client, table_name: str) -> None:
        self._client = client
        self._name = table_name

    def put(
        self,
        item: Item,
        *,
        unless_exists: bool = False,
        where: Mapping[str, Json] | None = None,
    ) -> None:
        """See ``ports.Table``."""
        condition = _condition(where or {}, unless_exists=unless_exists)
        request = {"Item": encode_item(item), **condition}
        try:
            self._ask(self._client.put_item, request)
        except ClientError as error:
            if code_of(error) != _REFUSED:
                raise
            raise StaleRecord(f"{item['pk']} {item['sk']}") from error

    def get(self, key: Key) -> Item | None:
        """See ``ports.Table``."""
        if not _can_be(key):
            return None
        request: dict[str, Any] = {"Key": _encode_key(key), "ConsistentRead": True}
        found = self._ask(self._client.get_item, request).get("Item")
        return None if found is None else decode_item(found)

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        after: str = "",
        before: str = "",
        descending: bool = False,
        limit: int | None = None,
        index: bool = False,
    ) -> list[Item]:
        """See ``ports.Table``."""
        span = _Span(prefix, after, before)
        if limit == 0 or span.is_empty or not _can_be((partition,)):
            return []
        partition_name, sort = ("ipk", "isk") if index else ("pk", "sk")
        request: dict[str, Any] = {
            **({"IndexName": INDEX} if index else {"ConsistentRead": True}),
            "ScanIndexForward": not descending,
            **span.asked(partition_name, sort, partition),
        }
        return self._pages(request, span, sort, limit)

    def delete(self, key: Key) -> None:
        """See ``ports.Table``."""
        self._ask(self._client.delete_item, {"Key": _encode_key(key)})

    def discard(self, keys: Sequence[Key]) -> None:
        """See ``ports.Table``."""
        for first in range(0, len(keys), BATCH):
            wanted = [
                {"DeleteRequest": {"Key": _encode_key(key)}}
                for key in keys[first : first + BATCH]
            ]
            self._write_batch(wanted)

    def _write_batch(self, wanted: list[dict[str, Any]]) -> None:
        what = f"table {self._name}"
        for _ in range(TRIES):
            request = {"RequestItems": {self._name: wanted}}
            answer = ask(self._client.batch_write_item, request, what=what)
            wanted = answer.get("UnprocessedItems", {}).get(self._name, [])
            if not wanted:
                return
        raise Unavailable(what)

    def add(self, key: Key, members: frozenset[int], *, failed: bool = False) -> Item:
        """See ``ports.Table``."""
        both = "ADD done :members, failed :members"
        request = {
            "Key": _encode_key(key),
            "UpdateExpression": both if failed else "ADD done :members",
            "ExpressionAttributeValues": {":members": encode(members)},
            "ReturnValues": "ALL_NEW",
        }
        return decode_item(self._ask(self._client.update_item, request)["Attributes"])

    def claim(self, key: Key, slot: str, held: int) -> Item:
        """See ``ports.Table``."""
        request = {
            "Key": _encode_key(key),
            "UpdateExpression": "SET #slots.#slot = #next, #next = #next + :one",
            "ConditionExpression": "#slots.#slot = :held",
            "ExpressionAttributeNames": {
                "#slots": "slots",
                "#slot": slot,
                "#next": "next",
            },
            "ExpressionAttributeValues": {":held": encode(held), ":one": {"N": "1"}},
            "ReturnValues": "ALL_NEW",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        try:
            answer = self._ask(self._client.update_item, request)
        except ClientError as error:
            there = error.response.get("Item")
            if code_of(error) != _REFUSED:
                raise
            if not there:
                raise StaleRecord(f"{key[0]} {key[1]}") from error
            return decode_item(there)
        return decode_item(answer["Attributes"])

    def _ask(self, operation: Any, request: Mapping[str, Any]) -> Mapping[str, Any]:
        whole = {"TableName": self._name, **request}
        return ask(operation, whole, what=f"table {self._name}")

    def _pages(
        self, request: dict[str, Any], span: _Span, sort: str, limit: int | None
    ) -> list[Item]:
        items: list[Item] = []
        while limit is None or len(items) < limit:
            if limit is not None:
                request["Limit"] = limit - len(items) + span.slack
            page = self._ask(self._client.query, request)
            found = map(decode_item, page["Items"])
            items += [item for item in found if span.holds(item[sort])]
            if "LastEvaluatedKey" not in page:
                break
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        return items[:limit]


class _Span:
    """The part of a partition that a query asks for, in DynamoDB's words.

    A key condition has one clause for the sort key, and BETWEEN includes its ends:
    what has two ends is asked for with both, and they are left out here.
    """

    def __init__(self, prefix: str, after: str, before: str) -> None:
        self._prefix = prefix
        self._after = after
        self._before = before
        self._low = max(prefix, after)
        ends = [end for end in (prefix and prefix + _LAST, before) if end]
        self._high = min(ends, default="")
        self.is_empty = bool(self._high) and self._low >= self._high
        #: Items that an answer may hold though nobody asked for them.
        self.slack = 2 if self._low and self._high and (after or before) else 0

    def holds(self, sort: str) -> bool:
        """Whether the ends leave ``sort`` in."""
        return self._after < sort and (not self._before or sort < self._before)

    def asked(self, partition_name: str, sort: str, partition: str) -> dict[str, Any]:
        """Return the key condition and its values."""
        clause, values = self._clause(sort)
        values[":partition"] = {"S": partition}
        return {
            "KeyConditionExpression": f"{partition_name} = :partition{clause}",
            "ExpressionAttributeValues": values,
        }

    def _clause(self, sort: str) -> tuple[str, dict[str, Any]]:
        if self._prefix and not (self._after or self._before):
            values = {":prefix": {"S": self._prefix}}
            return f" AND begins_with({sort}, :prefix)", values
        low, high = {":low": {"S": self._low}}, {":high": {"S": self._high}}
        if self._low and self._high:
            return f" AND {sort} BETWEEN :low AND :high", {**low, **high}
        if self._low:
            return f" AND {sort} > :low", {**low}
        return (f" AND {sort} < :high", {**high}) if self._high else ("", {})


def _can_be(key: tuple[str, ...]) -> bool:
    """Whether an item can have the key; DynamoDB refuses to look for one that cannot.

    People ask for what they typed, and messages may name anything.
    """
    return all(
        0 < len(part.encode("utf-8", "surrogatepass")) <= longest
        for part, longest in zip(key, LONGEST_KEY, strict=False)
    )


def _encode_key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _condition(where: Mapping[str, Json], *, unless_exists: bool) -> dict[str, Any]:
    clauses = ["attribute_not_exists(pk)"] if unless_exists else []
    clauses += [_clause(f"w{n}", value) for n, value in enumerate(where.values())]
    if not clauses:
        return {}
    condition: dict[str, Any] = {"ConditionExpression": " AND ".join(clauses)}
    if where:
        condition["ExpressionAttributeNames"] = {
            f"#w{number}": name for number, name in enumerate(where)
        }
        condition["ExpressionAttributeValues"] = {
            f":w{number}": {"S": "NULL"} if value is None else encode(value)
            for number, value in enumerate(where.values())
        }
    return condition


def _clause(name: str, value: Json) -> str:
    # Some engines take an attribute that is absent for one that is null.
    return (
        f"attribute_type(#{name}, :{name})" if value is None else f"#{name} = :{name}"
    )
