"""Messages: what a click holds, who can click what, selects in messages, App Home, and Slack Connect."""

from collections.abc import Callable

import pytest
from slack_bolt import App
from slack_sdk.errors import SlackApiError

from playground.slack import LocalSlack, Message, Person
from tests.playground.slack_apps import (
    Json,
    actions,
    button,
    client_of,
    data_table,
    heard,
    modal,
    option,
    plain,
    section,
    until,
)


@pytest.fixture
def got(app: App) -> list[Json]:
    """The bodies of all block_actions."""
    return heard(app.block_action({"block_id": "row"}))


def posted(slack: LocalSlack, *elements: Json, reader: Person | None = None) -> Message:
    """A message of the bot in #ops with one actions block."""
    akme = slack.team("akme")
    client, channel = client_of(slack, akme), akme.channel("ops").id
    blocks = [section("text", block_id="s"), actions(*elements, block_id="row")]
    if reader:
        client.chat_postEphemeral(channel=channel, user=reader.id, text="text", blocks=blocks)
    else:
        client.chat_postMessage(channel=channel, text="text", blocks=blocks)
    return akme.person("ada").sees("ops")[-1]


def test_a_click_on_a_public_message(slack: LocalSlack, ada: Person, got: list[Json]) -> None:
    akme = slack.team("akme")
    message = posted(slack, button("press", value="v1", style="danger"))
    assert ada.clicks(message, "press").status == "acked"
    (body,) = got
    assert body["type"] == "block_actions"
    assert body["user"] == {"id": ada.id, "username": "ada", "name": "ada", "team_id": akme.id}
    assert body["team"] == {"id": akme.id, "domain": "akme"}
    assert (body["enterprise"], body["is_enterprise_install"]) == (None, False)
    assert body["api_app_id"] == slack.world.app_id
    assert body["channel"] == {"id": akme.channel("ops").id, "name": "ops"}
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": akme.channel("ops").id,
        "is_ephemeral": False,
    }
    assert body["message"]["blocks"] == message.blocks
    assert body["message"]["ts"] == message.ts
    assert body["response_url"].startswith(f"{slack.url}/actions/")
    (action,) = body["actions"]
    assert float(action.pop("action_ts")) > 0
    assert action == {
        "type": "button",
        "action_id": "press",
        "block_id": "row",
        "value": "v1",
        "style": "danger",
        "text": plain("Press"),
    }


def test_a_click_on_an_ephemeral_message_holds_no_message(
    slack: LocalSlack, ada: Person, got: list[Json]
) -> None:
    ada.clicks(posted(slack, button("press"), reader=ada), "press")
    assert "message" not in got[0]
    assert got[0]["container"]["is_ephemeral"] is True


def test_every_click_has_its_own_trigger_and_response_url(
    slack: LocalSlack, ada: Person, got: list[Json]
) -> None:
    message = posted(slack, button("press"))
    ada.clicks(message, "press")
    ada.clicks(message, "press")
    assert len({body["trigger_id"] for body in got}) == 2
    assert len({body["response_url"] for body in got}) == 2


def test_several_buttons_of_one_action_are_told_apart_by_value(
    slack: LocalSlack, ada: Person, got: list[Json]
) -> None:
    message = posted(slack, button("a", value="1"), button("b", value="2"))
    with pytest.raises(AssertionError, match=r"0 elements are c ; there are \[\('a', 'button', '1'\)"):
        ada.clicks(message, "c")
    with pytest.raises(AssertionError, match="0 elements are a 2"):
        ada.clicks(message, "a", value="2")
    ada.clicks(message, "b", value="2")
    assert got[0]["actions"][0]["value"] == "2"


def test_a_select_sends_its_option_and_stays_picked(slack: LocalSlack, ada: Person, got: list[Json]) -> None:
    select = {"type": "static_select", "action_id": "ns", "options": [option("a"), option("b")]}
    message = posted(slack, select, button("press"))
    ada.picks(message, "ns", "b")
    assert got[0]["actions"][0]["selected_option"] == option("b")
    ada.clicks(message, "press")
    assert got[1]["state"]["values"] == {
        "row": {"ns": {"type": "static_select", "selected_option": option("b")}}
    }
    with pytest.raises(AssertionError, match=r"ns does not offer \['c'\], only \['a', 'b'\]"):
        ada.picks(message, "ns", "c")
    # Another person's pick is their own.
    dev = slack.team("akme").person("dev")
    dev.clicks(message, "press")
    assert got[2]["state"]["values"]["row"]["ns"]["selected_option"] is None


