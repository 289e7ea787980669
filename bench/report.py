"""Writes what was measured into docs/performance.md, between two marks, with the machine that it was measured on."""

import os
import platform
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bench.row import HEADERS, Row, cells, markdown

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
_BEGIN, _END = "<!-- measured: {} -->\n", "<!-- /measured: {} -->\n"
_LIBRARIES = ("boto3", "kubernetes", "msgspec", "slack-bolt", "urllib3")


def write(rows: Sequence[Row], rounds: int) -> None:
    """The table, in place of the one before."""
    put("table", f"{machine()} Medians of {rounds}.\n\n{markdown(HEADERS, cells(rows))}\n")


def put(name: str, text: str) -> None:
    """Puts `text` between the marks of that name."""
    begin, end = _BEGIN.format(name), _END.format(name)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def machine() -> str:
    """What it is measured on, in a sentence without a name of it."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    busy = os.getloadavg()[0]
    return (
        f"Measured on {time.strftime('%Y-%m-%d', time.gmtime())}: {os.cpu_count()} cores ({_processor()}),"
        f" {gigabytes:.0f} GiB, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" {libraries}. Load average while it was: {busy:.1f}."
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
