"""The browser that the page is shown in: this machine's own Chromium, which may reach this machine only."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name is looked up, so that nothing can leave the machine unseen.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def executable() -> str:
    """Where Chromium is: what CHROMIUM says, else the first of its usual names in PATH. Raises LookupError."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    if not found or not shutil.which(found):
        missing = f"CHROMIUM names {named}, which cannot be run" if named else "No Chromium is installed"
        raise LookupError(
            f"{missing}: install it with `apt-get install chromium`, or set CHROMIUM to where one is."
        )
    return found


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser without a window. Playwright holds this thread's event loop until the end, so asyncio.run fails."""
    path = executable()
    # Chromium's sandbox does not start for root.
    flags = [*_FLAGS, "--no-sandbox"] if os.geteuid() == 0 else [*_FLAGS]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=flags, chromium_sandbox=os.geteuid() != 0
        )
        try:
            yield browser
        finally:
            browser.close()