@pytest.mark.parametrize(
    ("element", "value", "sent"),
    [
        ({"type": "overflow", "options": [option("a")]}, "a", {"selected_option": option("a")}),
        ({"type": "radio_buttons", "options": [option("a")]}, "a", {"selected_option": option("a")}),
        (
            {"type": "checkboxes", "options": [option("a"), option("b"), option("c")]},
            ["a", "c"],
            {"selected_options": [option("a"), option("c")]},
        ),
        ({"type": "users_select"}, "U1", {"selected_user": "U1"}),
        ({"type": "channels_select"}, "C1", {"selected_channel": "C1"}),
        ({"type": "conversations_select"}, "C1", {"selected_conversation": "C1"}),
        ({"type": "datepicker"}, "2026-11-23", {"selected_date": "2026-11-23"}),
        ({"type": "timepicker"}, "12:00", {"selected_time": "12:00"}),
        ({"type": "datetimepicker"}, "1795432238", {"selected_date_time": 1795432238}),
    ],
    ids=lambda part: part.get("type", "") if isinstance(part, dict) else "",
)
def test_each_element_sends_its_own_field(
    slack: LocalSlack, ada: Person, got: list[Json], element: Json, value: str, sent: Json
) -> None:
    ada.picks(posted(slack, element | {"action_id": "x"}), "x", value)
    (action,) = got[0]["actions"]
    assert action["type"] == element["type"]
    assert {name: action[name] for name in sent} == sent


def test_an_external_select_in_a_message_asks_the_app(
    slack: LocalSlack, app: App, ada: Person, got: list[Json]
) -> None:
    asked: list[Json] = []

    @app.options("ns")
    def offer(ack: Callable[..., None], body: Json) -> None:
        asked.append(body)
        ack(options=[option("kube-system"), option("default")])

    message = posted(slack, {"type": "external_select", "action_id": "ns", "min_query_length": 2})
    assert ada.suggestions(message, "ns", "k") == []
    assert asked == []
    offered = ada.suggestions(message, "ns", "ku")
    assert [each["value"] for each in offered] == ["kube-system", "default"]
    assert (asked[0]["type"], asked[0]["value"]) == ("block_suggestion", "ku")
    assert (asked[0]["action_id"], asked[0]["block_id"]) == ("ns", "row")
    assert asked[0]["container"]["message_ts"] == message.ts
    ada.picks(message, "ns", "default")
    assert got[0]["actions"][0]["selected_option"]["value"] == "default"
    with pytest.raises(AssertionError, match="does not offer"):
        ada.picks(message, "ns", "secret")


def test_suggestions_that_slack_does_not_take_are_none(slack: LocalSlack, app: App, ada: Person) -> None:
    app.options("ns")(lambda ack: ack(options=[option("x" * 151, "x")]))
    message = posted(slack, {"type": "external_select", "action_id": "ns", "min_query_length": 0})
    assert ada.suggestions(message, "ns", "") == []
    assert slack.log[-1].kind == "block_suggestion"
    assert slack.log[-1].faults == [
        "[ERROR] must be less than 151 characters [json-pointer:/options/0/value]"
    ]


def test_feedback_is_one_of_two_buttons(slack: LocalSlack, ada: Person, app: App, got: list[Json]) -> None:
    feedback = {
        "type": "feedback_buttons",
        "action_id": "useful",
        "positive_button": {"text": plain("Good"), "value": "yes"},
        "negative_button": {"text": plain("Bad"), "value": "no"},
    }
    block = {"type": "context_actions", "block_id": "row", "elements": [feedback]}
    client_of(slack, slack.team("akme")).chat_postMessage(channel="#ops", text="x", blocks=[block])
    message = ada.sees("ops")[0]
    ada.clicks(message, "useful", value="no")
    action = got[0]["actions"][0]
    assert (action["type"], action["value"], action["text"]) == ("feedback_buttons", "no", plain("Bad"))
    with pytest.raises(AssertionError, match=r"useful has two buttons: \['yes', 'no'\]"):
        ada.clicks(message, "useful")


def test_a_message_that_is_gone_cannot_be_clicked(slack: LocalSlack, ada: Person, got: list[Json]) -> None:
    message = posted(slack, button("press"))
    client_of(slack, slack.team("akme")).chat_delete(channel=message.channel_id, ts=message.ts)
    with pytest.raises(AssertionError, match="ada does not see that message any more"):
        ada.clicks(message, "press")
    mine = posted(slack, button("press"), reader=ada)
    with pytest.raises(AssertionError, match="gus does not see"):
        slack.team("akme").person("gus").clicks(mine, "press")
    assert got == []


def test_an_app_that_fails_a_click_is_an_error_and_the_message_stays(
    slack: LocalSlack, app: App, ada: Person
) -> None:
    ack = ada.clicks(posted(slack, button("nobody.listens")), "nobody.listens")
    assert (ack.status, ack.http_status) == ("error", 404)
    assert len(ada.sees("ops")) == 1


