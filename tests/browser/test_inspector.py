"""The developer's side: what went over the wires and why, and that each fault at a switch does what it says."""

import re

from playwright.sync_api import expect

from tests.browser.tab import CONNECT_WEB, WEB, Tab, Tabs, column

FIND = "/eks clusters --region us-east-1 --profile web-prod"

# Opens what is folded; true while that shows more that is folded.
OPEN_ALL = """(inspector) => new Promise((resolve) => {
    const folded = [...inspector.querySelectorAll("details:not([open])")];
    for (const each of folded) each.open = true;
    setTimeout(() => resolve(folded.length > 0));
})"""


def switch(tab: Tab, label: str, on: bool = True, cluster: str = "") -> None:
    """Turns a fault on or off."""
    faults = tab.inspector.locator("details", has_text="Faults").first
    if faults.get_attribute("open") is None:
        faults.locator("summary").click()
    if cluster:
        choice = tab.inspector.get_by_label("Which cluster")
        choice.select_option(choice.locator("option", has_text=cluster).get_attribute("value"))
    tab.inspector.get_by_role("switch", name=label).set_checked(on)


def test_an_act_shows_its_payloads_its_ack_and_the_calls_it_caused(tabs: Tabs) -> None:
    tab = tabs.open("ada", "ops")
    tab.inspects()
    tab.says(FIND, "prod-web")
    shown = tab.act("typed /eks clusters")
    expect(shown).to_contain_text(re.compile(r"slash_commands /eks clusters.*ack[\d.]+ ms"))
    expect(shown).to_contain_text("eks:ListClusters us-east-1")
    expect(shown.locator(".record.aws", has_text="eks:DescribeCluster")).not_to_have_count(0)
    expect(shown).to_contain_text("response_url")
    command = shown.locator("details", has_text="slash_commands").first
    command.locator("> summary").click()
    expect(command).to_contain_text('command: "/eks"')
    expect(command).to_contain_text('user_name: "ada"')
    tab.inspector.get_by_role("button", name="Clear").click()
    expect(tab.inspector).to_contain_text("Nothing has happened yet.")


def test_a_list_shows_the_requests_to_its_cluster(tabs: Tabs) -> None:
    tab = tabs.open("ada", "ops")
    tab.inspects()
    tab.says(CONNECT_WEB, "Connected")
    tab.listed(f"/eks pods -c {WEB}")
    shown = tab.act("typed /eks pods")
    # A page each, of which the first one has nothing to continue.
    page = shown.locator(".record.kubernetes", has_text=re.compile(r"/api/v1/pods\?limit=500 "))
    expect(page).to_contain_text(re.compile(r"prod-web200[\d.]+ ms"))
    expect(tab.act("typed /eks connect").locator(".record.kubernetes")).not_to_have_count(0)


