"""What `/eks use` sets for a channel or a thread, who may, and what commands there mean from then on."""

import re
from dataclasses import replace
from typing import Any

import pytest

from connector.errors import Forbidden, Unreachable
from handlers.blocks import defaults as drawing
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message
from handlers.command import Command, decoded
from handlers.defaults import Default, Where
from handlers.desk import Turn
from handlers.listeners import routed
from handlers.parsing import parsed
from tests.handlers import samples
from tests.handlers.desk_parts import KEY, Office
from tests.handlers.policy_parts import MINE, OTHERS, Seat, Watched
from tests.handlers.slack_server import Answer

HERE = Where(KEY, "C1")
THREAD = replace(HERE, thread="1700000000.000100")
# U1 may connect one cluster and look into both; U2 only looks; U3 sees none of OTHERS; U9 is admin and reads.
RULES = """
workspaces:
  T1:
    ask: "<#C9> knows"
    production: ["secret-*"]
    rules:
    - {name: mine, who: {users: [U1]}, may: [connect], clusters: ["pay-*"]}
    - {name: looks, who: {users: [U1, U2, U9]}, may: [read, logs]}
    - {name: some, who: {users: [U3]}, may: [read, logs], clusters: ["pay-*"]}
    - {name: shop, who: {users: [U4]}, may: [read], clusters: ["pay-*"], namespaces: [shop]}
    - {name: admins, who: {users: [U9]}, may: [admin]}
"""
NOTE = "this channel's default, `/eks use`"


def begun(office: Office, user: str = "U1", thread: str = "", channel: str = "C1") -> Turn:
    turn = office.turn(user)
    member = {"id": user, "team_id": "T1", "name": user.lower(), "profile": {"display_name": user.lower()}}
    office.server.always["users.info"] = Answer({"ok": True, "user": member})
    turn.caller = replace(turn.caller, channel=channel)
    turn.place = replace(turn.place, channel=channel, thread=thread)
    return turn


def told(
    office: Office, asked: str | Command, user: str = "U1", thread: str = "", channel: str = "C1"
) -> Any:
    """The last thing that a command brings to Slack."""
    ended = len(office.outcomes.ended)
    turn = begun(office, user, thread, channel)
    command = parsed(asked) if isinstance(asked, str) else asked
    office.desk.take(turn, lambda: command, routed)
    office.outcomes.wait_for(ended + 1)
    office.at_rest()
    body = office.server.asked("respond", "chat.postMessage", "chat.postEphemeral")[-1]
    assert message_faults({"text": body["text"], "blocks": body["blocks"]}) == []
    return body


def asked_of(connector: Watched) -> list[tuple[str, str | None]]:
    """Connection and namespace of each list that was taken, since the last time."""
    lists = [(one, query.namespace) for one, query, _ in connector.asked if hasattr(query, "namespace")]
    connector.asked.clear()
    return lists


@pytest.fixture
def both() -> Watched:
    return Watched(MINE, OTHERS)


@pytest.fixture
def office(seat: Seat, both: Watched) -> Office:
    return seat(both, RULES)


def set_default(office: Office, connection: str = MINE, namespace: str = "", where: Where = HERE) -> None:
    office.defaults.put(Default(where, connection, namespace, "U9", samples.NOW))


# --- setting it


def test_it_is_said_to_everybody_there_and_kept(office: Office) -> None:
    body = told(office, f"use {MINE}")
    assert body["response_type"] == "in_channel"
    assert body["text"] == f"This channel's commands now mean `{MINE}`, by <@U1>."
    kept = office.defaults.of(HERE)
    assert kept
    assert (kept.connection, kept.namespace, kept.set_by) == (MINE, "", "U1")


def test_a_cluster_is_named_by_its_name_too_and_kept_by_its_id(office: Office) -> None:
    told(office, "use pay-prod")
    kept = office.defaults.of(HERE)
    assert kept
    assert kept.connection == MINE


