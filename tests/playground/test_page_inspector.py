"""The inspector's records and the switches for faults, over the page's WebSocket."""

from collections.abc import Iterator

import pytest
from slack_bolt import App
from slack_sdk.errors import SlackApiError

from playground import Playground
from playground.aws import LocalAws
from playground.fleet import Fleet
from playground.page import Page
from playground.page.journal import masked
from playground.slack import LocalSlack
from tests.playground.aws_client import client as aws_client
from tests.playground.page_browser import Browser, Json, tab
from tests.playground.slack_apps import (
    bolt_app,
    client_of,
    data_table,
    heard,
    modal,
    opened,
    over_http,
    text_input,
)


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack.start() as slack:
        yield slack


@pytest.fixture
def app(slack: LocalSlack) -> Iterator[App]:
    app = bolt_app(slack)
    with over_http(slack, app):
        yield app


@pytest.fixture
def page(slack: LocalSlack, aws: LocalAws, fleet: Fleet) -> Iterator[Page]:
    with Page.start(Playground(slack, aws, fleet)) as page:
        yield page


@pytest.fixture
def ada(page: Page) -> Iterator[Browser]:
    with tab(page.url, "ada") as browser:
        yield browser


def records(browser: Browser, source: str) -> list[Json]:
    return [record["what"] for _, record in sorted(browser.log.items()) if record["source"] == source]


def switches(browser: Browser) -> dict[str, bool]:
    return {each["name"]: each["on"] for each in browser.faults["everywhere"]}


def test_an_act_its_payload_and_the_ack_time_are_told_in_order(app: App, ada: Browser) -> None:
    heard(app.command("/eks"))
    ada.does("inspect", on=True)
    ada.does("types", channel=ada.channel("ops"), text="/eks pods")
    ada.until(lambda: any(each["ack_seconds"] for each in records(ada, "slack")))
    assert records(ada, "act") == [{"who": "ada", "did": "typed /eks pods in #ops"}]
    (sent,) = records(ada, "slack")
    assert (sent["direction"], sent["kind"], sent["payload"]["text"]) == ("out", "slash_commands", "pods")
    assert 0 < sent["ack_seconds"] < 3
    sources = [record["source"] for _, record in sorted(ada.log.items())]
    assert sources == ["act", "slack"]


def test_limits_that_are_broken_are_told(slack: LocalSlack, ada: Browser) -> None:
    ada.does("inspect", on=True)
    akme = slack.team("akme")
    with pytest.raises(SlackApiError):
        client_of(slack, akme).chat_postMessage(
            channel=akme.channel("ops").id, text="x", blocks=[{"type": "header"}]
        )
    ada.until(lambda: any(each["faults"] for each in records(ada, "slack")))
    assert "json-pointer:/blocks/0" in records(ada, "slack")[0]["faults"][0]


def test_calls_at_aws_are_told(aws: LocalAws, ada: Browser) -> None:
    ada.does("inspect", on=True)
    aws_client("eks", profile="payments-prod").list_clusters()
    ada.until(lambda: bool(records(ada, "aws")))
    assert (records(ada, "aws")[0]["action"], records(ada, "aws")[0]["status"]) == ("eks:ListClusters", 200)


def test_a_tab_that_does_not_inspect_hears_of_no_payload(app: App, ada: Browser) -> None:
    heard(app.command("/eks"))
    ada.does("types", channel=ada.channel("ops"), text="/eks pods")
    ada.does("types", channel=ada.channel("ops"), text="done")
    ada.until(lambda: "done" in ada.texts("ops"))
    assert ada.log == {}


