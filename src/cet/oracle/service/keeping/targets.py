"""Where a webhook may be sent: a name that leads to public addresses alone, looked at anew each time and then connected to as is.

Whoever subscribes chooses the address, so it must not reach what only this machine reaches: loopback, the local network, a
cloud's metadata service. Names are resolved here, every address they lead to is judged, and the connection goes to the judged
address, so that a name that answers differently the next moment leads nowhere else.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from cet.oracle.service.errors import BadTarget

_MOST_CHARACTERS = 2_000
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SHARED_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
_PUBLIC = "name a host on the public internet, by https"


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook's address taken apart. `path` begins with `/` and includes the query."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header's value."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


def read_target(url: str, *, private: bool = False) -> Target:
    """The address, if one may be sent to it as it is written. `private` also allows http. Raises BadTarget."""
    if len(url) > _MOST_CHARACTERS or not url.isascii() or any(one <= " " or one == "\x7f" for one in url):
        raise BadTarget("the address is too long, or has characters that none has", "write https://HOST/PATH")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadTarget("the address is none", "write https://HOST/PATH") from error
    if parts.scheme not in (("https", "http") if private else ("https",)) or not parts.hostname:
        raise BadTarget(f"the address begins with {parts.scheme or 'nothing'}", "write https://HOST/PATH")
    if "@" in parts.netloc or parts.fragment:
        raise BadTarget("the address names a user or a fragment", "leave it out; deliveries are signed")
    tls = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(tls, parts.hostname, port if port is not None else (443 if tls else 80), path)


def addresses_of(target: Target, *, private: bool = False) -> list[str]:
    """Addresses to connect to, in the resolver's order. Raises BadTarget if there is none, or if any leads inside."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadTarget("the host's name leads nowhere", "see whether it is written right") from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not private and not all(is_public(address) for address in addresses):
        raise BadTarget("the host is in a private network", _PUBLIC)
    return addresses


def is_public(address: str) -> bool:
    """Whether an address is of the public internet, also where IPv6 wraps an IPv4 address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _SHARED_NAT64:
            return False
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and (ip in _NAT64 or int(ip) >> 32 == 0):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
