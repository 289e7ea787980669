"""The whole tour by mouse: find, connect, look, sort, filter, page, open another kind, let go."""

import re

from playwright.sync_api import expect

from tests.browser.tab import CONNECT_PAYMENTS, PAYMENTS, PODS, Tabs, column

DISCONNECT = f"/eks disconnect -c {PAYMENTS}"


def test_the_composer_offers_the_commands_with_their_hints(tabs: Tabs) -> None:
    tab = tabs.open(place="payments")
    tab.composer.press_sequentially("/")
    offers = tab.page.get_by_role("listbox", name="Commands")
    expect(offers).to_contain_text("clusters | connect | connections | pods")
    expect(offers).to_contain_text("Find, connect to and look into EKS clusters")
    offers.get_by_role("option").click()
    expect(tab.composer).to_have_value("/eks ")
    expect(offers).to_be_hidden()
    expect(tab.page.locator("#composer")).to_contain_text("/eks clusters | connect | connections")
    tab.composer.press_sequentially("help pods")
    answers = tab.new()
    tab.page.get_by_role("button", name="Send").click()
    tab.shown(answers, "--namespace")
    expect(tab.composer).to_have_value("")


def test_clusters_are_found_by_form(tabs: Tabs) -> None:
    tab = tabs.open(place="payments")
    form = tab.opens("/eks clusters", "Find clusters")
    tab.chooses(form, "Region", "eu-west-1")
    tab.chooses(form, "Profile", "payments-prod")
    answers = tab.new()
    form.get_by_role("button", name="Find", exact=True).click()
    expect(form).to_contain_text("2 clusters in eu-west-1")
    # The cross in the corner does the same as the button.
    form.get_by_role("button", name="Close all").click()
    expect(form).to_be_hidden()
    found = tab.shown(answers, "prod-payments")
    expect(found.get_by_role("button", name="Connect to prod-payments")).to_be_visible()
    expect(found).to_contain_text("staging-payments")


def test_connecting_by_form_shows_the_outcome_and_tells_the_channel(tabs: Tabs) -> None:
    tab = tabs.open(place="payments")
    form = tab.opens("/eks connect", "Connect to a cluster")
    tab.chooses(form, "Region", "eu-west-1")
    tab.chooses(form, "Profile", "payments-prod")
    tab.chooses(form, "Cluster", "prod-payments")
    answers = tab.new()
    form.get_by_role("button", name="Connect", exact=True).click()
    done = tab.form("Connected")
    expect(done).to_contain_text(PAYMENTS)
    done.get_by_role("button", name="Close", exact=True).click()
    expect(done).to_be_hidden()
    told = tab.shown(answers, "Connected")
    expect(told.get_by_role("button", name=f"pods of {PAYMENTS}")).to_be_visible()


