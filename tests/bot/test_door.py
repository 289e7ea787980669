"""A payload comes in once, in a shape that Slack could have sent; what is remembered has an end."""

import threading
from typing import Any

import pytest

from bot.door import Door, Verdict


def command(trigger: str = "1.2.abc", **more: Any) -> dict[str, Any]:
    body = {
        "command": "/eks",
        "user_id": "U1",
        "channel_id": "C1",
        "trigger_id": trigger,
        "response_url": "http://x/commands/1",
    }
    return {**body, **more}


def event(event_id: str = "Ev1") -> dict[str, Any]:
    return {"type": "event_callback", "event": {"type": "app_uninstalled"}, "event_id": event_id}


@pytest.mark.parametrize(
    "body",
    [
        command(),
        event(),
        {
            "type": "block_actions",
            "user": {"id": "U1"},
            "trigger_id": "1.2",
            "actions": [{"action_id": "a.b", "type": "button"}],
        },
        {
            "type": "view_submission",
            "user": {"id": "U1"},
            "trigger_id": "1.2",
            "view": {"id": "V1", "type": "modal"},
        },
    ],
    ids=lambda body: body.get("type", "command"),
)
def test_what_comes_again_is_told_from_what_is_new(body: dict[str, Any]) -> None:
    door = Door()
    assert [door.verdict(dict(body)) for _ in range(3)] == [Verdict.NEW, Verdict.AGAIN, Verdict.AGAIN]
    assert Door().verdict(body) is Verdict.NEW


def test_another_workspaces_delivery_of_the_same_id_is_another() -> None:
    door = Door()
    clicks = [
        {
            "type": "block_actions",
            "user": {"id": "U1"},
            "team": {"id": team},
            "trigger_id": "1.2",
            "actions": [{"action_id": "a.b", "type": "button"}],
        }
        for team in ("T1", "T2")
    ]
    bodies = [*clicks, command(team_id="T1"), command(team_id="T2"), event() | {"team_id": "T1"}, event()]
    assert [door.verdict(body) for body in bodies] == [Verdict.NEW] * 6
    assert [door.verdict(body) for body in bodies] == [Verdict.AGAIN] * 6


def test_the_same_words_typed_again_are_another_command() -> None:
    door = Door()
    assert door.verdict(command("1")) is door.verdict(command("2")) is Verdict.NEW


@pytest.mark.parametrize(
    "body",
    [
        {"type": "block_suggestion", "user": {"id": "U1"}, "action_id": "choose.cluster", "value": "p"},
        {"type": "view_closed", "user": {"id": "U1"}, "view": {"id": "V1", "type": "modal"}},
        {"type": "url_verification", "challenge": "c"},
    ],
    ids=lambda body: body["type"],
)
def test_what_does_no_harm_twice_is_always_new(body: dict[str, Any]) -> None:
    door = Door()
    assert [door.verdict(body) for _ in range(3)] == [Verdict.NEW] * 3


@pytest.mark.parametrize(
    "body", [None, [], "x", 5, {}, {"type": "x"}, command(user_id=None), event(""), {"command": []}]
)
def test_a_wrong_shape_is_malformed_however_often(body: object) -> None:
    door = Door()
    assert [door.verdict(body) for _ in range(2)] == [Verdict.MALFORMED] * 2


def test_a_malformed_payload_does_not_keep_the_good_one_out() -> None:
    door = Door()
    assert door.verdict(command(text=5)) is Verdict.MALFORMED
    assert door.verdict(command()) is Verdict.NEW


def test_of_many_deliveries_at_once_one_is_new() -> None:
    door = Door()
    verdicts: list[Verdict] = []
    start = threading.Barrier(8)

    def deliver() -> None:
        start.wait()
        verdicts.extend(door.verdict(event(f"Ev{at}")) for at in range(100))

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts.count(Verdict.NEW) == 100
    assert verdicts.count(Verdict.AGAIN) == 700


def test_what_is_remembered_has_an_end() -> None:
    door, most = Door(), 200_000
    for at in range(most):
        assert door.verdict(event(f"Ev{at}")) is Verdict.NEW
    assert door.verdict(event("Ev1")) is Verdict.AGAIN
    # One more than fits: the oldest is forgotten, the others are not.
    assert door.verdict(event("new")) is Verdict.NEW
    assert door.verdict(event(f"Ev{most - 1}")) is Verdict.AGAIN
    assert door.verdict(event("Ev0")) is Verdict.NEW


def test_after_two_hours_it_is_forgotten() -> None:
    now = [0.0]
    door = Door(clock=lambda: now[0])
    assert door.verdict(event("Ev1")) is Verdict.NEW
    now[0] = 2 * 3600 - 1
    assert door.verdict(event("Ev1")) is Verdict.AGAIN
    now[0] = 2 * 3600 + 1
    assert door.verdict(event("Ev1")) is Verdict.NEW