@pytest.mark.parametrize(
    ("user", "connection", "may"),
    [
        ("U1", MINE, True),
        ("U1", OTHERS, False),
        ("U2", MINE, False),
        ("U9", OTHERS, True),
        ("U3", MINE, False),
    ],
)
def test_who_may_connect_there_or_is_an_admin_may(
    office: Office, user: str, connection: str, may: bool
) -> None:
    body = told(office, f"use {connection}", user)
    assert (office.defaults.of(HERE) is not None) is may
    if not may:
        assert body["response_type"] == "ephemeral"
        assert body["text"] == (f"You may not `connect` on `{connection}`.")
        assert "<#C9> knows" in str(body["blocks"])


def test_what_somebody_may_not_know_of_is_not_there(office: Office) -> None:
    refused = told(office, f"use {OTHERS}", "U3")["text"]
    assert refused == told(office, "use eu-west-1_neverwas", "U3")["text"].replace(
        "eu-west-1_neverwas", OTHERS
    )


def test_a_namespace_is_looked_for_and_kept_all_the_same(office: Office) -> None:
    body = told(office, f"use {MINE} -n shop")
    assert body["text"] == f"This channel's commands now mean `{MINE}`, namespace `shop`, by <@U1>."
    assert "🟡" not in str(body["blocks"])
    body = told(office, "use -n kube-sistem")
    assert "🟡 There is no namespace `kube-sistem` there now. Did you mean `kube-system`?" in str(
        body["blocks"]
    )
    kept = office.defaults.of(HERE)
    assert kept
    # Who names the namespace alone means it of what is the default already.
    assert (kept.connection, kept.namespace) == (MINE, "kube-sistem")


def test_a_cluster_that_cannot_say_is_believed(seat: Seat) -> None:
    class Shut(Watched):
        def list_namespaces(self, connection_id: str, **_limits: Any) -> tuple[str, ...]:
            raise Forbidden("no")

    office = seat(Shut(MINE), RULES)
    body = told(office, f"use {MINE} -n shop")
    assert "Whether the namespace `shop` is there could not be seen now." in str(body["blocks"])
    assert office.defaults.of(HERE) is not None


def test_nobody_is_sent_to_a_namespace_that_the_setter_may_not_see(seat: Seat) -> None:
    rules = RULES.replace("users: [U9]}, may: [admin]", "users: [U4, U9]}, may: [admin]")
    office = seat(Watched(MINE), rules)
    refusal = told(office, f"use {MINE} -n kube-system", "U4")
    assert refusal["text"] == f"You may not see namespace `kube-system` of `{MINE}`."
    assert office.defaults.of(HERE) is None
    told(office, f"use {MINE} -n shop", "U4")
    assert office.defaults.of(HERE) is not None


def test_production_is_marked(office: Office) -> None:
    assert told(office, f"use {OTHERS}", "U9")["text"].startswith("*PRODUCTION* · This channel's commands")


def test_where_there_is_no_channel_there_is_no_default(office: Office) -> None:
    body = told(office, f"use {MINE}", channel="")
    assert "no channel here" in body["text"]


# --- showing and clearing it


def test_bare_it_says_what_holds_who_set_it_and_how_to_change_that(office: Office) -> None:
    assert told(office, "use")["text"] == "This channel has no default."
    set_default(office, namespace="shop")
    body = told(office, "use")
    assert body["response_type"] == "ephemeral"
    assert body["text"] == f"This channel's commands mean `{MINE}`, namespace `shop`."
    # A name, which calls nobody: this Slack has the asker's for everybody.
    assert "set by u1, <!date^" in str(body["blocks"])
    carried = {name: decoded(value) for name, value in samples.buttons(body["blocks"]).items()}
    assert carried == {
        "change.default": Command("use", form=True),
        "clear.default": Command("use", clear=True),
    }
    which = told(office, carried["change.default"])
    assert "Which cluster?" in which["text"]
    assert OTHERS in str(which["blocks"])
    cleared = told(office, carried["clear.default"])
    assert cleared["response_type"] == "in_channel"
    assert cleared["text"].startswith("⚪ This channel has no default of its own any more, by <@U1>.")
    assert office.defaults.of(HERE) is None