def test_keys_that_are_typed_stand_in_no_record(slack: LocalSlack, app: App, ada: Browser) -> None:
    got = heard(app.view("keys"))
    form = modal(text_input("type.secret_access_key", "secret_access_key"), callback_id="keys")
    view = opened(slack, form)
    ada.does("inspect", on=True)
    ada.does("submits", view=view.id, typed_in=[["secret_access_key", "type.secret_access_key", "hush-hush"]])
    assert (
        got[0]["view"]["state"]["values"]["secret_access_key"]["type.secret_access_key"]["value"]
        == "hush-hush"
    )
    ada.until(lambda: any(each["kind"] == "interactive" for each in records(ada, "slack")))
    assert "hush-hush" not in str(ada.log)
    assert "•••" in str(ada.log)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"token": "t", "text": "x"}, {"token": "•••", "text": "x"}),
        (
            {"secret_block": {"a": {"type": "t", "value": "v"}}},
            {"secret_block": {"a": {"type": "t", "value": "•••"}}},
        ),
        (
            [{"action_id": "type.session_token", "value": "v"}],
            [{"action_id": "type.session_token", "value": "•••"}],
        ),
        ({"session_token": {"a": {"value": None}}}, {"session_token": {"a": {"value": None}}}),
        ({"text": "secret", "value": "v"}, {"text": "secret", "value": "v"}),
        (
            [1, 1.5, True, None, float("nan"), float("-inf"), b"x"],
            [1, 1.5, True, None, "nan", "-inf", "b'x'"],
        ),
    ],
)
def test_what_stands_under_a_secret_name_is_masked(given: object, told: object) -> None:
    assert masked(given) == told


def test_a_switch_is_seen_in_every_tab_and_does_what_it_says(
    slack: LocalSlack, page: Page, ada: Browser
) -> None:
    akme = slack.team("akme")
    client, ops = client_of(slack, akme), akme.channel("ops").id
    table = [data_table(["A"], ["1"])]
    with tab(page.url) as other:
        ada.does("fault", name="slack-data-table", cluster="", on=True)
        other.until(lambda: bool(other.faults) and switches(other)["slack-data-table"])
        with pytest.raises(SlackApiError, match="unsupported type: data_table"):
            client.chat_postMessage(channel=ops, text="x", blocks=table)
        ada.does("fault", name="slack-data-table", cluster="", on=False)
        other.until(lambda: not switches(other)["slack-data-table"])
        assert client.chat_postMessage(channel=ops, text="x", blocks=table)["ok"]


def test_turning_one_off_leaves_the_others_on(aws: LocalAws, slack: LocalSlack, ada: Browser) -> None:
    akme = slack.team("akme")
    for name in ("slack-429", "slack-data-table", "aws-denies"):
        ada.does("fault", name=name, cluster="", on=True)
    ada.does("fault", name="slack-429", cluster="", on=False)
    ada.until(lambda: bool(ada.faults) and not switches(ada)["slack-429"])
    with pytest.raises(SlackApiError, match="data_table"):
        client_of(slack, akme).chat_postMessage(
            channel=akme.channel("ops").id, text="x", blocks=[data_table(["A"], ["1"])]
        )
    client = aws_client("eks", profile="payments-prod")
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.describe_cluster(name="prod-payments")


def test_a_pod_of_a_cluster_crashes_at_a_switch_and_is_well_when_the_page_stops(
    slack: LocalSlack, aws: LocalAws, fleet: Fleet
) -> None:
    cluster = fleet.cluster("edge-sydney")

    def first() -> bytes:
        return cluster.records("pods")[0].json()

    with Page.start(Playground(slack, aws, fleet)) as page, tab(page.url) as browser:
        assert b"CrashLoopBackOff" not in first()
        browser.does("fault", name="cluster-crash", cluster=cluster.arn, on=True)
        assert b"CrashLoopBackOff" in first()
    assert b"CrashLoopBackOff" not in first()


def test_clusters_without_a_server_have_no_switches(fleet: Fleet, ada: Browser) -> None:
    ada.until(lambda: bool(ada.faults))
    offered = {each["arn"] for each in ada.faults["clusters"]}
    assert fleet.cluster("prod-payments").arn in offered
    assert fleet.cluster("island").arn not in offered
