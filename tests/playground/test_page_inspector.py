"""The inspector's records and the switches for faults, over the page's WebSocket."""

from collections.abc import Callable

import pytest
from slack_bolt import App
from slack_sdk import WebClient
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
    client_of,
    data_table,
    heard,
    modal,
    opened,
    text_input,
)


def records(browser: Browser, source: str) -> list[Json]:
    return [record["what"] for _, record in sorted(browser.log.items()) if record["source"] == source]


def switches(browser: Browser) -> dict[str, bool]:
    return {each["name"]: each["on"] for each in browser.faults["everywhere"]}


def test_an_act_its_payload_and_the_ack_time_are_told_in_order(app: App, browser: Browser) -> None:
    heard(app.command("/eks"))
    browser.does("inspect", on=True)
    browser.does("types", channel=browser.channel("ops"), text="/eks pods")
    browser.until(lambda: any(each["ack_seconds"] for each in records(browser, "slack")))
    assert records(browser, "act") == [{"who": "ada", "did": "typed /eks pods in #ops"}]
    (sent,) = records(browser, "slack")
    assert (sent["direction"], sent["kind"], sent["payload"]["text"]) == ("out", "slash_commands", "pods")
    assert 0 < sent["ack_seconds"] < 3
    sources = [record["source"] for _, record in sorted(browser.log.items())]
    assert sources == ["act", "slack"]


def test_limits_that_are_broken_are_told(slack: LocalSlack, browser: Browser) -> None:
    browser.does("inspect", on=True)
    akme = slack.team("akme")
    with pytest.raises(SlackApiError):
        client_of(slack, akme).chat_postMessage(
            channel=akme.channel("ops").id, text="x", blocks=[{"type": "header"}]
        )
    browser.until(lambda: any(each["faults"] for each in records(browser, "slack")))
    assert "json-pointer:/blocks/0" in records(browser, "slack")[0]["faults"][0]


def test_calls_at_aws_are_told(aws: LocalAws, browser: Browser) -> None:
    browser.does("inspect", on=True)
    aws_client("eks", profile="payments-prod").list_clusters()
    browser.until(lambda: bool(records(browser, "aws")))
    assert (records(browser, "aws")[0]["action"], records(browser, "aws")[0]["status"]) == (
        "eks:ListClusters",
        200,
    )


def test_a_tab_that_does_not_inspect_hears_of_no_payload(app: App, browser: Browser) -> None:
    heard(app.command("/eks"))
    browser.does("types", channel=browser.channel("ops"), text="/eks pods")
    browser.does("types", channel=browser.channel("ops"), text="done")
    browser.until(lambda: "done" in browser.texts("ops"))
    assert browser.log == {}


def test_keys_that_are_typed_stand_in_no_record(slack: LocalSlack, app: App, browser: Browser) -> None:
    got = heard(app.view("keys"))
    form = modal(text_input("type.secret_access_key", "secret_access_key"), callback_id="keys")
    view = opened(slack, form)
    browser.does("inspect", on=True)
    browser.does(
        "submits", view=view.id, typed_in=[["secret_access_key", "type.secret_access_key", "hush-hush"]]
    )
    assert (
        got[0]["view"]["state"]["values"]["secret_access_key"]["type.secret_access_key"]["value"]
        == "hush-hush"
    )
    browser.until(lambda: any(each["kind"] == "interactive" for each in records(browser, "slack")))
    assert "hush-hush" not in str(browser.log)
    assert "•••" in str(browser.log)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"token": "t", "text": "x"}, {"token": "•••", "text": "x"}),
        # What whoever holds it may use.
        (
            {"trigger_id": "1.2", "response_url": "http://x", "response_urls": [{"response_url": "y"}]},
            {"trigger_id": "•••", "response_url": "•••", "response_urls": [{"response_url": "•••"}]},
        ),
        ({"upload_url": "http://x", "file_id": "F1"}, {"upload_url": "•••", "file_id": "F1"}),
        ({"url": "ws://x/link/?ticket=abc&app_id=A1"}, {"url": "ws://x/link/?ticket=•••&app_id=A1"}),
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
    slack: LocalSlack, page: Page, browser: Browser
) -> None:
    akme = slack.team("akme")
    client, ops = client_of(slack, akme), akme.channel("ops").id
    table = [data_table(["A"], ["1"])]
    with tab(page.url) as other:
        browser.does("fault", name="slack-data-table", cluster="", on=True)
        other.until(lambda: bool(other.faults) and switches(other)["slack-data-table"])
        with pytest.raises(SlackApiError, match="unsupported type: data_table"):
            client.chat_postMessage(channel=ops, text="x", blocks=table)
        browser.does("fault", name="slack-data-table", cluster="", on=False)
        other.until(lambda: not switches(other)["slack-data-table"])
        assert client.chat_postMessage(channel=ops, text="x", blocks=table)["ok"]