def test_who_may_not_change_it_gets_no_buttons_for_that(office: Office) -> None:
    set_default(office)
    assert samples.buttons(told(office, "use", "U2")["blocks"]) == {}
    refusal = told(office, "use --clear", "U2")
    assert refusal["text"] == f"You may not `connect` on `{MINE}`."
    assert office.defaults.of(HERE) is not None


@pytest.mark.parametrize("line", ["use", "use --clear"])
def test_a_default_that_somebody_may_not_know_of_is_none_to_them(office: Office, line: str) -> None:
    before = told(office, line, "U3")
    set_default(office, OTHERS)
    assert told(office, line, "U3") == before
    assert office.defaults.of(HERE) is not None


def test_one_whose_connection_has_gone_says_so_to_who_might_know(office: Office, both: Watched) -> None:
    set_default(office, OTHERS)
    both.disconnect(OTHERS)
    assert "That connection is gone" in str(told(office, "use", "U1")["blocks"])
    assert "secret" not in str(told(office, "use", "U3"))
    assert told(office, "use --clear", "U9")["text"].startswith("⚪ This channel has no default")


# --- what commands mean by it


def test_commands_that_name_no_connection_mean_it_and_say_so(office: Office, both: Watched) -> None:
    assert "Which cluster?" in told(office, "pods")["text"]
    set_default(office)
    body = told(office, "pods")
    assert asked_of(both) == [(MINE, None)]
    (line,) = [block for block in body["blocks"] if block["type"] == "context"][:1]
    assert line["elements"][-1]["text"] == NOTE
    # What the answer's buttons carry needs no default any more.
    assert samples.command_of(body["blocks"], "refresh.list").connection == MINE


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("pods", (MINE, "pay-eu")),
        ("pods -A", (MINE, None)),
        ("pods -n shop", (MINE, "shop")),
        ("nodes", (MINE, None)),
        (f"pods -c {MINE}", (MINE, None)),
        (f"pods -c {OTHERS}", (OTHERS, None)),
        (f"pods -c {OTHERS} -n shop", (OTHERS, "shop")),
        ("get po -A", (MINE, None)),
        ("events --for node/x", (MINE, None)),
        ("events --for pod/x", (MINE, "pay-eu")),
    ],
)
def test_its_namespace_goes_with_it_unless_one_is_said(
    office: Office, both: Watched, line: str, asked: tuple[str, str | None]
) -> None:
    set_default(office, namespace="pay-eu")
    body = told(office, line)
    assert asked_of(both) == [asked]
    assert (NOTE in str(body["blocks"])) is ("-c" not in line)


def test_a_button_for_all_namespaces_means_all_of_them(office: Office, both: Watched) -> None:
    set_default(office, namespace="pay-eu")
    told(office, Command("get", "pods", connection=MINE, owner="U1"))
    assert asked_of(both) == [(MINE, None)]


def test_who_may_not_see_it_is_asked_as_if_there_were_none(office: Office, both: Watched) -> None:
    before = told(office, "pods", "U3")
    set_default(office, OTHERS)
    asked_of(both)
    after = told(office, "pods", "U3")
    # U3 has one connection only, which is meant then.
    assert asked_of(both) == [(MINE, None)]
    assert re.sub(r"taken <[^>]*>", "", str(after)) == re.sub(r"taken <[^>]*>", "", str(before))
    assert "secret" not in str(after)
    assert "'s default" not in str(after)


def test_a_namespace_that_somebody_may_not_see_is_left_out(office: Office, both: Watched) -> None:
    set_default(office, namespace="kube-system")
    told(office, "pods", "U4")
    assert asked_of(both) == [(MINE, "shop")]


def test_one_that_has_gone_is_said_and_the_person_asked(seat: Seat) -> None:
    connector = Watched(MINE, OTHERS, "eu-west-1_pay-dev")
    office = seat(connector, RULES)
    set_default(office)
    connector.disconnect(MINE)
    body = told(office, "pods")
    assert "Which cluster?" in body["text"]
    assert f"🟡 This channel's default, `{MINE}`, is not connected any more: `/eks use`" in str(
        body["blocks"]
    )


