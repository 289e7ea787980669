"""The way to a cluster's API server on bare sockets, a hop at a time: its name, its address, its certificate."""

import ipaddress
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from urllib3.exceptions import ConnectTimeoutError

from connector import kube
from connector.errors import translated

# Tried one after the other; EKS gives a cluster two or three.
_ADDRESSES = 4


@dataclass(frozen=True)
class Endpoint:
    """Where an API server listens."""

    host: str
    port: int

    @classmethod
    def from_url(cls, url: str) -> "Endpoint":
        parts = urlsplit(url)
        return cls(parts.hostname or "", parts.port or 443)

    @property
    def is_address(self) -> bool:
        """Whether there is no name to resolve."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return True


def is_proxied(url: str) -> bool:
    """Whether the cluster's client goes there through a proxy, by the environment it is in."""
    settings = kube.Configuration(host=url)
    return bool(settings.proxy) and not kube.should_bypass_proxies(url, settings.no_proxy or "")


@dataclass(frozen=True)
class Certificate:
    """What a server showed of itself, once it was found to be good."""

    protocol: str
    issuer: str
    ends: datetime


def resolved(endpoint: Endpoint, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses behind its name. Raises Unreachable; takes as long as the resolver does."""
    with translated(action="resolve", **facts):
        found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[4][0]) for address in found))


def is_private(address: str) -> bool:
    """Whether it is one of a private network, which nothing outside of it reaches."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return ip.is_private and not ip.is_loopback


def connected(
    addresses: Sequence[str], endpoint: Endpoint, facts: Mapping[str, Any], seconds: float
) -> tuple[socket.socket, str]:
    """A connection to the first address that takes one, and that address. Raises Unreachable as the last one said."""
    tried = addresses[:_ADDRESSES]
    with translated(action="connect", **facts):
        for address in tried:
            try:
                return socket.create_connection((address, endpoint.port), seconds / len(tried)), address
            except OSError as error:
                last = error
        raise _named(last)


def certificate(
    connection: socket.socket, endpoint: Endpoint, ca: str, facts: Mapping[str, Any], seconds: float
) -> Certificate:
    """What the server shows over TLS, where `ca` (PEM) vouches for it; the connection is closed.

    Raises Untrusted, and Unreachable when it says nothing.
    """
    with translated(action="connect", **facts):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=ca)
        connection.settimeout(seconds)
        try:
            with context.wrap_socket(connection, server_hostname=endpoint.host) as secured:
                shown = secured.getpeercert() or {}
                protocol = secured.version() or "TLS"
        except TimeoutError as error:
            raise _named(error) from error
    issued: Any = shown.get("issuer", ())
    names = {key: value for part in issued for key, value in part}
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)
    issuer = names.get("commonName") or names.get("organizationName") or "a CA without a name"
    return Certificate(protocol, issuer, ends)


def _named(error: Exception) -> Exception:
    """A time-out while connecting as the cluster's own client names it, so that it is told in the same words."""
    return ConnectTimeoutError(str(error)) if isinstance(error, TimeoutError) else error