def test_turning_one_off_leaves_the_others_on(aws: LocalAws, slack: LocalSlack, browser: Browser) -> None:
    akme = slack.team("akme")
    for name in ("slack-429", "slack-data-table", "aws-denies"):
        browser.does("fault", name=name, cluster="", on=True)
    browser.does("fault", name="slack-429", cluster="", on=False)
    browser.until(lambda: bool(browser.faults) and not switches(browser)["slack-429"])
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


def test_clusters_without_a_server_have_no_switches(fleet: Fleet, browser: Browser) -> None:
    browser.until(lambda: bool(browser.faults))
    offered = {each["arn"] for each in browser.faults["clusters"]}
    assert fleet.cluster("prod-payments").arn in offered
    assert fleet.cluster("island").arn not in offered


def test_what_gives_a_right_stands_in_no_record(app: App, browser: Browser) -> None:
    told = heard(app.command("/eks"))
    browser.does("inspect", on=True)
    browser.does("types", channel=browser.channel("ops"), text="/eks pods")
    browser.until(lambda: any(each["ack_seconds"] for each in records(browser, "slack")))
    for name in ("trigger_id", "response_url", "token"):
        assert told[0][name]
        assert told[0][name] not in str(browser.log)


def deeds(browser: Browser) -> list[str]:
    return [each["did"] for each in records(browser, "act")]


def test_other_workspaces_are_shown_only_when_asked_for(page: Page, app: App) -> None:
    heard(app.command("/eks"))

    def types(name: str, channel: str, text: str) -> None:
        with tab(page.url, name) as other:
            other.does("types", channel=other.channel(channel), text=text)

    types("hana", "platform", "/eks nodes")
    with tab(page.url, "ada") as browser:
        browser.does("inspect", on=True)
        types("dev", "ops", "/eks pods")
        browser.until(
            lambda: deeds(browser) == ["typed /eks pods in #ops"] and bool(records(browser, "slack"))
        )
        assert "nodes" not in str(browser.log)
        # Whose workspace is looked at decides, whoever asked for the inspector.
        browser.log.clear()
        browser.be("leo")
        browser.until(lambda: bool(records(browser, "slack")))
        assert deeds(browser) == ["typed /eks nodes in #platform"]
        browser.log.clear()
        browser.does("inspect", on=True, everywhere=True)
        browser.until(lambda: len(records(browser, "slack")) == 2)
        texts = [each["payload"]["text"] for each in records(browser, "slack")]
        assert texts == ["nodes", "pods"]
        assert len(deeds(browser)) == 2


def test_what_a_command_caused_is_told_to_be_its(
    aws: LocalAws, page: Page, app: App, browser: Browser
) -> None:
    @app.command("/eks")
    def answer(ack: Callable[..., None], body: Json, client: WebClient) -> None:
        ack()
        view = modal(text_input("type", "name"), title=body["text"])
        client.views_open(trigger_id=body["trigger_id"], view=view)
        aws_client("eks", profile="payments-prod").list_clusters()
        client.chat_postEphemeral(channel=body["channel_id"], user=body["user_id"], text=body["text"])

    browser.does("inspect", on=True)
    with tab(page.url, "dev") as dev:
        for each, text in ((browser, "one"), (dev, "two")):
            each.does("types", channel=each.channel("ops"), text=f"/eks {text}")
            each.until(lambda told=each, said=text: said in told.texts("ops"))  # type: ignore[misc]
        # It is typed after all this, and the app hears nothing of it.
        dev.does("types", channel=dev.channel("ops"), text="thanks")
    aws_client("sts", profile="payments-prod").get_caller_identity()
    browser.until(lambda: len(records(browser, "aws")) == 3)
    acts = {
        record["n"]: record["what"]["did"] for record in browser.log.values() if record["source"] == "act"
    }
    caused: dict[str, list[str]] = {}
    for _, record in sorted(browser.log.items()):
        if record["source"] != "act":
            name = record["what"].get("kind") or record["what"]["action"]
            caused.setdefault(acts[record["cause"]], []).append(name)
    whole = ["slash_commands", "views.open", "eks:ListClusters", "chat.postEphemeral"]
    assert caused == {
        "typed /eks one in #ops": whole,
        "typed /eks two in #ops": [*whole, "sts:GetCallerIdentity"],
    }