def test_that_one_has_gone_is_no_news_to_who_might_not_know(office: Office, both: Watched) -> None:
    set_default(office, OTHERS)
    both.disconnect(OTHERS)
    body = told(office, "pods", "U3")
    assert asked_of(both) == [(MINE, None)]
    assert "secret" not in str(body)
    assert "'s default" not in str(body)


def test_it_is_not_meant_where_the_command_is_not_theirs_to_give(office: Office) -> None:
    set_default(office, OTHERS)
    body = told(office, "disconnect", "U1")
    assert body["text"] == f"Disconnect `{MINE}` for everybody in this workspace?"
    assert "'s default" not in str(body)


def test_a_failure_says_it_too(seat: Seat) -> None:
    class Away(Watched):
        def get_resources(self, connection_id: str, query: Any, **_more: Any) -> Any:
            raise Unreachable("pay-prod does not answer")

    office = seat(Away(MINE, OTHERS), RULES)
    set_default(office)
    body = told(office, "pods")
    assert body["text"] == "pay-prod does not answer"
    assert NOTE in str(body["blocks"])
    # Trying again is about the same, whatever the default is by then.
    assert samples.command_of(body["blocks"], "try.again").connection == MINE


def test_help_speaks_of_it(office: Office) -> None:
    set_default(office, OTHERS)
    assert f"/eks disconnect -c {OTHERS}" in str(told(office, "help disconnect", "U9")["blocks"])
    assert f"/eks disconnect -c {MINE}" in str(told(office, "help disconnect", "U3")["blocks"])


# --- threads


def test_a_thread_has_its_own_and_the_answers_stand_in_it(office: Office, both: Watched) -> None:
    set_default(office, OTHERS)
    body = told(office, Command("use", connection=MINE, namespace="shop", thread=THREAD.thread))
    assert body["text"].startswith(f"This thread's commands now mean `{MINE}`, namespace `shop`")
    assert body["thread_ts"] == THREAD.thread
    asked_of(both)
    inside = told(office, "pods", thread=THREAD.thread)
    assert asked_of(both) == [(MINE, "shop")]
    assert inside["thread_ts"] == THREAD.thread
    assert "this thread's default" in str(inside["blocks"])
    outside = told(office, "pods")
    assert asked_of(both) == [(OTHERS, None)]
    assert "thread_ts" not in outside


def test_a_threads_own_is_cleared_and_its_channels_is_not(office: Office) -> None:
    set_default(office, OTHERS)
    body = told(office, "use", "U9", THREAD.thread)
    assert body["text"] == f"This channel's commands mean `{OTHERS}`."
    assert "clear.default" not in samples.buttons(body["blocks"])
    assert told(office, Command("use", clear=True), "U9", THREAD.thread)["text"] == (
        "This thread has no default of its own."
    )
    assert office.defaults.of(HERE) is not None


# --- the note


@pytest.mark.parametrize("brim", [48, 49, 50])
def test_a_message_that_is_full_does_without_the_note(office: Office, brim: int) -> None:
    turn = begun(office)
    turn.note = NOTE
    blocks = [{"type": "divider"}] * brim
    turn.message().show(Message("x", blocks))
    body = office.server.asked("respond")[-1]
    assert len(body["blocks"]) == min(brim + 1, 50)
    assert (NOTE in str(body["blocks"])) is (brim < 50)


@pytest.mark.parametrize("name", samples.HOSTILE)
def test_no_name_comes_to_life(name: str) -> None:
    default = Default(THREAD, name, name, "U1", samples.NOW)
    for message in (
        drawing.announced(default, production=True, doubt=drawing.Doubt(name)),
        drawing.cleared(default, "U1"),
        drawing.standing(default, HERE, name, may_change=True, lost=True),
    ):
        assert message_faults({"text": message.text, "blocks": message.blocks}) == []
        for text in samples.mrkdwn(message):
            assert samples.alive(text.replace("<@U1>", "")) == ""