def test_what_is_secret_is_not_shown(tabs: Tabs) -> None:
    tab = tabs.open("ada", "ops")
    tab.inspects()
    form = tab.opens("/eks connect", "Connect to a cluster")
    tab.chooses(form, "Region", "eu-west-1")
    form.get_by_text("AWS keys").click()
    form.get_by_label("Access key ID").fill("AKIAIOSFODNN7EXAMPLE")
    form.get_by_label("Secret access key").fill("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    form.get_by_role("combobox", name="Cluster").press_sequentially("prod-payments")
    form.get_by_role("option").filter(has_text="use “prod-payments”").click()
    form.get_by_role("button", name="Connect", exact=True).click()
    expect(form).to_contain_text("🔴")
    form.get_by_role("button", name="Cancel").click()
    shown = tab.act("submitted")
    while tab.inspector.evaluate(OPEN_ALL):
        pass
    expect(shown).to_contain_text("AKIAIOSFODNN7EXAMPLE")
    expect(tab.inspector).not_to_contain_text("wJalrXUtnFEMI")


def test_slack_that_answers_429_delays_an_answer_and_loses_none(tabs: Tabs) -> None:
    tab = tabs.open("ada", "ops")
    tab.inspects()
    switch(tab, "with 429")
    expect(tab.inspector.locator("summary", has_text="Faults")).to_contain_text("1 on")
    tab.says("/eks help pods", "--namespace")
    expect(tab.act("typed /eks help pods").locator(".record.bad", has_text="ratelimited")).to_have_count(2)


def test_a_data_table_that_slack_refuses_comes_as_a_table(tabs: Tabs) -> None:
    # In the other workspace: the bot remembers for a day what a workspace has refused.
    tab = tabs.open("hana", "platform")
    tab.inspects()
    tab.says("/eks connect staging-payments --region eu-west-1 --profile sandbox", "Connected")
    switch(tab, "Slack refuses data_table")
    message = tab.listed("/eks nodes -c eu-west-1_staging-payments")
    expect(message.locator(".b-table")).to_be_visible()
    expect(message.get_by_role("searchbox")).to_have_count(0)
    expect(tab.act("typed /eks nodes").locator(".record.bad")).not_to_have_count(0)


def test_aws_that_denies_is_named_with_what_to_allow(tabs: Tabs) -> None:
    tab = tabs.open("ada", "ops")
    tab.inspects()
    switch(tab, "AWS denies eks:DescribeCluster")
    refused = tab.says(CONNECT_WEB, "🔴")
    expect(refused).to_contain_text("eks:DescribeCluster")
    expect(refused).to_contain_text("Only visible to you")
    expect(tab.act("typed /eks connect").locator(".record.aws.bad")).to_contain_text("AccessDenied")
    switch(tab, "AWS denies eks:DescribeCluster", on=False)
    tab.says(CONNECT_WEB, "Connected")


def test_aws_that_throttles_is_asked_again(tabs: Tabs) -> None:
    tab = tabs.open("ada", "ops")
    tab.inspects()
    switch(tab, "AWS throttles")
    tab.says(FIND, "us-east-1")
    expect(tab.act("typed /eks clusters").locator(".record.aws.bad").first).to_contain_text("Throttling")


def test_a_cluster_that_hangs_is_waited_for_and_answers_when_it_can(tabs: Tabs) -> None:
    tab = tabs.open("ada", "ops")
    tab.inspects()
    tab.says("/eks connect edge-sydney --region ap-southeast-2 --profile web-prod", "Connected")
    switch(tab, "It takes requests and never answers", cluster="edge-sydney")
    waiting = tab.says("/eks pods -c ap-southeast-2_edge-sydney", "Listing pods")
    # The bot is in this channel, so the same message becomes the answer.
    switch(tab, "It takes requests and never answers", on=False, cluster="edge-sydney")
    expect(waiting).to_contain_text("84 pods")


def test_a_cluster_that_rejects_tokens_is_said_so(tabs: Tabs) -> None:
    tab = tabs.open("ada", "ops")
    tab.inspects()
    tab.says("/eks connect edge-sydney --region ap-southeast-2 --profile web-prod", "Connected")
    switch(tab, "It rejects every token", cluster="edge-sydney")
    refused = tab.says("/eks pods -c ap-southeast-2_edge-sydney", "🔴")
    expect(refused).to_contain_text("edge-sydney")
    expect(tab.act("typed /eks pods").locator(".record.kubernetes.bad").first).to_contain_text("401")


def test_a_pod_that_starts_to_crash_is_first_in_the_list(tabs: Tabs) -> None:
    tab = tabs.open("ada", "ops")
    tab.inspects()
    tab.says("/eks connect edge-sydney --region ap-southeast-2 --profile web-prod", "Connected")
    message = tab.listed("/eks pods -c ap-southeast-2_edge-sydney")
    assert "CrashLoopBackOff" not in column(message, "STATUS")
    switch(tab, "A pod starts to crash", cluster="edge-sydney")
    message.get_by_role("button", name="Refresh").click()
    expect(message).to_contain_text("1 not ready")
    assert column(message, "STATUS")[0] == "CrashLoopBackOff"
    switch(tab, "A pod starts to crash", on=False, cluster="edge-sydney")
    message.get_by_role("button", name="Refresh").click()
    expect(message).not_to_contain_text("1 not ready")
    expect(message.get_by_role("table")).not_to_contain_text("CrashLoopBackOff")