def test_what_nobody_caused_has_no_cause(slack: LocalSlack, browser: Browser) -> None:
    browser.does("inspect", on=True)
    client_of(slack, slack.team("akme")).auth_test()
    browser.until(lambda: bool(records(browser, "slack")))
    assert [record["cause"] for record in browser.log.values()] == [0]


def test_a_fault_that_is_used_up_is_seen_to_be_off(
    slack: LocalSlack, aws: LocalAws, browser: Browser
) -> None:
    akme = slack.team("akme")
    client, ops = client_of(slack, akme), akme.channel("ops").id

    def state(name: str) -> Json:
        return next((each for each in browser.faults.get("everywhere", ()) if each["name"] == name), {})

    browser.does("fault", name="slack-429", cluster="", on=True)
    browser.until(lambda: state("slack-429").get("left") == 2)
    # Whichever of the methods is called counts.
    with pytest.raises(SlackApiError, match="ratelimited"):
        client.chat_postMessage(channel=ops, text="x")
    browser.until(lambda: state("slack-429")["left"] == 1)
    with pytest.raises(SlackApiError, match="ratelimited"):
        client.chat_postEphemeral(channel=ops, user=akme.person("ada").id, text="x")
    browser.until(lambda: not state("slack-429")["on"])
    assert state("slack-429")["spent"] is True
    assert client.chat_postMessage(channel=ops, text="x")["ok"]
    browser.does("fault", name="slack-429", cluster="", on=True)
    browser.until(lambda: state("slack-429")["on"] and not state("slack-429")["spent"])

    browser.does("fault", name="aws-throttles", cluster="", on=True)
    eks = aws_client("eks", profile="payments-prod")
    for _ in range(20):
        with pytest.raises(eks.exceptions.ClientError, match="Rate exceeded"):
            eks.list_clusters()
    browser.until(lambda: not state("aws-throttles")["on"])
    assert eks.list_clusters()["clusters"]


def test_which_pod_crashes_can_be_chosen_and_changed(fleet: Fleet, browser: Browser) -> None:
    cluster = fleet.cluster("edge-sydney")
    every = [f"{pod.namespace}/{pod.name}" for pod in cluster.pods]
    wanted, other = every[3], every[5]
    namespace, name = wanted.split("/")
    assert wanted in browser.does("pods", cluster=cluster.arn, typed=f"{name[:-2].upper()} {namespace[:2]}")
    assert browser.does("pods", cluster=cluster.arn, typed="") == every[:50]
    assert browser.does("pods", cluster=cluster.arn, typed="no such pod") == []
    assert not browser.ask("pods", cluster="arn", typed="")["ok"]

    def crashing() -> list[str]:
        pods = cluster.records("pods")
        return [f"{pod.namespace}/{pod.name}" for pod in pods if b"CrashLoopBackOff" in pod.json()]

    def shown() -> Json:
        (told,) = [each for each in browser.faults["clusters"] if each["arn"] == cluster.arn]
        return next(each for each in told["switches"] if each["name"] == "cluster-crash")

    browser.until(lambda: bool(browser.faults))
    assert crashing() == []
    for pod in (wanted, other):
        browser.does("fault", name="cluster-crash", cluster=cluster.arn, on=True, pod=pod)
        browser.until(lambda now=pod: (shown()["on"], shown()["pod"]) == (True, now))  # type: ignore[misc]
        assert crashing() == [pod]
    refused = browser.ask("fault", name="cluster-crash", cluster=cluster.arn, on=True, pod="no/such")
    assert refused["error"] == "no pod no/such"
    assert crashing() == [other]
    browser.does("fault", name="cluster-crash", cluster=cluster.arn, on=False)
    browser.until(lambda: not shown()["on"])
    assert crashing() == []
