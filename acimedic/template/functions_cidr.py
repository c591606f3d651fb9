"""CIDR functions.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-cidr
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

from acimedic.template.arguments import Args, Table, WrongArgumentError, builtin
from acimedic.template.values import Json


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError as error:
        raise WrongArgumentError("not an IP range in CIDR notation") from error


def _parse_cidr(args: Args) -> Json:
    network = _network(args.text(0))
    if network.num_addresses < 4:
        raise WrongArgumentError("what parseCidr() gives for such a range is not documented")
    if network.version == 6:  # no address is set apart: the example has no broadcast address
        return {
            "network": str(network.network_address),
            "netmask": str(network.netmask),
            "firstUsable": str(network.network_address),
            "lastUsable": str(network.broadcast_address),
            "cidr": network.prefixlen,
        }
    return {
        "network": str(network.network_address),
        "netmask": str(network.netmask),
        "broadcast": str(network.broadcast_address),
        "firstUsable": str(network.network_address + 1),
        "lastUsable": str(network.broadcast_address - 1),
        "cidr": network.prefixlen,
    }


def _cidr_subnet(args: Args) -> Json:
    network, prefix, index = _network(args.text(0)), args.integer(1), args.integer(2)
    if not network.prefixlen <= prefix <= network.max_prefixlen:
        raise WrongArgumentError(f"/{prefix} is no part of {network}")
    if not 0 <= index < 2 ** (prefix - network.prefixlen):
        raise WrongArgumentError(f"{network} has no /{prefix} number {index}")
    size = 2 ** (network.max_prefixlen - prefix)
    return f"{network.network_address + index * size}/{prefix}"


def _cidr_host(args: Args) -> Json:
    network, index = _network(args.text(0)), args.integer(1)
    if not 0 <= index < network.num_addresses - 2:
        raise WrongArgumentError(f"{network} has no host number {index}")
    return str(network.network_address + index + 1)


FUNCTIONS: Table = {
    "cidrhost": builtin(_cidr_host, 2, 2),
    "cidrsubnet": builtin(_cidr_subnet, 3, 3),
    "parsecidr": builtin(_parse_cidr, 1, 1),
}
