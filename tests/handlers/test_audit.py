"""/eks audit shows admins what was done in their workspace, line by line and page by page, and nobody else anything."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from handlers import audit as conversation
from handlers.access import NotAllowed
from handlers.blocks import audit
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message, Rung
from handlers.blocks.text import escaped
from handlers.command import Command, Usage, decoded, seconds
from handlers.parsing import parsed
from handlers.trail import AUDIT, PAGE, Entry, Found
from tests.connector.api_server import wait_until
from tests.databases import Postgres, opened
from tests.handlers.desk_parts import WAIT, Office
from tests.handlers.samples import HOSTILE, NOW, RUNGS, alive, buttons, command_of, dicts, mrkdwn
from tests.handlers.slack_server import Answer, SlackServer

ASKED = Command("audit", owner="U1", private=True)
ARN = "arn:aws:sts::111122223333:assumed-role/chatops/U0ADA00001"


def line(at: int = 1, **changes: Any) -> Entry:
    whole: dict[str, Any] = {
        "id": at,
        "at": NOW + at,
        "channel": "C1",
        "user": "U0ADA00001",
        "verb": "pods",
        "cluster": "eu-west-1_prod",
        "namespace": "checkout",
        "principal": ARN,
        "outcome": "ok",
        "seconds": 1.25,
        "ref": f"{at:08x}",
        "replica": "replica-1",
    }
    return Entry(**whole | changes)


def drawn(
    *entries: Entry, asked: Command = ASKED, newer: int = 0, total: int = 0, rung: Rung = Rung.DATA_TABLE
) -> Message:
    found = Found(entries, newer, total or newer + len(entries))
    return audit.drawn(found, asked, NOW, 90, rung)


def whole(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": message.blocks}


def cells(message: Message) -> list[list[str]]:
    """The table's texts; a date, a person and a channel as what the client makes of them."""
    (table,) = [each for each in message.blocks if each["type"] in ("data_table", "table")]
    return [[_cell(cell) for cell in row] for row in table["rows"]]


def _cell(cell: dict[str, Any]) -> str:
    if cell["type"] != "rich_text":
        return str(cell["text"])
    (element,) = cell["elements"][0]["elements"]
    return str(element.get("fallback") or element.get("user_id") or element.get("channel_id"))


# --- a message


def test_a_line_is_a_row_with_all_that_is_known() -> None:
    assert cells(drawn(line())) == [
        [
            "TIME",
            "PERSON",
            "VERB",
            "OUTCOME",
            "CLUSTER",
            "NAMESPACE",
            "CHANNEL",
            "SECONDS",
            "AS",
            "REF",
        ],
        [
            "2026-11-23 07:03",
            "U0ADA00001",
            "pods",
            "ok",
            "eu-west-1_prod",
            "checkout",
            "C1",
            "1.2",
            ARN,
            "00000001",
        ],
    ]


def test_what_is_not_known_is_a_dash_and_a_direct_message_is_called_so() -> None:
    nobody = line(user="", channel="D1", cluster="", namespace="", principal="")
    (_, row) = cells(drawn(nobody))
    assert row[1] == "-"
    assert row[4:7] == ["-", "-", "direct message"]
    assert row[8] == "-"
    assert message_faults(whole(drawn(line(channel="")))) == []


@pytest.mark.parametrize("rung", RUNGS)
def test_every_rung_keeps_slacks_limits_and_says_what_it_shows(rung: Rung) -> None:
    entries = [line(at) for at in reversed(range(PAGE))]
    message = drawn(*entries, total=1234, rung=rung)
    assert message_faults(whole(message)) == []
    text = "\n".join(mrkdwn(message))
    assert "1,234 lines · the newest first · kept for 90 days" in text
    assert "of 1,234" in text


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_names(name: str, rung: Rung) -> None:
    # The trail keeps no more of a name.
    name = name[:255]
    hostile = line(cluster=name, namespace=name, principal=name, channel=name)
    asked = ASKED.replaced(cluster=name, since=name, ref=name)
    for message in (drawn(hostile, asked=asked, rung=rung), drawn(asked=asked, rung=rung)):
        assert message_faults(whole(message)) == []
        assert [alive(text) for text in mrkdwn(message)] == [""] * len(mrkdwn(message))
    of_somebody = drawn(hostile, asked=ASKED.replaced(user=name), rung=rung)
    assert of_somebody.text == f"audit: 1 line of <@{escaped(name)}>"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (ASKED, "2 lines"),
        (ASKED.replaced(user="U2"), "2 lines of <@U2>"),
        (ASKED.replaced(cluster="prod", since="3d"), "2 lines about `prod` within `3d`"),
        (ASKED.replaced(ref="0a0b0c0d"), "2 lines with the reference `0a0b0c0d`"),
    ],
)
def test_what_was_asked_is_said(asked: Command, said: str) -> None:
    assert drawn(line(2), line(1), asked=asked).text == f"audit: {said}"


