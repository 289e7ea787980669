"""Pictures for README and docs: `python -m tests.browser.screenshots` writes them to docs/images/."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from playground import Playground
from playground.demo import running
from playground.page import Page
from tests.browser import command_pictures
from tests.browser.chromium import browsing
from tests.browser.tab import CONNECT_PAYMENTS, CONNECT_WEB, PHONE, PODS, WEB, Tab, Tabs

FOLDER = Path(__file__).parent.parent.parent / "docs" / "images"
LAPTOP: dict[str, Any] = {"viewport": {"width": 1400, "height": 880}}
TOUCH: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def listed(tab: Tab, line: str) -> Tab:
    """A list, from its first line on."""
    tab.listed(line).evaluate("message => message.scrollIntoView()")
    return tab


def pods(tabs: Tabs) -> Tab:
    """Ten thousand pods, those in trouble first."""
    tab = tabs.open("ada", "app", **LAPTOP)
    tab.inspects(on=False)
    tab.says(CONNECT_PAYMENTS, "Connected")
    tab.says(CONNECT_WEB, "Connected")
    tab.goes("ops", "ops")
    return listed(tab, PODS)


def connect(tabs: Tabs) -> Tab:
    """The form that connects, with the clusters that the profile can see."""
    tab = tabs.open("dev", "ops", **LAPTOP)
    tab.inspects(on=False)
    form = tab.opens("/eks connect", "Connect to a cluster")
    tab.chooses(form, "Region", "eu-west-1")
    tab.chooses(form, "Profile", "payments-prod")
    form.get_by_role("combobox", name="Cluster").click()
    expect(form.get_by_role("option")).to_have_count(2)
    return tab


def refused(tabs: Tabs) -> Tab:
    """Mistakes, with what to do about each."""
    tab = tabs.open("dev", "payments", **LAPTOP)
    tab.inspects(on=False)
    tab.says("/eks connect prod-payments --region eu-west-1 --profile stranger", "access entry")
    tab.says("/eks noodes", "nodes")
    return tab


def dark(tabs: Tabs) -> Tab:
    """Deployments, in the dark theme."""
    tab = tabs.open("ada", "secrets", color_scheme="dark", **LAPTOP)
    tab.inspects(on=False)
    return listed(tab, f"/eks deployments -c {WEB}")


def phone(tabs: Tabs) -> Tab:
    """Nodes, on a phone."""
    return listed(tabs.open("ada", "ops-shared", **TOUCH), f"/eks nodes -c {WEB}")


def inspector(tabs: Tabs) -> Tab:
    """What went over the wires, and what can be made to fail."""
    tab = tabs.open("hana", "platform", **LAPTOP)
    tab.inspects()
    tab.says("/eks clusters --region us-east-1 --profile web-prod", "prod-web")
    tab.inspector.locator("summary", has_text="Faults").click()
    return tab


def commands(tabs: Tabs, playground: Playground) -> None:
    """The answer to each command, for docs/commands.md."""
    tab = tabs.open("ada", "ops", **command_pictures.ROOM)
    tab.says(command_pictures.CONNECT_STAGING, "Connected")
    names = playground.fleet.cluster("staging-payments").names("pods")
    pod = next(name for name in names if name.startswith("crashloop-"))
    command_pictures.draw(tab, tab.person, pod)


PICTURES: tuple[Callable[[Tabs], Tab], ...] = (pods, connect, refused, dark, phone, inspector)


def main() -> None:
    """Writes all pictures; what stands in them is the same each time but for ages and the time of day."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with browsing() as browser, running() as (playground, _bot), Page.start(playground) as page:
        tabs = Tabs(browser, playground, page.url)
        try:
            for picture in PICTURES:
                tab = picture(tabs)
                tab.page.mouse.move(0, 0)
                tab.page.screenshot(
                    path=FOLDER / f"{picture.__name__}.png", caret="hide", animations="disabled"
                )
                if tab.person.view:
                    tab.person.closes(tab.person.view, everything=True)
            commands(tabs, playground)
        finally:
            tabs.close()


if __name__ == "__main__":
    main()
