"""The page in the words of who uses it: what tests and screenshots both do, and where things stand."""

import re
from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    WebSocket,
    expect,
)
from playwright.sync_api import (
    TimeoutError as NotInTimeError,
)

from playground import Playground
from playground.slack import Person

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# What must come comes within this time, also on a small machine that has other work; what is there costs no time.
_PATIENCE_MS = 40_000
_OFFERED_MS = 4_000
_REOPENED = 5
PAYMENTS = "eu-west-1_prod-payments"
WEB = "us-east-1_prod-web"
CONNECT_PAYMENTS = "/eks connect prod-payments --region eu-west-1 --profile payments-prod"
CONNECT_WEB = "/eks connect prod-web --region us-east-1 --profile web-prod"
PODS = f"/eks pods -c {PAYMENTS}"

_HERE = re.compile(r"^((http|ws)://127\.0\.0\.1:\d+/|data:)")


class Tab:
    """A page that is open for one person in one place, a channel's name or `app` for their direct message."""

    def __init__(self, page: Page, url: str, person: Person, place: str) -> None:
        self.page = page
        self.person = person
        self.place = place
        self.composer = page.locator("#composer-text")
        self.sidebar = page.get_by_role("complementary", name="Channels and people")
        self.inspector = page.get_by_role("complementary", name="Inspector")
        page.goto(f"{url}#{person.name}/{place}")
        expect(page.get_by_role("button", name="Inspector", exact=True)).to_be_visible()

    # Messages

    def new(self) -> Locator:
        """The messages that come from now on, in the place where the tab is."""
        channel = self.person.dm if self.place == "app" else self.person.team.channel(self.place)
        last = max((float(message.ts) for message in self.person.sees(channel)), default=0)
        # XPath compares numbers: the last message may go away, and those after it are still the new ones.
        return self.page.locator(f"xpath=//*[@id='messages']//article[@data-ts > {last:.6f}]")

    def says(self, line: str, words: str = "") -> Locator:
        """Types and sends, and gives the first message with those words that follows."""
        answers = self.new()
        self.composer.fill(line)
        self.composer.press("Enter")
        return self.shown(answers, words)

    def shown(self, answers: Locator, words: str = "") -> Locator:
        """The first of `answers` with those words, once it is to be seen, by its own name."""
        found = answers.filter(has_text=words).first
        expect(found).to_be_visible()
        ts = found.get_attribute("data-ts")
        return self.page.locator(f'#messages article[data-ts="{ts}"]')

    def listed(self, line: str) -> Locator:
        """The message of a list that was asked for, with its table."""
        answers = self.new()
        self.composer.fill(line)
        self.composer.press("Enter")
        return self.tabled(answers)

    def tabled(self, answers: Locator) -> Locator:
        """The first of `answers` with a table."""
        return self.shown(answers.filter(has=self.page.get_by_role("table")))

    # Forms

    def form(self, title: str) -> Locator:
        """The modal of that title, open."""
        found = self.page.get_by_role("dialog", name=title)
        expect(found).to_be_visible()
        return found

    def opens(self, line: str, title: str) -> Locator:
        """Types a command that opens a modal."""
        self.composer.fill(line)
        self.composer.press("Enter")
        return self.form(title)

    def chooses(self, within: Locator, label: str, option: str, tap: bool = False) -> None:
        """Opens a select and takes an option of it, by clicks or by taps."""
        press = Locator.tap if tap else Locator.click
        select = within.get_by_role("combobox", name=label)
        chosen = within.get_by_role("option").filter(has_text=option).first

        def again() -> None:
            select.blur()
            press(select)

        press(select)
        self.offered(chosen, again)
        press(chosen)
        expect(select).to_have_value(re.compile(re.escape(option)))

    def offered(self, option: Locator, again: Callable[[], None]) -> None:
        """Waits for an option of a select that is open; `again` closes and opens it.

        The bot has two seconds to look for what it offers, and who sees nothing then asks once more.
        """
        for _ in range(_REOPENED):
            with suppress(NotInTimeError):
                option.wait_for(timeout=_OFFERED_MS)
                return
            again()
        expect(option).to_be_visible()

    # Going about

    def entry(self, name: str) -> Locator:
        """The sidebar's entry of a channel or an app, whatever is new in it."""
        return self.sidebar.get_by_role("button", name=re.compile(rf"^{re.escape(name)}( \d+ new)?$"))

    def goes(self, name: str, place: str) -> None:
        """Clicks an entry of the sidebar."""
        self.entry(name).click()
        self.place = place

    def inspects(self, on: bool = True) -> None:
        toggle = self.page.get_by_role("button", name="Inspector", exact=True)
        if (toggle.get_attribute("aria-pressed") == "true") != on:
            toggle.click()
        expect(self.inspector).to_be_visible(visible=on)

    def act(self, words: str) -> Locator:
        """What the inspector shows of the latest act with those words."""
        acts = self.inspector.get_by_role("list", name="What happened, newest first")
        return acts.locator("> li").filter(has_text=words).first


def column(message: Locator, header: str) -> list[str]:
    """What stands under that header in the rows that are shown."""
    headers = [words.strip("▲▼ \n") for words in message.get_by_role("columnheader").all_inner_texts()]
    place = headers.index(header)
    return message.locator(f"tbody tr > :nth-child({place + 1})").all_inner_texts()


class Tabs:
    """Opens tabs, each in a browser context of its own, and keeps what went wrong in any of them."""

    def __init__(self, browser: Browser, playground: Playground, url: str) -> None:
        self._browser = browser
        self._playground = playground
        self._url = url
        self._contexts: list[BrowserContext] = []
        self.wrong: list[str] = []
        expect.set_options(timeout=_PATIENCE_MS)

    def open(self, person: str = "ada", place: str = "ops", **settings: object) -> Tab:
        """A tab of that person; settings are those of a browser context."""
        context = self._browser.new_context(**{"viewport": WIDE, "locale": "en-GB", **settings})  # type: ignore[arg-type]
        self._contexts.append(context)
        context.set_default_timeout(_PATIENCE_MS)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.wrong.append(f"page error: {error.error}"))
        context.on("request", self._asked)
        page = context.new_page()
        page.on("websocket", self._called)
        return Tab(page, self._url, self._person(person), place)

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _person(self, name: str) -> Person:
        return next(
            each for team in self._playground.slack.teams for each in team.people if each.name == name
        )

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"console {message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not _HERE.match(request.url):
            self.wrong.append(f"request to {request.url}")

    def _called(self, socket: WebSocket) -> None:
        if not _HERE.match(socket.url):
            self.wrong.append(f"WebSocket to {socket.url}")
