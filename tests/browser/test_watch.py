"""What stands guard over these tests: faults of the page are heard, and a machine without a browser is told so."""

import pytest

from tests.browser.chromium import executable
from tests.browser.tab import Tabs


def test_errors_of_the_page_and_requests_elsewhere_are_heard(tabs: Tabs) -> None:
    tab = tabs.open(bypass_csp=True)
    for script, heard in (
        ("console.error('a mistake')", "console error: a mistake"),
        ("setTimeout(() => { throw new Error('worse'); })", "page error: worse"),
        ("fetch('http://192.0.2.1/').catch(() => {})", "request to http://192.0.2.1/"),
        ("fetch('https://example.com/').catch(() => {})", "request to https://example.com/"),
        ("void new WebSocket('ws://192.0.2.1:80/')", "WebSocket to ws://192.0.2.1/"),
    ):
        tab.page.evaluate(script)
        # Each is heard by the time the page has answered once more.
        tab.page.wait_for_function("() => new Promise((resolve) => setTimeout(() => resolve(true)))")
        assert heard in tabs.wrong, script
    # What the browser says of requests that lead nowhere may still be under way: none comes after the end.
    tabs.close()
    tabs.wrong.clear()


@pytest.mark.parametrize("named", [None, "/nowhere/chromium"])
def test_a_machine_without_chromium_is_told_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CHROMIUM", raising=False)
    if named:
        monkeypatch.setenv("CHROMIUM", named)
    with pytest.raises(LookupError, match="apt-get install chromium"):
        executable()
