"""Over HTTP only what Slack signed is listened to, in any of its forms; everything else has no effect at all."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from bot.app import Bot
from bot.http import Http, PortTaken
from bot.settings import Settings
from playground.slack import LocalSlack
from playground.slack.delivery import sign
from tests.bot.conftest import settings_for
from tests.bot.site import EVENTS, FORM, Site

NEW, AGAIN, UNSIGNED, MALFORMED = (
    f'eks_chatops_payloads_total{{verdict="{verdict}"}}'
    for verdict in ("new", "again", "unsigned", "malformed")
)


@pytest.fixture(scope="module")
def running_site(running_slack: LocalSlack, folder: Path) -> Iterator[Site]:
    settings = settings_for(running_slack, folder)
    bot = Bot(settings)
    site = Site(running_slack, bot, "")
    server = Http(bot, settings, site.ready.is_set, events=True)
    site.address = server.start()
    yield site
    server.stop()
    bot.close(5)


@pytest.fixture
def site(running_site: Site, slack: LocalSlack) -> Site:
    """The server, ready, with its counts as they are now."""
    running_site.ready.set()
    acks = "eks_chatops_ack_seconds_count"
    running_site.before = {name: running_site.total(name) for name in (NEW, AGAIN, UNSIGNED, MALFORMED, acks)}
    return running_site


def test_a_signed_command_is_acknowledged_and_answered(site: Site) -> None:
    answer = site.sends(urlencode(site.command()).encode())
    assert (answer.status, answer.body) == (200, "")
    ada = site.slack.team("akme").person("ada")
    assert "/eks" in ada.wait_for("ops", lambda message: message.ephemeral).text
    assert site.counted(NEW) == site.counted("eks_chatops_ack_seconds_count") == 1


def test_the_same_delivery_again_is_acknowledged_and_not_answered_twice(site: Site) -> None:
    body = urlencode(site.command()).encode()
    assert [site.sends(body).status for _ in range(3)] == [200, 200, 200]
    assert site.counted(AGAIN) == 2
    site.slack.team("akme").person("ada").wait_for("ops", lambda message: message.text.startswith("/eks: "))
    assert len(site.only_answer()) == 2


def now() -> str:
    return str(int(time.time()))


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Slack_Signature": ""},
        {"X_Slack_Signature": "v0=" + "0" * 64},
        {"X_Slack_Signature": "v0"},
        {"X_Slack_Request_Timestamp": ""},
        {"X_Slack_Request_Timestamp": "now"},
        {"X_Slack_Request_Timestamp": "-1"},
        {"X_Slack_Request_Timestamp": "1e9"},
        {"X_Slack_Request_Timestamp": "1.5"},
        {"X_Slack_Request_Timestamp": " "},
        {"X_Slack_Request_Timestamp": "9" * 400},
        {"X_Slack_Request_Timestamp": "9" * 12},
    ],
)
def test_what_slack_did_not_sign_is_401_and_nothing_happens(site: Site, headers: dict[str, str]) -> None:
    answer = site.sends(urlencode(site.command()).encode(), **headers)
    assert (answer.status, answer.body) == (401, "not signed by Slack\n")
    assert (site.counted(UNSIGNED), site.counted(NEW)) == (1, 0)
    assert len(site.only_answer()) == 1


@pytest.mark.parametrize("seconds", [-301, -3600, 301, 3600])
def test_a_signature_that_is_not_of_these_minutes_is_401(site: Site, seconds: int) -> None:
    # Five seconds of grace on the far side, as the clock goes on during the test.
    when = str(int(time.time()) + seconds + (5 if seconds > 0 else 0))
    assert site.sends(urlencode(site.command()).encode(), timestamp=when).status == 401


@pytest.mark.parametrize("seconds", [-290, 290])
def test_within_five_minutes_a_signature_is_good(site: Site, seconds: int) -> None:
    assert (
        site.sends(urlencode(site.command()).encode(), timestamp=str(int(time.time()) + seconds)).status
        == 200
    )


def test_a_body_that_was_changed_behind_its_signature_is_401(site: Site) -> None:
    body = urlencode(site.command()).encode()
    when = now()
    signature = sign(site.slack.signing_secret, when, body)
    assert site.sends(body + b"x", timestamp=when, X_Slack_Signature=signature).status == 401
    assert site.sends(body, timestamp=when, X_Slack_Signature=signature.upper()).status == 401
    assert site.sends(body, timestamp=when, X_Slack_Signature=signature).status == 200


@pytest.mark.parametrize("timestamp", ["²", "١٢٣".encode(), b"\xff\xfe", "１２３".encode()])
def test_digits_of_other_scripts_are_no_timestamp(site: Site, timestamp: bytes | str) -> None:
    as_bytes = timestamp.encode("latin-1") if isinstance(timestamp, str) else timestamp
    assert site.raw(b"X-Slack-Request-Timestamp: " + as_bytes, b"X-Slack-Signature: v0=" + b"0" * 64) == 401


@pytest.mark.parametrize("signature", [b"v0=\xe9", "v0=é".encode(), b"\xff"])
def test_a_signature_in_other_letters_is_none(site: Site, signature: bytes) -> None:
    assert (
        site.raw(b"X-Slack-Request-Timestamp: " + now().encode(), b"X-Slack-Signature: " + signature) == 401
    )


def test_a_body_that_is_no_text_is_refused(site: Site) -> None:
    assert site.sends(b"\xff\xfe\x00").status == 401


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", FORM),
        (b"", "application/json"),
        (b"payload=", FORM),
        (b"payload={", FORM),
        (b"payload=[]", FORM),
        (b"payload=5", FORM),
        (b"a=b", FORM),
        (b"command=/eks", FORM),
        (b"command=/eks&user_id=&channel_id=C&trigger_id=t&response_url=", FORM),
        (b"{}", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"{", "application/json"),
        (b'{"type":"event_callback","event":[],"event_id":"E"}', "application/json"),
        (b'{"type":"\\ud800"}', "application/json"),
        (b'{"\\ud800":1,"command":"/eks"}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"a":' * 50_000, "application/json"),
        (b'{"a":' + b"9" * 5000 + b"}", "application/json"),
        (b"command=/eks", "text/plain"),
        (b"x", "multipart/form-data; boundary=y"),
        (b"command=/eks", ""),
    ],
    ids=lambda value: repr(value[:30]),
)
def test_what_is_signed_and_still_no_payload_is_400(site: Site, body: bytes, content_type: str) -> None:
    answer = site.sends(body, content_type)
    assert (answer.status, answer.body.strip()) == (400, "malformed payload")
    assert site.counted(MALFORMED) == 1


def test_the_challenge_is_given_back(site: Site) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "CHALLENGE"}).encode()
    answer = site.sends(body, "application/json")
    assert answer.status == 200
    assert "CHALLENGE" in answer.body


def test_slacks_look_at_the_certificate_is_answered(site: Site) -> None:
    assert site.sends(b"ssl_check=1&token=x").status == 200


def test_an_interaction_comes_as_a_form_with_json_inside(site: Site) -> None:
    team = site.slack.team("akme")
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": team.person("ada").id, "team_id": team.id},
        "team": {"id": team.id},
        "channel": {"id": team.channel("ops").id},
        "trigger_id": "1.2.abc",
        "actions": [{"type": "static_select", "action_id": "choose.region", "block_id": "region"}],
    }
    answer = site.sends(urlencode({"payload": json.dumps(payload)}).encode())
    assert (answer.status, answer.body) == (200, "")


def test_what_nobody_listens_to_is_no_fault(site: Site) -> None:
    team = site.slack.team("akme")
    event = {"type": "event_callback", "team_id": team.id, "event": {"type": "team_join"}, "event_id": "Ev1"}
    assert site.sends(json.dumps(event).encode(), "application/json").status == 404


def test_in_a_workspace_that_the_bot_is_not_in_it_says_so_in_its_own_words(site: Site) -> None:
    body = urlencode({**site.command("connections"), "team_id": "T0000NOWHERE"}).encode()
    answer = site.sends(body)
    # The acknowledgement of a command is shown to the one who typed it, and to nobody else.
    assert answer.status == 200
    assert answer.body.startswith("This bot is not set up for this workspace.")


def test_the_largest_modal_that_slack_may_send_is_taken(site: Site) -> None:
    # A view has up to 250 kB of JSON, whose quotes and braces triple in a form.
    view = {"id": "V1", "type": "modal", "callback_id": "show.outcome", "blocks": [{"x": '"' * 100_000}]}
    payload = {"type": "view_closed", "user": {"id": "U1"}, "view": view}
    body = urlencode({"payload": json.dumps(payload)}).encode()
    assert len(body) > 600_000
    assert site.sends(body).status not in (400, 413, 500)


def test_what_is_larger_than_anything_of_slacks_is_refused(site: Site) -> None:
    assert site.raw(b"Content-Type: " + FORM.encode(), length=4 * 1024 * 1024 + 1) == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", EVENTS, 405),
        ("PUT", EVENTS, 405),
        ("GET", "/", 404),
        ("GET", "/slack/event", 404),
        ("POST", "/healthz", 405),
        # Tokens that were given leave nothing to install.
        ("GET", "/slack/install", 404),
        ("GET", "/slack/oauth_redirect", 404),
        ("GET", "/..%2f..%2fetc/passwd", 404),
    ],
)
def test_there_are_no_other_pages(site: Site, method: str, path: str, status: int) -> None:
    answer = site.ask(method, path)
    assert answer.status == status
    assert "Traceback" not in answer.body


def test_health_is_there_as_long_as_the_process_is(site: Site) -> None:
    site.ready.clear()
    answer = site.ask("GET", "/healthz")
    assert (answer.status, answer.body) == (200, "ok\n")


def test_readiness_follows_the_connection(site: Site) -> None:
    assert (site.ask("GET", "/readyz").status, site.ask("GET", "/readyz").body) == (200, "ok\n")
    site.ready.clear()
    assert (site.ask("GET", "/readyz").status, site.ask("GET", "/readyz").body) == (
        503,
        "not connected to Slack\n",
    )


def test_metrics_are_prometheus_text(site: Site) -> None:
    answer = site.ask("GET", "/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "# HELP eks_chatops_payloads_total" in answer.body
    assert "eks_chatops_commands_running 0.0" in answer.body


def test_beside_socket_mode_there_are_the_pages_only(slack: LocalSlack, bot: Bot, settings: Settings) -> None:
    server = Http(bot, settings, lambda: True, events=False)
    site = Site(slack, bot, server.start())
    try:
        assert site.sends(urlencode(site.command()).encode()).status == 404
        assert site.ask("GET", "/healthz").status == 200
    finally:
        server.stop()


def test_a_port_that_is_taken_is_named_with_what_to_do(site: Site, settings: Settings) -> None:
    port = urlsplit(site.address).port
    assert port is not None
    other = Http(site.bot, replace(settings, port=port), lambda: True, events=True)
    with pytest.raises(PortTaken, match=rf"Cannot listen on 127\.0\.0\.1:{port}: .*export HOST=… PORT="):
        other.start()


def test_an_address_that_is_not_ours_is_named_too(bot: Bot, settings: Settings) -> None:
    # 192.0.2.0/24 is for documentation: no machine has an address of it.
    with pytest.raises(PortTaken, match=r"192\.0\.2\.1"):
        Http(bot, replace(settings, host="192.0.2.1"), lambda: True, events=True).start()


def test_after_stopping_the_port_is_free(slack: LocalSlack, bot: Bot, settings: Settings) -> None:
    server = Http(bot, settings, lambda: True, events=True)
    site = Site(slack, bot, server.start())
    server.stop()
    with pytest.raises(OSError, match="refused"):
        site.ask("GET", "/healthz")
