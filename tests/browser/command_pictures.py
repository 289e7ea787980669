"""A picture of each command's answer, for docs/commands.md: what is typed, and the words its answer is known by."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from playground.slack import Person
from tests.browser.tab import PAYMENTS, Tab

FOLDER = Path(__file__).parent.parent.parent / "docs" / "images" / "commands"
ROOM: dict[str, Any] = {"viewport": {"width": 1080, "height": 2400}}

STAGING = "eu-west-1_staging-payments"
CONNECT_STAGING = "/eks connect staging-payments --region eu-west-1 --profile payments-prod"

# By the command's name; {pod} is one that crashes. A form has a title instead of words.
LINES: Mapping[str, tuple[str, str]] = {
    "clusters": ("/eks clusters --all-regions --profile payments-prod --profile web-prod", "prod-web"),
    "connections": ("/eks connections", "This workspace is connected"),
    "disconnect": (f"/eks disconnect -c {PAYMENTS}", "Disconnect"),
    "kubeconfig": (f"/eks kubeconfig {STAGING}", "update-kubeconfig"),
    "doctor": ("/eks doctor prod-payments --region eu-west-1 --profile stranger", "create-access-entry"),
    "use": (f"/eks use {STAGING} -n chaos", "chaos"),
    "pods": ("/eks pods", "CrashLoopBackOff"),
    "deployments": ("/eks deployments", "UP-TO-DATE"),
    "services": ("/eks services -n checkout", "services"),
    "nodes": ("/eks nodes -A", "Ready"),
    "events": ("/eks events --warnings", "BackOff"),
    "get": ("/eks get dispatches -A", "PHASE"),
    "describe": ("/eks describe pod {pod}", "Conditions"),
    "logs": ("/eks logs {pod} --previous --tail 20", "times below are UTC"),
    "top": ("/eks top pods", "Memory"),
    "rollout": ("/eks rollout status image-backoff", "stuck"),
    "yaml": ("/eks yaml pod {pod}", ".yaml"),
    "audit": ("/eks audit --since 1h", "audit"),
    "whoami": ("/eks whoami", "What you may do here"),
    "help": ("/eks help logs", "Usage"),
}
FORMS: Mapping[str, tuple[str, str]] = {"connect": ("/eks connect", "Connect to a cluster")}


def draw(tab: Tab, person: Person, pod: str) -> None:
    """Writes all of them; `tab` is in a channel where the bot has been connected to what LINES name."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    tab.inspects(on=False)
    for name, (line, words) in LINES.items():
        _picture(name, tab.says(line.format(pod=pod), words))
    for name, (line, title) in FORMS.items():
        _picture(name, tab.opens(line, title))
        if person.view:
            person.closes(person.view, everything=True)


def _picture(name: str, shown: Locator) -> None:
    expect(shown).to_be_visible()
    shown.scroll_into_view_if_needed()
    shown.screenshot(path=FOLDER / f"{name}.png", caret="hide", animations="disabled")
