"""What a workspace is connected to, and the questions about it, for none, one and hundreds of connections."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handlers.blocks import clusters
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message
from handlers.command import Command, decoded
from handlers.grammar import COMMON
from tests.handlers import samples
from tests.handlers.samples import CONNECTION, alive, buttons, command_of, dicts, mrkdwn

ASKED = Command("connections", owner="U0ADA00001")
# A cluster's name has at most 100 characters; samples put four behind it.
LONG = "c" * 96


def whole(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": message.blocks}


def commands(message: Message, action_id: str) -> list[Command]:
    return [decoded(each["value"]) for each in dicts(message.blocks) if each.get("action_id") == action_id]


@pytest.mark.parametrize("name", ["prod", LONG])
@pytest.mark.parametrize("count", [1, 5, 6, 15, 16, 60, 300])
def test_every_connection_is_shown_with_its_buttons(count: int, name: str) -> None:
    held = samples.connections(count, name)
    message = clusters.connections(held, {"U0ADA00001": "ada"}, ASKED)
    seen: list[str] = []
    while True:
        assert message_faults(whole(message)) == []
        leaving = commands(message, "ask.disconnect")
        seen += [command.connection for command in leaving]
        assert all(command == Command("disconnect", connection=command.connection) for command in leaving)
        for plural in COMMON:
            assert commands(message, f"list.{plural}") == [
                Command("get", plural, connection=command.connection) for command in leaving
            ]
        if "next.connections" not in buttons(message.blocks):
            break
        message = clusters.connections(held, {}, command_of(message.blocks, "next.connections"))
    assert seen == [connection.id for connection in held]
    while "previous.connections" in buttons(message.blocks):
        message = clusters.connections(held, {}, command_of(message.blocks, "previous.connections"))
    assert commands(message, "ask.disconnect")[0].connection == held[0].id


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "This workspace is connected to 1 cluster."),
        (2, "This workspace is connected to 2 clusters."),
    ],
)
def test_how_many_there_are_is_said(count: int, said: str) -> None:
    assert clusters.connections(samples.connections(count), {}, ASKED).text == said


def test_the_facts_of_a_connection_are_there() -> None:
    ends = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    held = (replace(CONNECTION, expires_at=ends),)
    (text,) = [
        each["text"]["text"]
        for each in clusters.connections(held, {"U0ADA00001": "Ada M"}, ASKED).blocks
        if each["type"] == "section"
    ]
    assert text.splitlines()[:3] == [
        "*`eu-west-1_prod-payments`*",
        "🟢 ACTIVE · v1.34 · account `111122223333`",
        CONNECTION.endpoint,
    ]
    assert f"Ada M, since <!date^{int(CONNECTION.connected_at.timestamp())}^" in text
    assert f"ends <!date^{int(ends.timestamp())}^" in text
    assert "by profile `payments-prod`" in text


def test_who_connected_is_named_by_id_when_slack_does_not_say() -> None:
    assert "U0ADA00001" in str(clusters.connections((CONNECTION,), {}, ASKED).blocks)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("ACTIVE", "🟢 ACTIVE · v1.34"),
        ("UPDATING", "🟡 UPDATING · v1.34"),
        ("FAILED", "🔴 FAILED · v1.34"),
        ("UNKNOWN", "⚪ UNKNOWN · v1.34"),
    ],
)
def test_how_a_cluster_is_has_a_mark(status: str, said: str) -> None:
    held = (replace(CONNECTION, status=status),)
    (text,) = [
        each["text"]["text"]
        for each in clusters.connections(held, {}, ASKED).blocks
        if each["type"] == "section"
    ]
    assert text.splitlines()[1] == f"{said} · account `111122223333`"


@pytest.mark.parametrize("count", [1, 15, 16, 60])
@pytest.mark.parametrize("offset", [0, 15])
def test_the_connections_can_be_taken_anew(count: int, offset: int) -> None:
    asked = ASKED.replaced(private=True, offset=offset)
    message = clusters.connections(samples.connections(count), {}, asked)
    assert message_faults(whole(message)) == []
    assert command_of(message.blocks, "refresh.connections") == asked


def test_a_private_list_stays_private_behind_its_buttons() -> None:
    message = clusters.connections(samples.connections(30), {}, ASKED.replaced(private=True))
    assert all(command.private for command in commands(message, "list.pods"))
    assert command_of(message.blocks, "next.connections").private


def test_a_page_that_is_gone_shows_the_last_one() -> None:
    message = clusters.connections(samples.connections(3), {}, ASKED.replaced(offset=45))
    assert message_faults(whole(message)) == []
    assert commands(message, "ask.disconnect")


@pytest.mark.parametrize("private", [False, True])
def test_nothing_connected_offers_to_connect_and_to_find(private: bool) -> None:
    for message in (
        clusters.connections((), {}, ASKED.replaced(private=private)),
        clusters.none_connected(Command("get", "pods", private=private)),
    ):
        assert message_faults(whole(message)) == []
        assert "not connected" in message.text
        assert command_of(message.blocks, "ask.connect") == Command("connect", private=private)
        assert command_of(message.blocks, "ask.clusters") == Command("clusters", private=private)


@pytest.mark.parametrize("name", ["prod", LONG])
@pytest.mark.parametrize("words", [(), ("w" * 300,)])
@pytest.mark.parametrize("count", [2, 5, 6, 60, 100])
def test_which_one_is_meant_can_be_chosen_among_all(count: int, words: tuple[str, ...], name: str) -> None:
    held, asked = samples.connections(count, name), Command("get", "pods", words)
    message = clusters.which(held, asked)
    assert message_faults(whole(message)) == []
    assert message.text == f"Which cluster? This workspace is connected to {count}."
    selects = [each for each in dicts(message.blocks) if each.get("action_id") == clusters.CHOOSE_CONNECTION]
    for select in selects:
        assert [option["value"] for option in select["options"]] == [connection.id for connection in held]
        (block,) = [each for each in message.blocks if each["type"] == "actions"]
        assert decoded(block["block_id"]) == asked
    if not selects:
        chosen = [
            decoded(value) for name, value in buttons(message.blocks).items() if name.startswith(clusters.USE)
        ]
        assert chosen == [asked.replaced(connection=connection.id) for connection in held]


@pytest.mark.parametrize("name", ["prod", LONG])
@pytest.mark.parametrize("count", [101, 300])
def test_among_more_than_a_select_holds_one_is_typed_and_all_are_a_click_away(count: int, name: str) -> None:
    message = clusters.which(
        samples.connections(count, name), Command("get", "pods", ("cart",), namespace="a&b")
    )
    assert message_faults(whole(message)) == []
    assert "`-c CONNECTION`" in str(message.blocks)
    assert "`/eks pods cart -n 'a&amp;b'`" in str(message.blocks[0]["text"]["text"])
    assert command_of(message.blocks, "show.connections") == Command("connections", private=True)


def test_disconnecting_is_asked_about_first() -> None:
    message = clusters.really_disconnect(CONNECTION)
    assert message_faults(whole(message)) == []
    assert message.text == "Disconnect `eu-west-1_prod-payments` for everybody in this workspace?"
    assert command_of(message.blocks, "confirm.disconnect") == Command(
        "disconnect", connection=CONNECTION.id, confirmed=True
    )
    assert set(buttons(message.blocks)) == {"confirm.disconnect", "dismiss.question"}


@pytest.mark.parametrize("name", samples.HOSTILE)
def test_no_name_comes_alive(name: str) -> None:
    connection = replace(CONNECTION, sign_in=f"profile `{name}`", status=name, version=name, endpoint=name)
    held = (replace(connection, id=name[:138], cluster=name),)
    for message in (
        clusters.connections(held, {"U0ADA00001": name}, ASKED),
        clusters.really_disconnect(held[0]),
        clusters.which((*held, CONNECTION), Command("get", "pods", (name,))),
    ):
        assert message_faults(whole(message)) == []
        assert [alive(text) for text in mrkdwn(message)] == [""] * len(mrkdwn(message))


def test_a_full_page_of_the_longest_names_fits() -> None:
    # Profile and role names may have 64 characters and more, a display name 80.
    sign_in = f"profile `{'p' * 100}` as role `{'r' * 64}`"
    held = tuple(replace(each, sign_in=sign_in) for each in samples.connections(15, LONG))
    message = clusters.connections(held, {"U0ADA00001": "Ä" * 80}, ASKED)
    assert message_faults(whole(message)) == []
