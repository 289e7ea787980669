"""Whatever an app sends to the Web API, Slack answers with a word and never breaks."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.slack import LocalSlack
from playground.slack.webapi import METHODS
from tests.playground.slack_apps import client_of

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    "channel",
    "text",
    "blocks",
    "view",
    "trigger_id",
    "view_id",
    "user",
    "users",
    "ts",
    "limit",
    "cursor",
    "types",
    "team_id",
    "usergroup",
    "thread_ts",
    "files",
    "file",
    "filename",
    "length",
    "channel_id",
    "channels",
    "grant_type",
    "refresh_token",
]
ARGUMENTS = st.dictionaries(
    st.sampled_from([*NAMES, "hash", "user_id", "code", "attachments", "token"]), JSON
)


@pytest.fixture(scope="module")
def lasting() -> Iterator[LocalSlack]:
    scopes = {scope for _, scope in METHODS.values() if scope}
    scopes |= {f"{kind}:{right}" for kind in ("channels", "groups", "im") for right in ("read", "history")}
    manifest = {
        "oauth_config": {"scopes": {"bot": sorted(scopes)}},
        "settings": {"org_deploy_enabled": True},
    }
    with LocalSlack.start(manifest=manifest, grid=True) as slack:
        slack.install(slack.enterprise)
        yield slack


@given(
    method=st.sampled_from([*sorted(METHODS.keys() - {"auth.revoke"}), "oauth.v2.access", "api.test"]),
    arguments=ARGUMENTS,
)
@settings(max_examples=150, deadline=None)
def test_whatever_the_arguments_the_answer_is_a_word(
    lasting: LocalSlack, method: str, arguments: dict[str, Any]
) -> None:
    akme = lasting.team("akme")
    known = {
        "channel": akme.channel("ops").id,
        "user": akme.person("ada").id,
        "user_id": akme.person("ada").id,
    }
    for token in (akme.bot_token, lasting.enterprise.bot_token):
        headers = {"Authorization": f"Bearer {token}"}
        for given_ in (arguments, known | arguments, arguments | known):
            answer = requests.post(f"{lasting.api_url}{method}", json=given_, headers=headers, timeout=30)
            assert answer.status_code == 200
            assert answer.json()["ok"] is True or answer.json()["error"]


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[" * 100_000, b"null", b""])
def test_bodies_that_are_no_json(lasting: LocalSlack, body: bytes) -> None:
    token = lasting.team("akme").bot_token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
    for path in ("chat.postMessage", "views.open"):
        assert (
            requests.post(f"{lasting.api_url}{path}", data=body, headers=headers, timeout=30).status_code
            == 200
        )
    ada = lasting.team("akme").person("ada")
    path = lasting.world.new_response_url("commands", ada.team.id, ada.team.channel("ops").id, ada.id)
    assert requests.post(lasting.url + path, data=body, timeout=30).status_code == 400


@given(
    body=st.binary(min_size=20, max_size=20) | st.binary(max_size=40),
    kind=st.sampled_from(["multipart/form-data; boundary=b", "text/plain", ""]),
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_sent_as_a_file_is_taken_whole_or_not_at_all(
    lasting: LocalSlack, body: bytes, kind: str
) -> None:
    akme = lasting.team("akme")
    answer = client_of(lasting, akme).files_getUploadURLExternal(filename="a.txt", length=20)
    sent = requests.post(answer["upload_url"], data=body, headers={"Content-Type": kind}, timeout=30)
    assert sent.status_code == (200 if len(body) == 20 and "multipart" not in kind else 400)
    content = lasting.world.files[answer["file_id"]].content
    assert content == (body if sent.ok else None)
