"""Was this request sent before? Each nonce of a signed request is good for one.

nonce#<key id>#<nonce> / .        kept as long as its request could be sent again
"""

from __future__ import annotations

from chalicelib.api.sigv4 import SKEW, SignatureRefused
from chalicelib.errors import StaleRecord
from chalicelib.ports import Clock, Table


class Nonces:
    """The nonces that were used lately."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def spend(self, key_id: str, nonce: str) -> None:
        """Use a nonce up; its signature is known to be right, so nobody else can.

        Raises:
            SignatureRefused: it was used before.
        """
        item = {
            "pk": f"nonce#{key_id}#{nonce}",
            "sk": ".",
            # A date may lie as far ahead as behind.
            "expires_at": int(self._clock.now() + 2 * SKEW) + 1,
        }
        try:
            self._table.put(item, unless_exists=True)
        except StaleRecord:
            raise used_before() from None


def used_before() -> SignatureRefused:
    """Return the error for a request that was sent before."""
    reason = "the nonce of this request was used before"
    return SignatureRefused("SignatureNonceUsed", reason)
