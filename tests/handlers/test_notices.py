"""The short messages, their texts, and the buttons that help after a mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import (
    ClusterNotFound,
    ClusterNotReady,
    ConnectionNotFound,
    Expired,
    Failure,
    Forbidden,
    InvalidCredentials,
    InvalidRegion,
    InvalidRequest,
    ProfileNotFound,
    Throttled,
    Unreachable,
)
from handlers import recovery
from handlers.access import NotAllowed
from handlers.blocks import notices, text
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message
from handlers.command import LONGEST_TEXT, Command, Usage, decoded
from handlers.parsing import parsed
from tests.handlers import samples
from tests.handlers.samples import alive, buttons, mrkdwn


def drawn(failure: Failure, command: Command | None = None) -> Message:
    said, blocks = notices.failure(failure, "7f3a91c2", recovery.ways(failure, command))
    return Message(said, blocks)


def whole(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": message.blocks}


def test_a_mistake_says_what_why_what_next_and_where_to_look_it_up() -> None:
    message = drawn(Unreachable("`prod` does not answer", "at 10.0.0.1:443", "Try `/eks connections`"))
    assert message.text == "`prod` does not answer"
    assert message.blocks[0]["text"]["text"] == (
        "🔴 *`prod` does not answer*\nat 10.0.0.1:443\nTry `/eks connections`"
    )
    assert message.blocks[-1]["elements"][0]["text"] == "ref 7f3a91c2"


def test_what_is_not_known_takes_no_line() -> None:
    assert drawn(Failure("It is so")).blocks[0]["text"]["text"] == "🔴 *It is so*"


@pytest.mark.parametrize("name", samples.HOSTILE)
def test_no_text_of_a_mistake_comes_alive(name: str) -> None:
    for message in (
        drawn(Failure(name, name, name), Command("get", "pods")),
        Message(*notices.progress(name)),
    ):
        assert message_faults(whole(message)) == []
        assert [alive(each) for each in mrkdwn(message)] == [""] * len(mrkdwn(message))
    (section, *_) = drawn(Failure(name)).blocks
    assert section["text"]["text"].split("\n")[0].count("*") <= 2


@given(what=st.text(min_size=1, max_size=9000), why=st.text(max_size=4000), hint=st.text(max_size=4000))
def test_a_mistake_of_any_length_is_a_message_that_slack_takes(what: str, why: str, hint: str) -> None:
    message = drawn(Failure(what, why, hint), Command("get", "pods"))
    assert message_faults(whole(message)) == []


def test_a_misspelt_command_has_a_button_that_runs_what_was_meant() -> None:
    with pytest.raises(Usage) as caught:
        parsed("pds -n checkout")
    message = drawn(caught.value)
    meant = buttons(message.blocks)[notices.RUN]
    assert meant == "/eks pods -n checkout"
    assert "Run /eks pods -n checkout" in str(message.blocks)
    assert parsed(meant) == Command("get", "pods", namespace="checkout")


def test_a_misspelt_command_of_the_longest_length_fits_its_button() -> None:
    line = "pds " + "&" * (LONGEST_TEXT - 4)
    with pytest.raises(Usage) as caught:
        parsed(line)
    assert message_faults(whole(drawn(caught.value))) == []


@given(words=st.lists(st.text(alphabet='a"\\<&é😀', min_size=1, max_size=60), max_size=12))
def test_whatever_was_typed_can_be_tried_again(words: list[str]) -> None:
    try:
        command = parsed(" ".join(["pods", *words])[:LONGEST_TEXT])
    except Usage:
        return
    message = drawn(Unreachable("no answer"), command)
    assert message_faults(whole(message)) == []
    assert decoded(buttons(message.blocks)["try.again"]) == command


LIST = Command("get", "pods", ("cart",), connection="eu-west-1_prod", private=True)
FIND = Command("clusters", region="eu-wset-1", profile="ops")
CONNECT = Command("connect", words=("prod",), region="eu-wset-1", by_keys=True)


@pytest.mark.parametrize(
    "failure", [Unreachable("no answer"), Throttled("too busy"), Forbidden("no"), Failure("so it is")]
)
@pytest.mark.parametrize("command", [LIST, FIND, CONNECT, Command("connections")])
def test_what_may_pass_can_be_tried_again_as_it_was_asked(failure: Failure, command: Command) -> None:
    assert buttons(drawn(failure, command).blocks) == {"try.again": command.value()}


@pytest.mark.parametrize(
    "failure",
    [
        InvalidRegion("no such region"),
        InvalidCredentials("no such key", field="access_key_id"),
        ProfileNotFound("no such profile"),
        ClusterNotFound("no such cluster"),
    ],
)
@pytest.mark.parametrize("command", [FIND, CONNECT])
def test_a_wrong_input_is_corrected_in_the_form_with_the_rest_filled_in(
    failure: Failure, command: Command
) -> None:
    shown = buttons(drawn(failure, command).blocks)
    assert shown == {"correct.form": command.replaced(form=True).value()}


def test_a_cluster_that_is_not_ready_is_no_mistake_in_the_form() -> None:
    shown = buttons(drawn(ClusterNotReady("it is being made"), CONNECT).blocks)
    assert shown == {"try.again": CONNECT.value()}


@pytest.mark.parametrize("failure", [ConnectionNotFound("no such connection"), Expired("it is over")])
@pytest.mark.parametrize("command", [LIST, Command("disconnect", connection="eu-west-1_prod"), None])
def test_a_connection_that_is_not_there_leads_to_those_that_are(
    failure: Failure, command: Command | None
) -> None:
    assert {name: decoded(value) for name, value in buttons(drawn(failure, command).blocks).items()} == {
        "show.connections": Command("connections"),
        "ask.connect": Command("connect"),
    }


@pytest.mark.parametrize(
    ("failure", "command"),
    [
        (NotAllowed("guests may not"), Command("get", "pods")),
        (NotAllowed("guests may not"), CONNECT),
        (Usage("no such command"), None),
        (Usage("no such command"), LIST),
        (Usage("a region is missing"), CONNECT),
        (InvalidRequest("no such selector"), LIST),
        (Unreachable("x"), None),
    ],
)
def test_where_nothing_would_help_there_is_no_button(failure: Failure, command: Command | None) -> None:
    assert buttons(drawn(failure, command).blocks) == {}


def test_escaping_is_undone_by_reading() -> None:
    assert text.escaped("<!channel> & <b>") == "&lt;!channel&gt; &amp; &lt;b&gt;"


@given(st.text())
def test_escaped_text_shows_what_it_was_and_holds_no_entity(value: str) -> None:
    shown = text.escaped(value)
    assert not {"<", ">"} & set(shown)
    assert shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == value


@given(st.text())
def test_code_ends_where_it_should(value: str) -> None:
    shown = text.code(value)
    assert shown[0] == shown[-1] == "`"
    assert shown.count("`") == 2
    assert shown[1:-1] == text.escaped(value.replace("`", "ˋ"))


@given(st.text(), st.integers(1, 40))
def test_cut_text_is_as_long_as_allowed_and_says_that_something_is_missing(value: str, most: int) -> None:
    shown = text.cut(value, most)
    assert len(shown) <= most
    assert shown == value if len(value) <= most else shown == value[: most - 1] + "…"


def test_an_instant_is_in_the_readers_zone_with_utc_behind() -> None:
    assert text.moment(samples.NOW, "{time_secs}") == (
        f"<!date^{int(samples.NOW)}^{{time_secs}}|2026-11-23 07:03:32 UTC>"
    )


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 pods"), (1, "1 pod"), (2, "2 pods"), (1940, "1,940 pods"), (10_000, "10,000 pods")],
)
def test_things_are_counted_as_people_do(count: int, said: str) -> None:
    assert text.counted(count, "pod") == said
    assert text.number(count) == said.split(maxsplit=1)[0]
    assert text.counted(2, "proxy", "proxies") == "2 proxies"


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        ("Ask <@U0ADA> in <#C0OPS> or <!subteam^S0SRE>", "Ask <@U0ADA> in <#C0OPS> or <!subteam^S0SRE>"),
        ("<!channel> <!here> <!everyone>", "&lt;!channel&gt; &lt;!here&gt; &lt;!everyone&gt;"),
        ("<https://x.example|a> a & b", "&lt;https://x.example|a&gt; a &amp; b"),
        ("<@U1|ada> <#c1> <@>", "&lt;@U1|ada&gt; &lt;#c1&gt; &lt;@&gt;"),
        ("&lt;@U1&gt;", "&amp;lt;@U1&amp;gt;"),
    ],
)
def test_whom_to_ask_is_mentioned_and_nothing_else_comes_alive(ask: str, said: str) -> None:
    refusal = NotAllowed("You may not.", "<@U1> is no mention here.")
    refusal.ask = ask
    (section, _ref) = drawn(refusal).blocks
    assert section["text"]["text"].splitlines()[1:] == ["&lt;@U1&gt; is no mention here.", said]
