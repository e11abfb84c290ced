"""Addresses that nothing is sent to, whatever name leads there: clouds tell credentials at them."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_THROUGH_A_GATEWAY = ip_network("64:ff9b::/96")  # NAT64: the last 32 bits are IPv4
# beside the link-local ones
_OF_CLOUDS = (
    ip_network("fd00:ec2::/32"),  # Amazon EC2 and EKS
    ip_network("fd20:ce::254/128"),  # Google
    ip_network("100.100.100.200/32"),  # Alibaba
    ip_network("168.63.129.16/32"),  # Azure
)


def plain(text: str) -> IPv4Address | IPv6Address:
    """Without a scope, and the IPv4 address where an IPv6 one leads to that."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return address
    if address in _THROUGH_A_GATEWAY:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def tells_credentials(text: str) -> bool:
    """Whether a cloud's machines may be told theirs at the address."""
    address = plain(text)
    return address.is_link_local or any(address in network for network in _OF_CLOUDS)
