"""How logs are drawn: what is said of them, which lines, within every limit, and where to go from here."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.logs import Container, Line, Silent, Source
from handlers.blocks import following
from handlers.blocks import logs as drawing
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message
from handlers.command import decoded
from tests.handlers import samples
from tests.handlers.listing_parts import whole
from tests.handlers.logs_parts import APP, command, lines, logs
from tests.handlers.samples import CONNECTION, HOSTILE, NOW

SENT = drawing.Sent("logs-cart.txt", in_channel=True)


def facts(message: Message) -> list[str]:
    """The lines of context."""
    return [
        element["text"]
        for block in message.blocks
        if block["type"] == "context"
        for element in block["elements"]
    ]


def code(message: Message) -> list[str]:
    for block in message.blocks:
        if block["type"] == "rich_text":
            return str(block["elements"][0]["elements"][0]["text"]).split("\n")
    return []


def test_short_logs_are_shown_whole_in_utc() -> None:
    message = drawing.drawn(logs(lines(2)), CONNECTION, command())
    assert code(message) == ["07:03:31 GET /live 0", "07:03:32 GET /live 1"]
    first = f"<!date^{int(NOW) - 1}^{{date_short_pretty}} {{time_secs}}|2026-11-23 07:03:31 UTC>"
    last = f"<!date^{int(NOW)}^{{time_secs}}|2026-11-23 07:03:32 UTC>"
    assert facts(message) == [
        "`app` of pod `cart-7d9f-x2abc` in `checkout`",
        f"2 lines, which is all there is · {first} to {last} · times below are UTC",
    ]
    assert message.text == "Logs of cart-7d9f-x2abc of prod-payments: 2 lines, which is all there is"


def test_of_long_logs_the_last_lines_are_shown_and_where_the_rest_is() -> None:
    found = logs(lines(200), more=True)
    assert drawing.is_long(found)
    message = drawing.drawn(found, CONNECTION, command(), sent=SENT)
    shown = code(message)
    assert shown[-1].endswith("GET /live 199")
    assert [line.split(" ", 1)[1] for line in shown] == [line.text for line in found.lines[-len(shown) :]]
    assert 20 < len(shown) < 200
    assert f"below: the last {len(shown)} lines · all of them: `logs-cart.txt` in this channel" in facts(
        message
    )
    own = drawing.drawn(found, CONNECTION, command(), sent=replace(SENT, in_channel=False))
    assert "in your messages with the bot" in str(facts(own))
    refused = drawing.drawn(found, CONNECTION, command(), sent=replace(SENT, refusal="missing_scope"))
    assert "Slack did not take the file: `missing_scope`" in str(facts(refused))
    again = drawing.drawn(found, CONNECTION, command())
    assert f"below: the last {len(shown)} lines · all of them: *As a file*" in facts(again)
    assert samples.command_of(again.blocks, "file.logs") == command(output="file")


def test_a_file_holds_every_line_with_its_instant() -> None:
    two = (*lines(1), Line(-1, APP, "no instant"))
    assert drawing.whole(logs(two)) == "2026-11-23T07:03:32.000Z GET /live 0\n" + " " * 25 + "no instant\n"
    several = (*lines(1), *lines(1, source=Source("cart-7d9f-k4def", "app")))
    assert drawing.whole(logs(several)) == (
        "2026-11-23T07:03:32.000Z x2abc  GET /live 0\n2026-11-23T07:03:32.000Z k4def  GET /live 0\n"
    )


def test_a_very_long_line_is_cut_in_the_message_and_whole_in_the_file() -> None:
    found = logs((Line(int(NOW) * 1_000_000_000, APP, "x" * 1_000),))
    assert drawing.is_long(found)
    assert code(drawing.drawn(found, CONNECTION, command())) == [f"07:03:32 {'x' * 400}… (+600 characters)"]
    assert "x" * 1_000 in drawing.whole(found)


def test_one_line_is_told_as_one() -> None:
    assert "the last line · " in str(facts(drawing.drawn(logs(lines(1), more=True), CONNECTION, command())))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"more": True}, "the last 3 lines"),
        ({"looked_at": 200, "held": 12, "grep": "error"}, "12 of 200 lines hold `error`, the last 3 of them"),
        ({"looked_at": 200, "held": 3, "grep": "error"}, "3 of 200 lines hold `error` ·"),
        (
            {"looked_at": 9_000, "held": 3, "grep": "x", "more": True},
            "3 of 9,000 lines hold `x`, older ones were not looked at",
        ),
        ({"since": 900}, "3 lines since 15m ago"),
        ({"since": 900, "more": True}, "the last 3 lines since 15m ago"),
        ({"tail": 50_000, "more": True}, "the last 3 lines (at most 10,000)"),
        ({"previous": True}, "before the last restart"),
    ],
)
def test_what_was_asked_for_is_said(changes: dict[str, Any], said: str) -> None:
    here = command(grep=changes.get("grep", ""), since="15m" if "since" in changes else "")
    assert said in str(facts(drawing.drawn(logs(lines(3), **changes), CONNECTION, here)))


def test_a_workload_says_how_many_pods_and_which_containers() -> None:
    sources = tuple(Source(f"cart-{at}", "app") for at in range(20))
    containers = (Container("app", "", None), Container("envoy", "sidecar", None))
    found = logs(lines(3), "deployments", "cart", sources=sources, pods=34, containers=containers)
    assert facts(drawing.drawn(found, CONNECTION, command()))[0] == (
        "`app` of 20 of 34 pods, those in trouble and the newest, of deployment `cart` in `checkout`"
        " · other containers: `envoy` (sidecar)"
    )


@pytest.mark.parametrize(
    ("changes", "said", "ways"),
    [
        ({}, "No line: nothing has been written yet.", set()),
        (
            {"silent": (Silent(APP, "was never restarted"),), "previous": True},
            "No line: the container `app` of `cart-7d9f-x2abc` was never restarted.",
            {"current.logs"},
        ),
        ({"since": 900}, "No line since 15m ago. There may be older ones.", {"widen.logs"}),
        ({"looked_at": 200, "grep": "error"}, "None of 200 lines holds `error`.", {"all.logs"}),
        (
            {"looked_at": 200, "grep": "error", "more": True},
            "None of 200 lines holds `error`. Older ones were not looked at.",
            {"all.logs"},
        ),
        ({"restarted": True}, "No line: nothing has been written yet.", {"previous.logs"}),
        ({"pods": 0, "sources": ()}, "The pod `cart-7d9f-x2abc` has no pods now.", set()),
    ],
)
def test_no_line_says_why_and_what_to_do(changes: dict[str, Any], said: str, ways: set[str]) -> None:
    here = command(grep=changes.get("grep", ""), since="15m" if "since" in changes else "")
    message = drawing.drawn(logs(**changes), CONNECTION, here)
    assert code(message) == []
    assert said in str(message.blocks)
    assert set(samples.buttons(message.blocks)) == ways | {"refresh.logs", "describe.owner"} | (
        set() if "previous" in changes else {"follow.logs"}
    )


def test_the_buttons_carry_what_they_say() -> None:
    containers = (Container("app", "", None), Container("envoy", "sidecar", None))
    found = logs(lines(3), restarted=True, containers=containers)
    here = command(tail="3", private=True)
    blocks = drawing.drawn(found, CONNECTION, here).blocks
    assert samples.command_of(blocks, "refresh.logs") == here
    assert samples.command_of(blocks, "previous.logs") == here.replaced(previous=True)
    assert samples.command_of(blocks, "follow.logs") == here.replaced(follow=True, owner="")
    describe = samples.command_of(blocks, "describe.owner")
    assert describe.typed() == (
        "/eks describe pods cart-7d9f-x2abc -n checkout -c eu-west-1_prod-payments --private"
    )
    (select,) = [each for each in samples.dicts(blocks) if each.get("type") == "static_select"]
    assert [(one["text"]["text"], one["value"]) for one in select["options"]] == [
        ("envoy (sidecar)", "envoy")
    ]
    (row,) = [block for block in blocks if select in block.get("elements", ())]
    assert decoded(row["block_id"]) == here


def test_where_the_row_cannot_carry_the_command_containers_are_buttons() -> None:
    containers = tuple(Container(name, "", None) for name in ("app", "envoy", "agent"))
    here = command(grep="x" * 250)
    blocks = drawing.drawn(logs(lines(3), containers=containers), CONNECTION, here).blocks
    assert samples.command_of(blocks, "container.at1") == here.replaced(container="agent")
    assert not [each for each in samples.dicts(blocks) if each.get("type") == "static_select"]


# --- followed


def test_what_is_followed_says_until_when_and_what_came() -> None:
    here = command(follow=True, ref="0a1b2c3d")
    status = following.until(NOW + 300, drawing.came(3, 5.2))
    message = drawing.followed(logs(), lines(30), CONNECTION, here, status=status)
    assert facts(message)[-1] == (
        f"🟢 following until <!date^{int(NOW) + 300}^{{time_secs}}|2026-11-23 07:08:32 UTC> · 3 new lines in 5 s"
    )
    assert set(samples.buttons(message.blocks)) == {following.STOP}
    assert samples.command_of(message.blocks, following.STOP) == here
    assert drawing.came(0, 5) == "no new line"
    assert drawing.came(1, 5, gap=True) == "1 new line in 5 s, and more that are left out"
    assert following.troubled("<x> does not answer") == "🟡 &lt;x&gt; does not answer, trying again"


def test_what_was_followed_says_why_it_ended_and_can_be_followed_on() -> None:
    here = command(follow=True, ref="0a1b2c3d")
    message = drawing.ended(logs(), lines(30), CONNECTION, here, why="Five minutes are over.")
    assert facts(message)[-1].startswith("⚪ Five minutes are over. Ended <!date^")
    assert following.STOP not in samples.buttons(message.blocks)
    assert samples.command_of(message.blocks, "refresh.logs") == command()
    assert samples.command_of(message.blocks, "follow.logs") == command(follow=True, owner="")


def test_stop_takes_the_status_and_the_button_out_of_the_message() -> None:
    here = command(follow=True, ref="0a1b2c3d")
    before = drawing.followed(logs(), lines(3), CONNECTION, here, status="following")
    after = following.stopped(before.blocks, here, "Stopped.")
    assert after.blocks[: len(before.blocks) - 2] == before.blocks[:-2]
    assert "🟢" not in str(after.blocks)
    assert samples.command_of(after.blocks, "refresh.answer") == command()
    assert samples.command_of(after.blocks, "follow.answer") == command(follow=True, owner="")


# --- whatever they hold


@pytest.mark.parametrize("hostile", HOSTILE)
def test_names_and_lines_stay_what_they_are(hostile: str) -> None:
    line = hostile.replace("\n", " ").replace("\t", " ")
    source = Source(hostile, hostile)
    found = logs(
        lines(3, line, source),
        name=hostile,
        sources=(source,),
        silent=(Silent(source, hostile),) * 9,
        containers=tuple(Container(f"{hostile}{at}", "init", None) for at in range(3)),
    )
    here = command(words=(hostile[:100],), grep=hostile[:100])
    for message in (
        drawing.drawn(found, CONNECTION, here, note="a note"),
        drawing.drawn(replace(found, lines=()), CONNECTION, here),
        drawing.followed(found, found.lines, CONNECTION, here, status="following"),
        drawing.ended(found, found.lines, CONNECTION, here, why=hostile),
    ):
        assert message_faults(whole(message)) == []
        assert [text for text in samples.mrkdwn(message) if samples.alive(text)] == []


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=600), max_size=60
    )
)
def test_any_lines_fit_and_the_last_one_is_always_there(texts: list[str]) -> None:
    found = logs(tuple(Line(at, APP, text) for at, text in enumerate(texts, int(NOW) * 1_000_000_000)))
    message = drawing.drawn(found, CONNECTION, command())
    assert message_faults(whole(message)) == []
    shown = code(message)
    assert len(shown) <= len(texts)
    assert bool(shown) == bool(texts)
    for line, text in zip(reversed(shown), reversed(texts), strict=False):
        assert re.fullmatch(r"\d\d:\d\d:\d\d (.*)", line, re.DOTALL)
        assert line[9:].startswith(text[:400])
