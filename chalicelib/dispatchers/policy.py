"""Where may HTTP go, and to which address does a host lead?

    host:port --hosts map--> address        as in /etc/hosts; counts as allowed
    host      --resolver---> addresses      once; every one of them is checked
    addresses --checks-----> Target         these are connected to, nothing else

Rule 1  Public addresses are open. Everything else needs an entry of the allow-list:
        ``host[:port]``, or a network such as ``10.0.0.0/8``.
Rule 2  One forbidden address forbids the host: a name that leads to a public and a
        private address at once is a trap.
Rule 3  An address inside an address (mapped, 6to4, NAT64) is judged as that address.
Rule 4  Where clouds keep credentials for their machines, no entry leads.
Rule 5  However a host is spelled (decimal, octal, hexadecimal), the resolver's answer
        is what is judged.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from chalicelib.dispatchers.seams import Target, failed
from chalicelib.engine.events import TaskFailed
from chalicelib.errors import InputRefused
from chalicelib.model.error_names import Kind

Address = IPv4Address | IPv6Address
#: (host, port) -> addresses as text; raises OSError where there are none.
Resolver = Callable[[str, int], Sequence[str]]

#: Addresses tried at most, so that a name with many does not eat the timeout.
MOST_ADDRESSES = 3

_ENTRY = re.compile(r"(?:\[(?P<v6>[^]]+)]|(?P<name>[^:\[\]]+))(?::(?P<port>\d{1,5}))?")

#: Instance and task credentials: AWS (instances, containers, pods), Alibaba Cloud.
_METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "100.100.100.200",
        "fd00:ec2::254",
        "fd00:ec2::23",
    )
)
#: IANA's special-purpose registry, spelled out: Python's own idea of "global" has
#: changed from release to release.
_NOT_PUBLIC_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
#: All that is handed out for the open internet ...
_PUBLIC_6 = IPv6Network("2000::/3")
#: ... less Teredo, ORCHID, documentation.
_NOT_PUBLIC_6 = (
    IPv6Network("2001::/23"),
    IPv6Network("2001:db8::/32"),
    IPv6Network("3fff::/20"),
)
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the machine's resolver. See ``Resolver``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def effective(address: Address) -> Address:
    """Return the IPv4 address inside ``address`` if there is one, else itself.

    A zone says by which interface it is reached, not which address it is.

    >>> effective(ip_address("::ffff:10.0.0.1")), effective(ip_address("fe80::1%eth0"))
    (IPv4Address('10.0.0.1'), IPv6Address('fe80::1'))
    """
    if isinstance(address, IPv4Address):
        return address
    address = IPv6Address(int(address))
    inside = address.ipv4_mapped or address.sixtofour
    if inside is not None:
        return inside
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether ``address`` (an effective one) is on the open internet."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(
        address in network for network in _NOT_PUBLIC_6
    )


class Policy:
    """Where the stage's HTTP may go. See ``seams.Door``."""

    def __init__(
        self,
        *,
        allowed: Sequence[str] = (),
        hosts: Mapping[str, str] | None = None,
        resolver: Resolver = resolve,
    ) -> None:
        """Read the allow-list and the hosts map.

        Raises:
            InputRefused: an entry that is neither ``host[:port]`` nor a network.
        """
        self._networks = tuple(_network(entry) for entry in allowed if "/" in entry)
        self._allowed = frozenset(
            _place(entry) for entry in allowed if "/" not in entry
        )
        self._hosts = {
            _place(host): _place(place) for host, place in (hosts or {}).items()
        }
        self._resolver = resolver

    def find(self, host: str, port: int) -> Target | TaskFailed:
        """Return where to connect for ``host``, or why not. See ``seams.Door``."""
        name = _plain(host)
        mapped = self._hosts.get((name, port)) or self._hosts.get((name, 0))
        if mapped is not None:
            address, other_port = mapped
            return Target(addresses=(address,), port=other_port or port)
        try:
            found = [ip_address(text) for text in self._resolver(name, port)]
        except (OSError, ValueError) as error:
            return failed(Kind.UNREACHABLE, f"{host!r} leads to no address: {error}")
        return self._check(name, port, list(dict.fromkeys(found)))

    def _check(
        self, name: str, port: int, found: Sequence[Address]
    ) -> Target | TaskFailed:
        if not found:
            return failed(Kind.UNREACHABLE, f"{name!r} leads to no address")
        for address in found:
            if not self._permits(name, port, effective(address)):
                cause = (
                    f"HTTP to {name}:{port} ({address}) is not allowed by this stage"
                )
                return failed(Kind.FORBIDDEN, cause)
        # IPv4 first: a Lambda function seldom has a way out over IPv6.
        ordered = sorted(found, key=lambda address: address.version)
        addresses = tuple(str(address) for address in ordered[:MOST_ADDRESSES])
        return Target(addresses=addresses, port=port)

    def _permits(self, name: str, port: int, address: Address) -> bool:
        if address in _METADATA:
            return False
        if is_public(address):
            return True
        if (name, port) in self._allowed or (name, 0) in self._allowed:
            return True
        return any(address in network for network in self._networks)


def _plain(host: str) -> str:
    return host.lower().removesuffix(".")


def _place(entry: str) -> tuple[str, int]:
    """Return host and port of ``entry``; port 0 stands for every port."""
    found = _ENTRY.fullmatch(entry.strip())
    port = int(found["port"] or 0) if found else 0
    if found is None or port > 65535:
        raise InputRefused(f"{entry!r} is not of the form host[:port]", path="http")
    return _plain(found["v6"] or found["name"]), port


def _network(entry: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(entry.strip(), strict=False)
    except ValueError as error:
        raise InputRefused(str(error), path="http") from None
