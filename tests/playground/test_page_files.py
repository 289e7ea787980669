"""Files that the app has shared: what a tab is told of them, and how the page itself gives them out."""

from base64 import b64encode
from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from playground.page import Page
from playground.slack import LocalSlack
from tests.playground.page_browser import Browser, fetched
from tests.playground.slack_apps import modal, opened, plain

SCOPES = ["commands", "chat:write", "files:read", "files:write"]
PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(8)


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack.start(manifest={"oauth_config": {"scopes": {"bot": SCOPES}}}) as slack:
        yield slack


@pytest.fixture
def ops(slack: LocalSlack) -> str:
    return slack.team("akme").channel("ops").id


def test_a_message_tells_of_its_files(client: WebClient, browser: Browser, ops: str) -> None:
    client.files_upload_v2(
        channel=ops, filename="pods.txt", title="All pods", content="a\nb\n", initial_comment="Here:"
    )
    browser.until(lambda: bool(browser.seen("ops")))
    (message,) = browser.seen("ops")
    (file,) = message["files"]
    assert message["text"] == "Here:"
    assert (file["name"], file["title"], file["mimetype"], file["size"]) == (
        "pods.txt",
        "All pods",
        "text/plain",
        4,
    )


@pytest.mark.parametrize(
    ("name", "content", "served"),
    [
        ("pods.txt", b"a\nb\n", "text/plain; charset=utf-8"),
        ("dot.png", PIXEL, "image/png"),
        # What could run in the page's own origin comes as text.
        ("evil.html", b"<script>alert(1)</script>", "text/plain; charset=utf-8"),
        ("evil.svg", b"<svg onload='alert(1)'/>", "text/plain; charset=utf-8"),
        ("a b\u2019.txt", b"x", "text/plain; charset=utf-8"),
    ],
)
def test_a_file_is_given_out_by_the_page_itself(
    client: WebClient, page: Page, ops: str, name: str, content: bytes, served: str
) -> None:
    file = client.files_upload_v2(channel=ops, filename=name, content=content)["files"][0]
    path = f"files/{file['id']}"
    status, headers, body = fetched(page.url, path)
    assert (status, headers["Content-Type"], body.encode("utf-8", "surrogateescape")) == (
        200,
        served,
        content,
    )
    assert headers["Content-Disposition"].startswith("inline; filename*=UTF-8''")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert fetched(page.url, f"{path}?download")[1]["Content-Disposition"].startswith("attachment; ")


@pytest.mark.parametrize("path", ["files/", "files/F0", "files/..", "files/F0/x", "files/%00"])
def test_what_is_no_file_is_not_found(page: Page, path: str) -> None:
    assert fetched(page.url, path)[0] == 404


def test_a_file_that_was_announced_and_never_sent_is_not_found(client: WebClient, page: Page) -> None:
    file_id = client.files_getUploadURLExternal(filename="a.txt", length=3)["file_id"]
    assert fetched(page.url, f"files/{file_id}")[0] == 404


def test_another_page_does_not_get_files(client: WebClient, page: Page, ops: str) -> None:
    file = client.files_upload_v2(channel=ops, filename="a.txt", content="x")["files"][0]
    path = f"files/{file['id']}"
    assert fetched(page.url, path, {"Origin": "http://evil.example"})[0] == 403
    assert fetched(page.url, path, {"Host": "evil.example"})[0] == 403


def test_the_app_may_read_what_somebody_has_put_into_its_form(
    slack: LocalSlack, client: WebClient, browser: Browser
) -> None:
    element = {"type": "file_input", "action_id": "it"}
    block = {"type": "input", "block_id": "b", "label": plain("Files"), "element": element}
    view = opened(slack, modal(block))
    added = [["a.txt", b64encode(b"hello").decode()]]
    (file,) = browser.does("attaches", view=view.id, block="b", action="it", files=added)
    path = file["url_private"].removeprefix(f"{slack.url}/")
    assert fetched(f"{slack.url}/", path, {"Authorization": f"Bearer {client.token}"})[2] == "hello"
    other = slack.team("globex").bot_token
    assert fetched(f"{slack.url}/", path, {"Authorization": f"Bearer {other}"})[0] == 302