def test_wrong_keys_stand_at_their_field_and_what_was_typed_stays(tabs: Tabs) -> None:
    tab = tabs.open(place="payments")
    form = tab.opens("/eks connect", "Connect to a cluster")
    tab.chooses(form, "Region", "eu-west-1")
    form.get_by_text("AWS keys").click()
    form.get_by_label("Access key ID").fill("AKIAIOSFODNN7EXAMPLE")
    # Slack checks what is missing before anything is sent.
    form.get_by_role("button", name="Connect", exact=True).click()
    secret = form.get_by_label("Secret access key")
    expect(secret).to_have_attribute("aria-invalid", "true")
    expect(secret).to_be_focused()
    secret.fill("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    cluster = form.get_by_role("combobox", name="Cluster")
    cluster.press_sequentially("prod-payments")
    tab.page.get_by_role("option").filter(has_text="use “prod-payments”").click()
    form.get_by_role("button", name="Connect", exact=True).click()
    # The sentence follows the input of the key, and comes before the one of the secret.
    mistake = form.locator(".block:has(> .label:text('Access key ID')) + .block")
    expect(mistake).to_contain_text("🔴")
    expect(mistake).to_contain_text("AWS does not know")
    expect(form.get_by_label("Access key ID")).to_have_value("AKIAIOSFODNN7EXAMPLE")
    expect(secret).to_have_value("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    expect(cluster).to_have_value(re.compile("prod-payments"))
    expect(form.get_by_role("combobox", name="Region")).to_have_value(re.compile("eu-west-1"))
    form.get_by_role("button", name="Cancel").click()
    expect(form).to_be_hidden()
    # The composer has the focus back, with its caret.
    expect(tab.composer).to_be_focused()
    tab.page.keyboard.type("/eks")
    expect(tab.composer).to_have_value("/eks")


def test_ten_thousand_pods_are_sorted_filtered_and_paged(tabs: Tabs) -> None:
    tab = tabs.open(place="payments")
    tab.says(CONNECT_PAYMENTS, "Connected")
    message = tab.listed(PODS)
    expect(message).to_contain_text("10,000 pods in 21 namespaces")
    count = message.get_by_role("status")
    expect(count).to_have_text("1–10 of 80 rows")
    sickest = column(message, "NAME")

    # Sort: up, down, and as the app had it.
    header = message.get_by_role("columnheader", name="RESTARTS")
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "descending")
    restarts = [int(words.split()[0]) for words in column(message, "RESTARTS")]
    assert restarts == sorted(restarts, reverse=True)
    assert restarts[0] > 0
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "none")
    assert column(message, "NAME") == sickest

    # Filter.
    message.get_by_role("searchbox").fill("payouts pending")
    expect(count).to_have_text("1–1 of 1 that match, 80 in all")
    assert column(message, "STATUS") == ["Pending"]
    message.get_by_role("searchbox").fill("nothing-is-called-so")
    expect(message.get_by_role("table")).to_contain_text("No rows match.")
    message.get_by_role("searchbox").fill("")

    # Page: the table's own, then the list's.
    message.get_by_role("button", name="Next rows").click()
    expect(count).to_have_text("11–20 of 80 rows")
    assert not set(column(message, "NAME")) & set(sickest)
    message.get_by_role("button", name="Previous rows").click()
    expect(count).to_have_text("1–10 of 80 rows")
    message.get_by_role("button", name="Next page").click()
    expect(message).to_contain_text(re.compile(r"Rows 81–\d+ of 10,000"))
    expect(message.get_by_role("table")).not_to_contain_text(sickest[0])
    message.get_by_role("button", name="Previous page").click()
    expect(message.get_by_role("table")).to_contain_text(sickest[0])


def test_another_kind_is_a_click_away(tabs: Tabs) -> None:
    tab = tabs.open(place="payments")
    tab.says(CONNECT_PAYMENTS, "Connected")
    message = tab.listed(f"/eks nodes -c {PAYMENTS}")
    message.get_by_role("button", name="daemonsets", exact=True).click()
    expect(message.get_by_role("heading")).to_have_text(
        re.compile("^PRODUCTION · daemonsets · prod-payments")
    )
    expect(message.get_by_role("columnheader", name="NODE SELECTOR")).to_be_visible()


def test_disconnecting_asks_first(tabs: Tabs) -> None:
    tab = tabs.open(place="payments")
    tab.says(CONNECT_PAYMENTS, "Connected")
    asked = tab.says(DISCONNECT, "for everybody in this workspace?")
    asked.get_by_role("button", name="Keep it").click()
    expect(asked.get_by_role("button", name="Disconnect")).to_be_hidden()
    assert PAYMENTS in str(tab.says("/eks connections", "This workspace").text_content())
    asked = tab.says(DISCONNECT, "for everybody in this workspace?")
    answers = tab.new()
    asked.get_by_role("button", name="Disconnect").click()
    tab.shown(answers, "Disconnected")
    assert PAYMENTS not in str(tab.says("/eks connections", "his workspace").text_content())
