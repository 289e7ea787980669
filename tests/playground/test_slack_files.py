"""Files, as files_upload_v2 of slack_sdk uploads them: announced, sent, shared, seen and downloaded."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from slack_sdk import WebClient

from playground.slack import LocalSlack, Person
from tests.playground.slack_apps import client_of, error_of, refusal, section

SCOPES = ["chat:write", "files:write", "files:read", "channels:history"]


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack.start(manifest={"oauth_config": {"scopes": {"bot": SCOPES}}}) as slack:
        yield slack


def ops(slack: LocalSlack) -> str:
    return slack.team("akme").channel("ops").id


def address_for(client: WebClient, content: bytes) -> tuple[str, str]:
    answer = client.files_getUploadURLExternal(filename="a.txt", length=len(content))
    return answer["upload_url"], answer["file_id"]


def test_a_text_becomes_a_file_in_a_message_with_a_comment(
    slack: LocalSlack, client: WebClient, ada: Person
) -> None:
    answer = client.files_upload_v2(
        content="kind: Pod\n",
        filename="pod.yaml",
        title="cart",
        channel=ops(slack),
        initial_comment="here *it* is",
    )
    (message,) = ada.sees("ops")
    assert (message.text, message.bot_id, message.user) == (
        "here *it* is",
        slack.team("akme").bot_id,
        slack.team("akme").bot_user_id,
    )
    (file,) = message.files
    assert (file.id, file.name, file.title) == (answer["file"]["id"], "pod.yaml", "cart")
    assert (file.mimetype, file.filetype, file.pretty_type, file.size) == ("text/plain", "yaml", "YAML", 10)
    assert ada.downloads(file) == b"kind: Pod\n"
    assert ada.reads(message) == "here *it* is\n(file: cart, YAML, 10 bytes)"
    # Slack shares a file after it has answered.
    assert "shares" not in answer["file"]
    shares = client.files_info(file=file.id)["file"]["shares"]
    assert shares == {"public": {ops(slack): [{"ts": message.ts}]}}


def test_several_files_from_disk_in_a_thread(
    slack: LocalSlack, client: WebClient, ada: Person, tmp_path: Path
) -> None:
    csv = tmp_path / "pods.csv"
    csv.write_text("NAME\ncart\n")
    root = client.chat_postMessage(channel=ops(slack), text="list")["ts"]
    client.files_upload_v2(
        file_uploads=[
            {"file": str(csv), "title": "pods"},
            {"content": b"\x89PNG", "filename": "chart.png", "alt_txt": "a chart"},
        ],
        channel=ops(slack),
        thread_ts=root,
    )
    message = ada.sees("ops")[-1]
    assert (message.thread_ts, message.text) == (root, "")
    assert [(file.title, file.filetype, file.mimetype) for file in message.files] == [
        ("pods", "csv", "text/csv"),
        ("chart.png", "png", "image/png"),
    ]
    assert message.files[1].alt_txt == "a chart"
    assert [ada.downloads(file) for file in message.files] == [b"NAME\ncart\n", b"\x89PNG"]
    replies = client.conversations_replies(channel=ops(slack), ts=root)["messages"]
    assert [file["title"] for file in replies[1]["files"]] == ["pods", "chart.png"]
    assert replies[1]["upload"] is True


def test_blocks_instead_of_a_comment_and_no_channel_at_all(
    slack: LocalSlack, client: WebClient, ada: Person
) -> None:
    drawn = json.dumps([section("drawn")])
    client.files_upload_v2(content="x", filename="a.txt", channel=ops(slack), blocks=drawn)
    assert ada.sees("ops")[0].blocks[0]["text"]["text"] == "drawn"
    private = client.files_upload_v2(content="x", filename="a.txt")["file"]
    assert len(ada.sees("ops")) == 1
    assert client.files_info(file=private["id"])["file"]["shares"] == {}


def test_a_file_goes_to_channels_and_people(slack: LocalSlack, client: WebClient, ada: Person) -> None:
    client.files_upload_v2(content="x", filename="a.txt", channels=[ops(slack), ada.id])
    assert [len(ada.sees(place)) for place in ("ops", ada.dm)] == [1, 1]


def test_only_a_good_token_downloads(slack: LocalSlack, client: WebClient, ada: Person) -> None:
    client.files_upload_v2(content="secret plans", filename="Größe 1.txt", channel=ops(slack))
    (file,) = ada.sees("ops")[0].files
    given = client.files_info(file=file.id)["file"]
    mine = {"Authorization": f"Bearer {client.token}"}
    for name, way in (("url_private", "inline"), ("url_private_download", "attachment")):
        answer = requests.get(given[name], headers=mine, timeout=30)
        assert (answer.content, answer.headers["Content-Type"]) == (b"secret plans", "text/plain")
        assert answer.headers["Content-Disposition"].startswith(f"{way}; ")
    theirs = {"Authorization": f"Bearer {slack.team('globex').bot_token}"}
    for headers in ({}, theirs, {"Authorization": "Bearer xoxb-none"}):
        # Slack leads whoever may not see a file to its sign-in page, which is a 200 with HTML.
        answer = requests.get(given["url_private"], headers=headers, timeout=30)
        assert (answer.status_code, answer.history[0].status_code) == (200, 302)
        assert "Sign in" in answer.text
        assert "secret plans" not in answer.text
    assert (
        requests.get(f"{given['url_private'].replace(file.id, 'F0')}", headers=mine, timeout=30).ok is False
    )
    slack.uninstall(slack.team("akme"))
    assert "Sign in" in requests.get(given["url_private"], headers=mine, timeout=30).text


def test_people_download_what_stands_in_their_channels(
    slack: LocalSlack, client: WebClient, ada: Person
) -> None:
    akme = slack.team("akme")
    client.files_upload_v2(content="x", filename="a.txt", channel=ada.dm.id)
    (file,) = ada.sees(ada.dm)[0].files
    assert ada.downloads(file) == b"x"
    with pytest.raises(AssertionError, match=r"dev does not see the file a\.txt"):
        akme.person("dev").downloads(file)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"filename": "a.txt", "length": 0}, "missing_argument"),
        ({"filename": "", "length": 1}, "missing_argument"),
        ({"filename": "a.txt", "length": "9" * 5000}, "missing_argument"),
        ({"filename": "a.txt", "length": 10**10}, "file_upload_size_restricted"),
        ({"filename": "a.txt", "length": 2_000_000, "snippet_type": "text"}, "snippet_too_large"),
        ({"filename": "a.txt", "length": 1, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
    ],
)
def test_what_cannot_be_announced(client: WebClient, arguments: dict[str, Any], error: str) -> None:
    assert error_of(client.files_getUploadURLExternal, **arguments) == error


def test_an_address_takes_what_was_announced_once(slack: LocalSlack, client: WebClient) -> None:
    url, file_id = address_for(client, b"abc")
    assert url.startswith(f"{slack.url}/upload/v1/")
    for wrong in (b"ab", b"abcd", b""):
        assert requests.post(url, data=wrong, timeout=30).status_code == 400
    assert error_of(client.files_completeUploadExternal, files=[{"id": file_id}]) == "file_not_found"
    answer = requests.post(url, data=b"abc", timeout=30)
    assert (answer.status_code, answer.text) == (200, "OK - 3")
    assert requests.post(url, data=b"abc", timeout=30).status_code == 404
    assert client.files_completeUploadExternal(files=[{"id": file_id}])["files"][0]["title"] == "a.txt"


def test_a_form_will_do_as_well(client: WebClient) -> None:
    url, file_id = address_for(client, b"abc")
    assert requests.post(url, files={"filename": ("a.txt", b"abc")}, timeout=30).status_code == 200
    assert client.files_completeUploadExternal(files=[{"id": file_id}])["ok"] is True
    url, _ = address_for(client, b"abc")
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert requests.post(url, data=b"abcdef", headers=broken, timeout=30).status_code == 400
    assert (
        requests.post(
            url, data=b"abcdef", headers={"Content-Type": "multipart/form-data"}, timeout=30
        ).status_code
        == 400
    )


@pytest.mark.parametrize("files", ["", "no json", "{}", "[]", "[1]", '[{"id": "F0"}]', '[{"id": []}]'])
def test_files_that_are_none(client: WebClient, files: str) -> None:
    known = {"", "no json", "{}", "[]", "[1]"}
    answer = refusal(client.api_call, api_method="files.completeUploadExternal", params={"files": files})
    assert answer["error"] == ("invalid_arguments" if files in known else "file_not_found")


def test_a_file_is_shared_only_where_the_bot_is(slack: LocalSlack, client: WebClient, ada: Person) -> None:
    akme = slack.team("akme")
    url, file_id = address_for(client, b"abc")
    requests.post(url, data=b"abc", timeout=30)
    files = [{"id": file_id, "title": "t"}]
    for channel, error in (
        (akme.channel("payments").id, "not_in_channel"),
        (akme.channel("secrets").id, "channel_not_found"),
        (slack.team("globex").person("leo").id, "channel_not_found"),
    ):
        assert error_of(client.files_completeUploadExternal, files=files, channel_id=channel) == error
    many = ",".join(f"C{number}" for number in range(101))
    assert (
        error_of(client.files_completeUploadExternal, files=files, channels=[many])
        == "channels_limit_exceeded"
    )
    other = client_of(slack, slack.team("globex"))
    assert error_of(other.files_completeUploadExternal, files=files) == "file_not_found"
    assert error_of(other.files_info, file=file_id) == "file_not_found"
    assert ada.sees("payments") == []


def test_uploads_need_their_scope() -> None:
    with LocalSlack.start() as slack:
        client = client_of(slack, slack.team("akme"))
        answer = refusal(client.files_getUploadURLExternal, filename="a.txt", length=1)
        assert (answer["error"], answer["needed"]) == ("missing_scope", "files:write")


def test_the_log_holds_no_address_to_upload_to(slack: LocalSlack, client: WebClient) -> None:
    url, _ = address_for(client, b"abc")
    assert url.rpartition("/")[2] not in str([vars(entry) for entry in slack.log])
    assert url.rpartition("/")[2] not in str(slack.snapshot())
