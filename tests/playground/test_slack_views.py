"""Modals: triggers, the stack, what the client checks, the app's answers, and what stays typed."""

import re
from collections.abc import Callable

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.slack import LocalSlack, Person
from tests.playground.slack_apps import (
    Json,
    actions,
    button,
    client_of,
    error_of,
    heard,
    modal,
    mrkdwn,
    opened,
    option,
    plain,
    section,
    text_input,
    trigger_of,
)

# Triggers and the stack


def test_a_command_opens_a_modal(slack: LocalSlack, app: App, ada: Person) -> None:
    @app.command("/eks")
    def listen(ack: Callable[[], None], command: Json, client: WebClient) -> None:
        ack()
        client.views_open(
            trigger_id=command["trigger_id"], view=modal(section("x"), callback_id="m", private_metadata="p")
        )

    ada.types("ops", "/eks")
    view = ada.wait_view(lambda view: view.title == "Connect")
    assert (view.type, view.submit, view.close, view.callback_id) == ("modal", "Go", None, "m")
    assert (view.private_metadata, view.errors, view.closed) == ("p", {}, False)
    assert slack.team("akme").person("dev").view is None


def test_a_trigger_is_good_once_and_for_three_seconds(
    slack: LocalSlack, client: WebClient, ada: Person
) -> None:
    view = modal(section("x"))
    trigger = trigger_of(slack, ada)
    client.views_open(trigger_id=trigger, view=view)
    assert error_of(client.views_open, trigger_id=trigger, view=view) == "exchanged_trigger_id"
    assert error_of(client.views_open, trigger_id="1.2.3", view=view) == "invalid_trigger_id"
    late = trigger_of(slack, ada)
    slack.later(3.1)
    assert error_of(client.views_open, trigger_id=late, view=view) == "expired_trigger_id"


def test_a_refused_view_leaves_its_trigger(slack: LocalSlack, client: WebClient, ada: Person) -> None:
    trigger = trigger_of(slack, ada)
    assert error_of(client.views_open, trigger_id=trigger, view=modal(title="x" * 25)) == "invalid_arguments"
    assert client.views_open(trigger_id=trigger, view=modal(section("x")))["ok"] is True


def test_the_stack_holds_three(slack: LocalSlack, client: WebClient, ada: Person) -> None:
    root = opened(slack, modal(section("x"), title="1"))
    under = root
    for title in ("2", "3"):
        trigger = slack.world.new_trigger(ada.team.id, ada.id, under.id)
        answer = client.views_push(trigger_id=trigger, view=modal(section("x"), title=title))["view"]
        assert (answer["root_view_id"], answer["previous_view_id"]) == (root.id, under.id)
        assert ada.view
        under = ada.view
    trigger = slack.world.new_trigger(ada.team.id, ada.id, under.id)
    assert error_of(client.views_push, trigger_id=trigger, view=modal(section("x"))) == "push_limit_reached"
    assert under.title == "3"
    ada.closes(under)
    second = ada.view
    assert second
    assert second.title == "2"
    ada.closes(second, everything=True)
    assert ada.view is None
    with pytest.raises(AssertionError, match="“3” is not open for ada"):
        ada.submits(under)


def test_what_slack_says_about_a_view_it_does_not_take(
    client: WebClient, slack: LocalSlack, ada: Person
) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.views_open(trigger_id=trigger_of(slack, ada), view=modal(title="x" * 25))
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]
    huge = modal(*(section("x" * 2999) for _ in range(90)))
    assert error_of(client.views_open, trigger_id=trigger_of(slack, ada), view=huge) == "view_too_large"
    assert error_of(
        client.views_open, trigger_id=trigger_of(slack, ada), view={"type": "home", "blocks": []}
    ) == ("invalid_arguments")
    slack.faults.refuse_block("alert")
    alert = {"type": "alert", "text": mrkdwn("x")}
    assert (
        error_of(client.views_open, trigger_id=trigger_of(slack, ada), view=modal(alert))
        == "invalid_arguments"
    )


# Updates


def test_an_update_keeps_what_was_typed_where_the_input_stays(
    slack: LocalSlack, client: WebClient, ada: Person
) -> None:
    view = opened(slack, modal(text_input("a", "A"), text_input("b", "B"), text_input("c", "C")))
    ada.fills(view, {"a": "one", "b": "two", "c": "three"})
    number = {"type": "number_input", "action_id": "c", "is_decimal_allowed": False}
    changed = modal(
        section("new"),
        text_input("a", "A", element={"initial_value": "other"}),
        text_input("b", "other"),
        {"type": "input", "block_id": "C", "label": plain("C"), "element": number},
    )
    answer = client.views_update(view_id=view.id, view=changed)["view"]
    assert answer["id"] == view.id
    assert answer["hash"] != view.hash
    assert ada.view
    assert ada.view.state == {
        "A": {"a": {"type": "plain_text_input", "value": "one"}},
        "other": {"b": {"type": "plain_text_input", "value": None}},
        "C": {"c": {"type": "number_input", "value": None}},
    }