def test_an_empty_trail_says_so_and_what_is_kept() -> None:
    message = drawn()
    assert message.text == "There is no line in the trail."
    assert "for 90 days" in str(message.blocks)
    assert buttons(message.blocks) == {}
    assert message_faults(whole(message)) == []


def test_an_empty_answer_has_a_way_to_all_of_it() -> None:
    asked = ASKED.replaced(user="U2", cluster="prod", since="2h", ref="0a0b0c0d")
    message = drawn(asked=asked)
    assert (
        message.text
        == "There is no line in the trail of <@U2> about `prod` within `2h` with the reference `0a0b0c0d`."
    )
    assert command_of(message.blocks, "widen.audit") == ASKED


# --- what may be typed


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("audit", Command("audit")),
        ("audit --user <@U024BE7LH|ada>", Command("audit", user="U024BE7LH")),
        ("audit --user <@U024BE7LH>", Command("audit", user="U024BE7LH")),
        ("audit —user=<@W024BE7LH|ada>", Command("audit", user="W024BE7LH")),
        ("audit --user U024BE7LH", Command("audit", user="U024BE7LH")),
        ("audit --cluster prod --since 2h", Command("audit", cluster="prod", since="2h")),
        ("audit --cluster eu-west-1_prod", Command("audit", cluster="eu-west-1_prod")),
        ("audit --since 1d12h", Command("audit", since="1d12h")),
        ("audit --ref 7f3a91c2", Command("audit", ref="7f3a91c2")),
    ],
)
def test_the_trail_is_asked_in_one_line(typed: str, command: Command) -> None:
    assert parsed(typed) == command
    assert parsed(command.typed().removeprefix("/eks")) == command


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("audit --user ada", "`ada` is no person: mention one"),
        ("audit --user @ada", "`@ada` is no person"),
        ("audit --since yesterday", "`yesterday` is no time"),
        ("audit --since 2", "`2` is no time"),
        ("audit --cluster ../x", "`../x` is no name of a cluster"),
        ("audit --ref 7f3a", "`7f3a` is no reference"),
        ("audit prod", "does not know what to do with `prod`"),
        ("audit -n shop", "has no flag `-n`"),
    ],
)
def test_what_makes_no_question_says_what_would(typed: str, what: str) -> None:
    with pytest.raises(Usage) as caught:
        parsed(typed)
    assert what in caught.value.what
    assert "--since TIME" in caught.value.hint


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("90s", 90),
        ("5m", 300),
        ("2h", 7200),
        ("3d", 259200),
        ("1w", 604800),
        ("1d12h", 129600),
        ("", 0),
        ("x", 0),
    ],
)
def test_a_time_is_so_many_seconds(since: str, expected: int) -> None:
    assert seconds(since) == expected


# --- the conversation


@pytest.fixture
def office(server: SlackServer, engine: Engine) -> Iterator[Office]:
    made = Office(server, engine)
    admin(made)
    yield made
    made.close()


def admin(office: Office) -> None:
    """Ada answers for the workspace."""
    member = {"id": "U1", "team_id": "T1", "name": "ada", "is_admin": True}
    office.server.always["users.info"] = Answer({"ok": True, "user": member})


def fill(engine: Engine, *rows: dict[str, Any]) -> None:
    now = time.time() - len(rows)
    texts = {column.name: "" for column in AUDIT.columns if column.name not in ("id", "at", "seconds")}
    common = texts | {"team_id": "T1", "seconds": 0.5, "verb": "pods", "user": "U1", "outcome": "ok"}
    with engine.begin() as database:
        database.execute(insert(AUDIT), [common | {"at": now + at} | row for at, row in enumerate(rows)])


