"""Sending to an address that somebody else wrote down: under TLS, never into our own network, never on to elsewhere."""

import http.client
import os
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, Literal
from urllib.parse import urlsplit

from limu.wire.home import Home
from limu.wire.mode import read_mode

PATIENCE = 5.0
LONGEST = 15.0
"""Seconds for the whole of a message: a receiver that answers a letter at a time keeps nobody else waiting."""

Block = Literal["no_tls", "inside"]
INSIDE: Final = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


class BlockedError(Exception):
    """The address leads where we do not send: without TLS, or into a network that is not public."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far we send beyond the public network: into a network of the operator's own; to this very machine."""

    to_private: bool = False
    # Of a demonstration alone: its receivers run beside it, and there TLS is not asked for.
    to_itself: bool = False


PUBLIC: Final = Reach()


def reach_of(home: Home) -> Reach:
    """Read how far webhooks of this installation may go."""
    return Reach(
        to_private=os.environ.get("LIMU_FEED_PRIVATE_HOOKS") == "1",
        to_itself=read_mode(home, os.environ) == "demonstration",
    )


def why_blocked(url: str, reach: Reach = PUBLIC) -> Block | None:
    """Judge an address as it is written; where a name leads is judged when it is sent to."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    number = _number(host)
    is_itself = host == "localhost" if number is None else ip_address(number).is_loopback
    if reach.to_itself and is_itself:
        return None if parts.scheme in ("https", "http") else "no_tls"
    if parts.scheme != "https":
        return "no_tls"
    if reach.to_private:
        return None
    is_open = is_public(number) if number is not None else "." in host and not host.endswith(INSIDE)
    return None if is_open else "inside"


def post(url: str, body: bytes, headers: Mapping[str, str], *, reach: Reach = PUBLIC) -> int:
    """Send a body and return the status. The name is looked up once and that very address is used; no redirects."""
    if why_blocked(url, reach):
        raise BlockedError
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _address(parts.hostname or "", port, reach=reach)
    connection = _connection(parts.scheme, parts.hostname or "", address=address, port=port)
    # The socket's own way down, beneath TLS: whoever reads it meets its end.
    end = threading.Timer(LONGEST, socket.socket.shutdown, (connection.sock, socket.SHUT_RDWR))
    end.daemon = True
    end.start()
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
        end.cancel()
        connection.close()


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


def _number(host: str) -> str | None:
    """The address that a host is, however it is written (127.1 and 0x7f000001 are 127.0.0.1); None for a name."""
    try:
        return str(ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return str(IPv4Address(socket.inet_aton(host)))
    except OSError:
        return None


def _address(host: str, port: int, *, reach: Reach) -> str:
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    # All of them: a name with one private address is not sent to at all.
    if not found or not (reach.to_private or all(_may_have(one, reach) for one in found)):
        raise BlockedError
    return found[0]


def _may_have(address: str, reach: Reach) -> bool:
    return is_public(address) or (reach.to_itself and ip_address(address.partition("%")[0]).is_loopback)


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
