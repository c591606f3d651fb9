"""Where a name may lead: the look-up and its judgement are one step, and what was judged is what is connected to.

A name that is looked up once to be judged and again to be used can lead elsewhere the second time
(https://cwe.mitre.org/data/definitions/350.html). So the addresses are judged inside the resolver of the connection
itself.
"""

import ipaddress
import socket
from contextvars import ContextVar
from typing import Literal, TypeAlias

from aiohttp.abc import AbstractResolver, ResolveResult

Reach: TypeAlias = Literal["anywhere", "network", "public"]
"""Where a request may go: anywhere; not to this machine, its link or its host; or to public addresses alone.

A private endpoint gives an Azure registry, and its data, an address of the virtual network.
"""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All other addresses of IPv6 are this machine's, a network's or a translator's, whatever `is_global` says of them:
# https://www.iana.org/assignments/ipv6-address-space/ipv6-address-space.xhtml
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Public by its number, and Azure's own host to each of its machines:
# https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
_WIRE_SERVER = ipaddress.ip_address("168.63.129.16")

_WHERE: dict[Reach, str] = {"anywhere": "any", "network": "of a network", "public": "public"}
_REACH: ContextVar[Reach] = ContextVar("reach", default="anywhere")


def within(address: str, reach: Reach) -> bool:
    """Whether an address is within reach. Whatever is no address is not."""
    if reach == "anywhere":
        return True
    try:
        found = _meant(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if found == _WIRE_SERVER or found.is_multicast:
        return False
    if reach == "public":
        return found.is_global and (found.version == 4 or found in _GLOBAL_UNICAST)
    return not (found.is_loopback or found.is_link_local or found.is_unspecified or found.is_reserved)


def _meant(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address inside an IPv6 one, where some gateway or the system itself would take it out."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


class OutOfReachError(OSError):
    """A name leads where the request may not go."""


class Resolver(AbstractResolver):
    """Looks names up, and gives only addresses within the reach of the request that asks."""

    def __init__(self, names: AbstractResolver) -> None:
        self._names = names

    def limit(self, reach: Reach) -> None:
        """Of what the running task asks from now on."""
        _REACH.set(reach)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises OutOfReachError where one of them is out of reach, OSError without any."""
        found = await self._names.resolve(host, port, family)
        reach = _REACH.get()
        if not all(within(each["host"], reach) for each in found):
            raise OutOfReachError(None, f"the name {host} leads to an address that is not {_WHERE[reach]}")
        return found

    async def close(self) -> None:
        """Close what looks names up."""
        await self._names.close()
