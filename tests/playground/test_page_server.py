"""The page's files and its door: right types, nothing from outside, and nobody but the page itself gets in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import playground.page
from playground import Playground
from playground.aws import LocalAws
from playground.fleet import Fleet
from playground.page import Page
from playground.slack import LocalSlack
from tests.playground.page_browser import fetched, tab

STATIC = Path(playground.page.__file__).parent / "static"
FILES = sorted(path.name for path in STATIC.iterdir())
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@pytest.fixture(scope="module")
def page(shared_aws: LocalAws, shared_fleet: Fleet) -> Iterator[Page]:
    with LocalSlack.start() as slack, Page.start(Playground(slack, shared_aws, shared_fleet)) as page:
        yield page


@pytest.mark.parametrize("name", ["", *FILES])
def test_each_file_has_its_type_and_a_strict_policy(page: Page, name: str) -> None:
    status, headers, body = fetched(page.url, name)
    kind = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}.get(
        name.rpartition(".")[2], "text/html"
    )
    assert (status, headers["Content-Type"]) == (200, f"{kind}; charset=utf-8")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'; script-src 'self';" in headers["Content-Security-Policy"]
    assert body == (STATIC / (name or "index.html")).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "nothing.js",
        "static/app.js",
        "../server.py",
        "..%2fserver.py",
        "%2e%2e/server.py",
        ".",
        "app.js/",
        "%00.js",
    ],
)
def test_what_is_no_file_of_the_page_is_not_found(page: Page, path: str) -> None:
    assert fetched(page.url, path)[0] in (400, 404)


@pytest.mark.parametrize("path", ["", "app.js", "live"])
def test_a_name_that_somebody_points_at_this_address_is_turned_away(page: Page, path: str) -> None:
    port = page.url.rstrip("/").rpartition(":")[2]
    assert fetched(page.url, path, {"Host": f"evil.example:{port}"})[0] == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1"])
def test_another_page_cannot_open_the_connection(page: Page, origin: str) -> None:
    assert fetched(page.url, "live", UPGRADE | {"Origin": origin})[0] == 403


def test_neither_can_one_that_does_not_say_who_it_is(page: Page) -> None:
    assert fetched(page.url, "live", UPGRADE)[0] == 403
    assert fetched(page.url, "live", {"Origin": page.url.rstrip("/")})[0] == 403


def test_the_page_itself_may_also_be_called_localhost(page: Page) -> None:
    url = page.url.replace("127.0.0.1", "localhost")
    with tab(url, "ada") as browser:
        assert browser.frame["person"]["name"] == "ada"


def test_every_file_that_is_asked_for_is_there(page: Page) -> None:
    found: set[str] = set()
    for path in STATIC.iterdir():
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'from "\./([\w.]+)"', text))
        found |= set(re.findall(r'(?:href|src)="/([\w.]+)"', text))
    assert found | {"index.html"} == set(FILES)


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_parsed_as_markup() -> None:
    for path in STATIC.iterdir():
        text = path.read_text(encoding="utf-8")
        outside = set(re.findall(r"https?://[\w.]+", text)) - {"http://www.w3.org"}
        assert not outside, path.name
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text
        )


def test_a_stopped_page_lets_go_of_its_tabs(shared_aws: LocalAws, shared_fleet: Fleet) -> None:
    with LocalSlack.start() as slack:
        page = Page.start(Playground(slack, shared_aws, shared_fleet))
        with tab(page.url, "ada") as browser:
            page.stop()
            with pytest.raises((TypeError, ConnectionError)):
                browser.ask("be", person="U1")
        with pytest.raises(ConnectionError):
            fetched(page.url)
