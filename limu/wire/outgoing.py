"""Sending to an address that somebody else wrote down: never into our own network, never on to elsewhere."""

import http.client
import os
import socket
import ssl
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

PATIENCE = 5.0


class BlockedError(Exception):
    """The address leads where we do not send: another scheme, or a network that is not public."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, may_be_private: bool = False) -> int:
    """Send a body and return the status. The name is looked up once and that very address is used; no redirects."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (may_be_private and parts.scheme == "http"):
        raise BlockedError
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _address(parts.hostname or "", port, may_be_private=may_be_private)
    connection = _connection(parts.scheme, parts.hostname or "", address=address, port=port)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        answer.read(1000)
    except http.client.HTTPException as broken:
        raise OSError(type(broken).__name__) from broken
    else:
        return answer.status
    finally:
        connection.close()


def private_allowed() -> bool:
    """Whether the operator lets webhooks go to addresses that are not public (a government network of its own)."""
    return os.environ.get("LIMU_FEED_PRIVATE_HOOKS") == "1"


def is_public(text: str) -> bool:
    """Tell whether an address is one of the public network; one that hides another is judged by that one."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if address in _TRANSLATED:
            return is_public(str(ip_address(address.packed[-4:])))
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Translated:
    """Addresses under which IPv4 is reached from IPv6 (RFC 6052)."""

    def __contains__(self, address: IPv6Address) -> bool:
        return address.packed[:12] == bytes.fromhex("0064ff9b0000000000000000")


_TRANSLATED = _Translated()


def _address(host: str, port: int, *, may_be_private: bool) -> str:
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    # All of them: a name with one private address is not sent to at all.
    if not found or not (may_be_private or all(is_public(one) for one in found)):
        raise BlockedError
    return found[0]


def _connection(scheme: str, host: str, *, address: str, port: int) -> http.client.HTTPConnection:
    made: http.client.HTTPConnection
    if scheme == "https":
        context = ssl.create_default_context()
        made = http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=context)
        made.sock = context.wrap_socket(socket.create_connection((address, port), PATIENCE), server_hostname=host)
    else:
        made = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        made.sock = socket.create_connection((address, port), PATIENCE)
    return made
