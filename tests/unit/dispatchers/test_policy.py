"""Where HTTP may go. No name is asked of any network here."""

from ipaddress import ip_address

import pytest

from chalicelib.dispatchers.policy import Policy, effective, is_public, resolve
from chalicelib.dispatchers.seams import Target
from chalicelib.errors import InputRefused
from chalicelib.model.error_names import Kind

PUBLIC = "93.184.216.34"


def leads_to(*addresses):
    return lambda host, port: addresses


def nowhere(host, port):
    raise OSError("no such host")


def test_a_public_host_leads_to_its_addresses():
    policy = Policy(resolver=leads_to(PUBLIC))

    assert policy.find("example.com", 443) == Target(addresses=(PUBLIC,), port=443)


FORBIDDEN = [
    "0.0.0.0",  # noqa: S104 - to be forbidden, not bound to
    "0.1.2.3",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.1.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "100.100.100.200",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:53aa:64c:0:fbff:80ff:fffe",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2002:a9fe:a9fe::",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "4000::1",
]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_an_address_that_is_not_public_is_forbidden(address):
    refused = Policy(resolver=leads_to(address)).find("host.example", 80)

    assert refused.kind is Kind.FORBIDDEN
    assert "host.example:80" in refused.cause


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "2606:4700::1", PUBLIC],
)
def test_an_address_of_the_open_internet_is_public(address):
    assert is_public(effective(ip_address(address)))


@pytest.mark.parametrize("address", ["::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_a_public_address_inside_another_one_is_public(address):
    assert effective(ip_address(address)) == ip_address("1.1.1.1")


def test_one_forbidden_address_forbids_the_host():
    policy = Policy(resolver=leads_to(PUBLIC, "10.0.0.1"))

    assert policy.find("trap.example", 80).kind is Kind.FORBIDDEN


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("2130706433", id="decimal"),
        pytest.param("0x7f000001", id="hexadecimal"),
        pytest.param("0177.0.0.1", id="octal"),
        pytest.param("127.1", id="short"),
        pytest.param("0", id="nothing but a zero"),
    ],
)
def test_a_disguised_number_is_judged_by_what_it_leads_to(host):
    assert Policy(resolver=resolve).find(host, 80).kind is Kind.FORBIDDEN


@pytest.mark.parametrize("entry", ["fd00::/8", "metadata.example"])
@pytest.mark.parametrize("zone", ["", "%1", "%eth0"])
def test_a_zone_does_not_make_another_address_of_one(entry, zone):
    policy = Policy(allowed=[entry], resolver=leads_to(f"fd00:ec2::254{zone}"))

    assert policy.find("metadata.example", 80).kind is Kind.FORBIDDEN


def test_the_resolver_is_asked_once():
    asked = []

    def changing(host, port):
        asked.append((host, port))
        return [PUBLIC if len(asked) == 1 else "127.0.0.1"]

    found = Policy(resolver=changing).find("Rebind.Example.", 80)

    assert found.addresses == (PUBLIC,)
    assert asked == [("rebind.example", 80)]


@pytest.mark.parametrize("resolver", [nowhere, leads_to(), leads_to("not a number")])
def test_a_host_that_leads_nowhere_is_unreachable(resolver):
    refused = Policy(resolver=resolver).find("nowhere.example", 80)

    assert refused.kind is Kind.UNREACHABLE


def test_ipv4_comes_first_and_addresses_are_few():
    many = ["2606:4700::1", "2606:4700::2", "1.1.1.1", "1.1.1.1", "1.0.0.1"]

    found = Policy(resolver=leads_to(*many)).find("many.example", 443)

    assert found.addresses == ("1.1.1.1", "1.0.0.1", "2606:4700::1")


@pytest.mark.parametrize(
    ("entry", "host", "port"),
    [
        pytest.param("gateway.vpc", "gateway.vpc", 8080, id="host, every port"),
        pytest.param("gateway.vpc:8080", "Gateway.VPC", 8080, id="host and port"),
        pytest.param("10.0.0.0/8", "any.vpc", 80, id="network"),
        pytest.param("[::1]:80", "::1", 80, id="IPv6 and port"),
    ],
)
def test_an_entry_of_the_allow_list_opens_private_ground(entry, host, port):
    policy = Policy(allowed=[entry], resolver=leads_to("10.0.0.7"))

    assert policy.find(host, port) == Target(addresses=("10.0.0.7",), port=port)


def test_an_entry_with_a_port_opens_no_other_port():
    policy = Policy(allowed=["gateway.vpc:8080"], resolver=leads_to("10.0.0.7"))

    assert policy.find("gateway.vpc", 22).kind is Kind.FORBIDDEN


def test_a_network_also_judges_the_address_inside_an_address():
    policy = Policy(allowed=["10.0.0.0/8"], resolver=leads_to("::ffff:10.0.0.7"))

    assert isinstance(policy.find("any.vpc", 80), Target)


@pytest.mark.parametrize("entry", ["169.254.0.0/16", "metadata.example", "0.0.0.0/0"])
def test_no_entry_leads_to_credentials_of_the_machine(entry):
    policy = Policy(allowed=[entry], resolver=leads_to("169.254.169.254"))

    assert policy.find("metadata.example", 80).kind is Kind.FORBIDDEN


@pytest.mark.parametrize(
    ("hosts", "port", "target"),
    [
        ({"gw.local:8080": "127.0.0.1:4001"}, 8080, ("127.0.0.1", 4001)),
        ({"gw.local": "127.0.0.1"}, 8080, ("127.0.0.1", 8080)),
        ({"GW.local": "[::1]:4001"}, 80, ("::1", 4001)),
    ],
)
def test_the_hosts_map_counts_as_allowed(hosts, port, target):
    found = Policy(hosts=hosts, resolver=nowhere).find("gw.local", port)

    assert (found.addresses[0], found.port) == target


def test_the_hosts_map_of_one_port_says_nothing_of_another():
    policy = Policy(hosts={"gw.local:8080": "127.0.0.1"}, resolver=nowhere)

    assert policy.find("gw.local", 80).kind is Kind.UNREACHABLE


@pytest.mark.parametrize("entry", ["", "a:b", "a:99999", "10.0.0.0/99", "::1"])
def test_an_entry_that_cannot_be_read_is_refused(entry):
    with pytest.raises(InputRefused):
        Policy(allowed=[entry])
