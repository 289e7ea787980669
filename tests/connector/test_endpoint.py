"""Each hop to an API server, on real sockets: what is found, and in which words it fails."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest
import trustme

from connector.endpoint import Endpoint, certificate, connected, is_private, is_proxied, resolved
from connector.errors import Unreachable, Untrusted
from tests.connector.api_server import ApiServer

FACTS = {"cluster": "prod", "region": "eu-west-1", "profile": "ops"}


@contextmanager
def listening(backlog: int = 16) -> Iterator[Endpoint]:
    """A port that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=backlog)) as server:
        yield Endpoint("127.0.0.1", server.getsockname()[1])


@contextmanager
def full() -> Iterator[Endpoint]:
    """A port whose line of connections is full, so that the kernel lets further ones wait."""
    with listening(backlog=0) as endpoint:
        held = [socket.socket() for _ in range(8)]
        for one in held:
            one.setblocking(False)
            one.connect_ex((endpoint.host, endpoint.port))
        yield endpoint
        for one in held:
            one.close()


@pytest.mark.parametrize(
    ("url", "expected", "is_address"),
    [
        ("https://ABC.gr7.eu-west-1.eks.amazonaws.com", ("abc.gr7.eu-west-1.eks.amazonaws.com", 443), False),
        ("https://127.0.0.1:8443", ("127.0.0.1", 8443), True),
        ("https://[2001:db8::1]:443", ("2001:db8::1", 443), True),
    ],
)
def test_an_endpoint_is_what_its_url_says(url: str, expected: tuple[str, int], is_address: bool) -> None:
    endpoint = Endpoint.from_url(url)
    assert ((endpoint.host, endpoint.port), endpoint.is_address) == (expected, is_address)


def test_a_name_gives_its_addresses_once_each() -> None:
    found = resolved(Endpoint("localhost", 443), FACTS)
    assert "127.0.0.1" in found
    assert len(found) == len(set(found))


def test_a_name_that_is_none_says_so() -> None:
    with pytest.raises(Unreachable, match="The name of the API server of `prod` does not resolve"):
        resolved(Endpoint("no-such-cluster.invalid", 443), FACTS)


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("10.0.12.7", True),
        ("172.31.0.1", True),
        ("192.168.1.1", True),
        ("fd12:3456::1", True),
        ("fe80::1%eth0", True),
        ("54.171.1.1", False),
        ("127.0.0.1", False),
        ("2a05:d018::1", False),
    ],
)
def test_a_private_address_is_known(address: str, private: bool) -> None:
    assert is_private(address) is private


def test_the_next_address_is_tried_when_one_refuses() -> None:
    with listening() as endpoint:
        connection, address = connected(["127.0.0.2", "127.0.0.1"], endpoint, FACTS, 2.0)
        connection.close()
    assert address == "127.0.0.1"


def test_who_refuses_is_told_from_who_does_not_answer() -> None:
    with listening() as endpoint:
        pass
    with pytest.raises(Unreachable, match="The API server of `prod` refuses connections"):
        connected(["127.0.0.1"], endpoint, FACTS, 2.0)
    with full() as endpoint:
        began = time.monotonic()
        with pytest.raises(Unreachable, match="The API server of `prod` does not answer") as caught:
            connected(["127.0.0.1", "127.0.0.1"], endpoint, FACTS, 0.6)
        # All addresses together take no longer than was given.
        assert time.monotonic() - began < 20
    assert "--region eu-west-1 --query cluster.resourcesVpcConfig --profile ops" in caught.value.hint


def secured(api: ApiServer, ca: str, host: str = "127.0.0.1") -> object:
    connection = socket.create_connection(("127.0.0.1", api.server_address[1]))
    return certificate(connection, Endpoint(host, 443), ca, FACTS, 2.0)


def pem(ca: trustme.CA) -> str:
    return ca.cert_pem.bytes().decode()


def test_a_good_certificate_tells_who_issued_it_and_until_when(api: ApiServer, ca: trustme.CA) -> None:
    shown = secured(api, pem(ca))
    assert shown.protocol == "TLSv1.3"  # type: ignore[attr-defined]
    assert "trustme" in shown.issuer  # type: ignore[attr-defined]
    assert shown.ends > datetime.now(UTC)  # type: ignore[attr-defined]


def test_a_certificate_of_another_ca_or_name_is_not_trusted(api: ApiServer, ca: trustme.CA) -> None:
    with pytest.raises(Untrusted) as caught:
        secured(api, pem(trustme.CA()))
    assert caught.value.why == "It is not signed by the CA that EKS gives for this cluster."
    with pytest.raises(Untrusted) as caught:
        secured(api, pem(ca), "prod.example.com")
    assert caught.value.why == "It is made out to another name."


def test_who_says_nothing_over_tls_does_not_answer(ca: trustme.CA) -> None:
    with listening() as endpoint:
        connection = socket.create_connection((endpoint.host, endpoint.port))
        with pytest.raises(Unreachable, match="The API server of `prod` does not answer"):
            certificate(connection, endpoint, pem(ca), FACTS, 0.3)


def test_who_hangs_up_broke_off(ca: trustme.CA) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def hang_up() -> None:
            taken, _ = server.accept()
            taken.recv(1)
            taken.close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        endpoint = Endpoint("127.0.0.1", server.getsockname()[1])
        connection = socket.create_connection((endpoint.host, endpoint.port))
        with pytest.raises(Unreachable):
            certificate(connection, endpoint, pem(ca), FACTS, 2.0)
        thread.join()


def test_a_proxy_of_the_environment_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert not is_proxied("https://abc.eks.amazonaws.com")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    assert is_proxied("https://abc.eks.amazonaws.com")
    monkeypatch.setenv("NO_PROXY", "eks.amazonaws.com")
    assert not is_proxied("https://abc.eks.amazonaws.com")
