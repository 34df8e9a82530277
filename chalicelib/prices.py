"""What does AWS ask for a unit of each thing, and for all of them?

USD, on demand, us-east-1: the list prices that the project's budgets are reckoned with
(2025; DynamoDB's since its cut of November 2024). No free tier, no discount, no data
transfer, no storage. AWS changes them: https://aws.amazon.com/<service>/pricing/ rules.
"""

from __future__ import annotations

from dataclasses import fields

from chalicelib.frozen import dataclass

_MILLION = 1_000_000

#: DynamoDB, standard table class: 1 KB written; 4 KB read with strong consistency.
WRITE_UNIT = 0.625 / _MILLION
READ_UNIT = 0.125 / _MILLION

#: SQS, standard queue; each 64 KB of a message is a request.
QUEUE_REQUEST = 0.40 / _MILLION
#: A message is sent, received and deleted.
REQUESTS_PER_MESSAGE = 3

#: Lambda on arm64, first tier.
INVOCATION = 0.20 / _MILLION
GIGABYTE_SECOND = 0.0000133334

#: S3, standard storage class.
BLOB_PUT = 5.0 / _MILLION
BLOB_GET = 0.40 / _MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Units used, and their price; bills add up."""

    #: DynamoDB: KB written, the index included; 4 KB read, half where it may lag.
    writes: float = 0
    reads: float = 0
    messages: int = 0
    #: SQS: what is billed for the messages.
    queue_requests: int = 0
    invocations: int = 0
    #: Milliseconds of our own Lambda functions.
    milliseconds: float = 0
    #: The same as Lambda bills it, by memory size.
    gigabyte_seconds: float = 0
    blob_puts: int = 0
    blob_gets: int = 0
    #: Requests to resources; what they cost is not ours to know.
    dispatches: int = 0

    def __add__(self, other: Bill) -> Bill:
        return Bill(
            **{
                each.name: getattr(self, each.name) + getattr(other, each.name)
                for each in fields(self)
            }
        )

    @property
    def usd(self) -> float:
        """The whole at list prices."""
        return sum(usd for _, _, usd in self.lines())

    def lines(self) -> list[tuple[str, float, float]]:
        """Return label, amount and USD of each thing that is billed."""
        compute = self.gigabyte_seconds
        rows: list[tuple[str, float, float]] = [
            ("DynamoDB write units", self.writes, WRITE_UNIT),
            ("DynamoDB read units", self.reads, READ_UNIT),
            ("SQS requests", self.queue_requests, QUEUE_REQUEST),
            ("Lambda requests", self.invocations, INVOCATION),
            ("Lambda GB-seconds", compute, GIGABYTE_SECOND),
            ("S3 writes", self.blob_puts, BLOB_PUT),
            ("S3 reads", self.blob_gets, BLOB_GET),
        ]
        return [(label, amount, amount * price) for label, amount, price in rows]