def test_an_update_with_an_old_hash(slack: LocalSlack, client: WebClient) -> None:
    view = opened(slack, modal(section("x")))
    client.views_update(view_id=view.id, hash=view.hash, view=modal(section("y")))
    assert (
        error_of(client.views_update, view_id=view.id, hash=view.hash, view=modal(section("z")))
        == "hash_conflict"
    )


def test_a_view_is_found_by_its_external_id(slack: LocalSlack, client: WebClient, ada: Person) -> None:
    view = opened(slack, modal(section("x"), external_id="e"))
    again = modal(section("y"), external_id="e", title="New")
    trigger = trigger_of(slack, ada)
    assert error_of(client.views_open, trigger_id=trigger, view=again) == "duplicate_external_id"
    client.views_update(external_id="e", view=again)
    assert ada.view
    assert (ada.view.id, ada.view.title) == (view.id, "New")


def test_a_view_that_is_not_open_here_is_not_found(slack: LocalSlack, client: WebClient, ada: Person) -> None:
    view = opened(slack, modal(section("x")))
    other = client_of(slack, slack.team("globex"))
    assert error_of(other.views_update, view_id=view.id, view=modal(section("y"))) == "not_found"
    ada.closes(view)
    assert error_of(client.views_update, view_id=view.id, view=modal(section("y"))) == "not_found"
    assert error_of(client.views_update, view_id="V0", view=modal(section("y"))) == "not_found"


# Elements that speak at once


def test_a_button_in_a_modal_can_push_a_view(slack: LocalSlack, app: App, ada: Person) -> None:
    bodies: list[Json] = []

    @app.action("more")
    def listen(ack: Callable[[], None], body: Json, client: WebClient) -> None:
        ack()
        bodies.append(body)
        client.views_push(trigger_id=body["trigger_id"], view=modal(section("x"), title="More"))

    view = opened(slack, modal(actions(button("more")), text_input("a", "A")))
    ada.fills(view, {"a": "typed"})
    ada.clicks(view, "more")
    ada.wait_view(lambda view: view.title == "More")
    (body,) = bodies
    assert body["container"] == {"type": "view", "view_id": view.id}
    assert body["view"]["state"]["values"]["A"]["a"]["value"] == "typed"
    assert "response_url" not in body
    assert "channel" not in body


def test_only_a_dispatching_input_tells_the_app(slack: LocalSlack, app: App, ada: Person) -> None:
    bodies = heard(app.action(re.compile("quiet|loud|kind")))
    radio = {"type": "radio_buttons", "action_id": "kind", "options": [option("keys"), option("profile")]}
    chosen = {
        "type": "input",
        "block_id": "K",
        "label": plain("K"),
        "dispatch_action": True,
        "element": radio,
    }
    view = opened(
        slack, modal(text_input("quiet", "Q"), text_input("loud", "L", dispatch_action=True), chosen)
    )
    ada.fills(view, {"quiet": "x", "loud": "y"})
    assert ada.picks(view, "kind", "keys").status == "acked"
    assert [body["actions"][0]["action_id"] for body in bodies] == ["loud", "kind"]
    assert bodies[0]["actions"][0]["value"] == "y"
    assert bodies[1]["actions"][0]["selected_option"] == option("keys")
    assert bodies[1]["view"]["state"]["values"]["Q"]["quiet"]["value"] == "x"


def test_an_external_select_in_a_modal(slack: LocalSlack, app: App, ada: Person) -> None:
    bodies: list[Json] = []

    @app.options("cluster")
    def offer(ack: Callable[..., None], body: Json) -> None:
        bodies.append(body)
        ack(option_groups=[{"label": plain("eu"), "options": [option("prod-payments")]}])

    select = {"type": "external_select", "action_id": "cluster", "min_query_length": 0}
    block = {"type": "input", "block_id": "C", "label": plain("C"), "element": select}
    view = opened(slack, modal(text_input("region", "R"), block, callback_id="m"))
    with pytest.raises(AssertionError, match="does not offer"):
        ada.picks(view, "cluster", "prod-payments")
    ada.fills(view, {"region": "eu-west-1"})
    assert ada.suggestions(view, "cluster") == [option("prod-payments")]
    assert bodies[0]["view"]["state"]["values"]["R"]["region"]["value"] == "eu-west-1"
    assert ada.picks(view, "cluster", "prod-payments").status == "local"
    assert ada.view
    assert ada.view.state["C"]["cluster"]["selected_option"]["value"] == "prod-payments"
    assert "[prod-payments ▾]" in ada.reads(ada.view)


def test_an_app_that_is_late_or_absent_offers_nothing(slack: LocalSlack, ada: Person) -> None:
    select = {"type": "external_select", "action_id": "cluster", "min_query_length": 0}
    view = opened(slack, modal(actions(select)))
    assert ada.suggestions(view, "cluster") == []