def ask(office: Office, command: Command) -> dict[str, Any]:
    """What Slack was sent for it, last."""
    before = len(office.server.asked("respond"))
    office.desk.take(office.turn(), lambda: command, conversation.converse)
    wait_until(lambda: len(office.server.asked("respond")) > before, WAIT)
    return office.server.asked("respond")[-1]


def refs(body: dict[str, Any]) -> list[str]:
    return [row[-1] for row in samples_rows(body)]


def samples_rows(body: dict[str, Any]) -> list[list[str]]:
    return cells(Message("", body["blocks"]))[1:]


def test_an_admin_alone_sees_their_workspaces_lines(office: Office, engine: Engine) -> None:
    fill(
        engine,
        {"ref": "00000001"},
        {"ref": "00000002", "team_id": "T2"},
        {"ref": "00000003", "outcome": "NotAllowed"},
    )
    body = ask(office, Command("audit"))
    assert body["response_type"] == "ephemeral"
    assert refs(body) == ["00000003", "00000001"]
    # Whom the bot shows, the client names, and nobody is called.
    assert {"type": "user", "user_id": "U1"} in list(dicts(body["blocks"]))


@pytest.mark.parametrize(
    ("command", "found"),
    [
        (Command("audit", user="U2"), ["00000002"]),
        (Command("audit", cluster="prod"), ["00000003"]),
        (Command("audit", since="1h"), ["00000003", "00000002"]),
        (Command("audit", ref="00000001"), ["00000001"]),
    ],
)
def test_an_admin_asks_for_some_of_it(
    office: Office, engine: Engine, command: Command, found: list[str]
) -> None:
    now = time.time()
    fill(
        engine,
        {"ref": "00000001", "at": now - 7200},
        {"ref": "00000002", "user": "U2"},
        {"ref": "00000003", "cluster": "eu-west-1_prod"},
    )
    assert refs(ask(office, command)) == found


def test_pages_lead_to_the_end_and_back(office: Office, engine: Engine) -> None:
    fill(engine, *({"ref": f"{at:08x}"} for at in range(250)))
    newest = [f"{at:08x}" for at in reversed(range(250))]
    body, seen = ask(office, Command("audit")), list[str]()
    pages = 0
    while True:
        seen += refs(body)
        pages += 1
        older = buttons(body["blocks"]).get("older.audit")
        if older is None:
            break
        body = ask(office, decoded(older))
        assert body["replace_original"]
    # The question itself was a turn too, each time: the trail has grown at its newer end, and no page moved.
    assert seen == newest
    assert pages > 2
    back = refs(body)
    while back[0] != newest[0]:
        body = ask(office, decoded(buttons(body["blocks"])["newer.audit"]))
        back = refs(body) + back
    assert back[back.index(newest[0]) :] == newest
    assert command_of(body["blocks"], "newest.audit").offset == 0


def test_another_persons_page_is_copied_for_oneself(office: Office, engine: Engine) -> None:
    fill(engine, {"ref": "00000001"})
    body = ask(office, Command("audit", owner="U2", private=True))
    assert not body["replace_original"]
    assert body["response_type"] == "ephemeral"


@pytest.mark.parametrize("member", [{}, {"is_restricted": True}, {"team_id": "T2"}])
def test_who_is_no_admin_sees_nothing_of_it(office: Office, engine: Engine, member: dict[str, Any]) -> None:
    fill(engine, {"ref": "00000001", "cluster": "eu-west-1_CANARY"})
    who = {"id": "U1", "team_id": "T1", "name": "ada"} | member
    office.server.always["users.info"] = Answer({"ok": True, "user": who})
    body = ask(office, Command("audit"))
    assert office.outcomes.ended[-1].outcome == NotAllowed.__name__
    assert "CANARY" not in str(body)
    assert "00000001" not in str(body)


def test_a_trail_out_of_reach_is_said(server: SlackServer, postgres: Postgres, postgres_url: str) -> None:
    with opened(postgres_url) as database:
        office = Office(server, database.engine)
        admin(office)

        def read() -> Command:
            return Command("audit")

        def away_then_ask(request: Any, turn: Any) -> None:
            postgres.take_away(postgres_url)
            conversation.converse(request, turn)

        office.desk.take(office.turn(), read, away_then_ask)
        assert office.outcomes.wait_for(1) == ["StateAway"]
        assert office.desk.lanes.drain(WAIT)
        assert "memory is out of reach" in office.told()[-1]
        postgres.give_back(postgres_url)
        assert office.desk.drain(WAIT)