def test_waiting_says_what_was_seen(slack: LocalSlack, ada: Person) -> None:
    posted(slack, button("press", "Refresh"))
    with pytest.raises(AssertionError, match=r"ada saw no such message in 0\.01 s, but:\ntext\n\[Refresh\]"):
        ada.wait_for("ops", lambda message: message.text == "never", timeout=0.01)
    first = ada.sees("ops")[0]
    with pytest.raises(AssertionError, match="no such message"):
        ada.wait_for("ops", lambda message: True, timeout=0.01, after=first.ts)


# App Home


def test_home_is_published_for_one_person_and_clicked_in(
    slack: LocalSlack, app: App, ada: Person, got: list[Json]
) -> None:
    opened: list[Json] = []

    @app.event("app_home_opened")
    def publish(event: Json, client: object) -> None:
        opened.append(event)
        home = {"type": "home", "blocks": [actions(button("press", value=event["user"]), block_id="row")]}
        client.views_publish(user_id=event["user"], view=home)  # type: ignore[attr-defined]

    assert ada.home is None
    ack = ada.opens_home()
    assert ack
    assert ack.status == "acked"
    until(lambda: ada.home is not None)
    assert (opened[0]["user"], opened[0]["tab"], opened[0]["channel"]) == (ada.id, "home", ada.dm.id)
    assert slack.team("akme").person("dev").home is None
    view = ada.home_view
    assert view
    ada.clicks(view, "press")
    assert got[0]["container"] == {"type": "view", "view_id": view.id}
    assert got[0]["view"]["type"] == "home"
    assert "response_url" not in got[0]
    assert "channel" not in got[0]
    ada.opens_home()
    until(lambda: len(opened) == 2)
    assert opened[1]["view"]["id"] == view.id


def test_a_home_has_no_tables_and_a_hash(slack: LocalSlack, ada: Person) -> None:
    client = client_of(slack, slack.team("akme"))
    home = {"type": "home", "blocks": [section("one")]}
    first = client.views_publish(user_id=ada.id, view=home)["view"]
    second = client.views_publish(user_id=ada.id, view=home, hash=first["hash"])["view"]
    assert second["id"] == first["id"]
    with pytest.raises(SlackApiError) as stale:
        client.views_publish(user_id=ada.id, view=home, hash=first["hash"])
    assert stale.value.response["error"] == "hash_conflict"
    with pytest.raises(SlackApiError) as refused:
        client.views_publish(user_id=ada.id, view=home | {"blocks": [data_table(["NAME"], ["cart"])]})
    assert refused.value.response["errors"] == [
        "unsupported type: data_table [json-pointer:/view/blocks/0/type]"
    ]


# Slack Connect


def test_someone_of_another_workspace_clicks_what_stands_in_a_shared_channel(
    slack: LocalSlack, ada: Person, app: App, got: list[Json]
) -> None:
    akme, leo = slack.team("akme"), slack.team("globex").person("leo")
    app.command("/eks")(
        lambda ack: ack(
            response_type="in_channel", text="x", blocks=[actions(button("press"), block_id="row")]
        )
    )
    ada.types("ops-shared", "/eks")
    message = leo.wait_for("ops-shared", lambda message: bool(message.blocks))
    leo.clicks(message, "press")
    (body,) = got
    assert body["team"]["id"] == akme.id
    assert body["user"]["team_id"] == slack.team("globex").id
    assert body["user"]["id"] == leo.id
    # Only Akme's app can open a view for that click, and it opens at leo.
    view = modal(section("for leo"))
    with pytest.raises(SlackApiError):
        client_of(slack, slack.team("globex")).views_open(trigger_id=body["trigger_id"], view=view)
    client_of(slack, akme).views_open(trigger_id=body["trigger_id"], view=view)
    assert leo.view
    assert ada.view is None


def test_a_command_in_a_shared_channel_belongs_to_the_workspace_of_who_types(
    slack: LocalSlack, app: App
) -> None:
    bodies = heard(app.command("/eks"))
    globex = slack.team("globex")
    globex.person("leo").types("ops-shared", "/eks")
    assert (bodies[0]["team_id"], bodies[0]["team_domain"]) == (globex.id, "globex")
    assert bodies[0]["channel_id"] == slack.team("akme").channel("ops-shared").id


def test_what_people_see_and_hold_is_in_a_snapshot(slack: LocalSlack, ada: Person) -> None:
    message = posted(slack, button("press"))
    state = slack.snapshot()
    assert [team["name"] for team in state["teams"]] == ["Akme", "Globex"]
    (kept,) = state["messages"][message.channel_id]
    assert (kept["ts"], kept["text"], kept["ephemeral"]) == (message.ts, "text", False)
