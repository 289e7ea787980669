"""`python -m bench [NAME…]`: measures all there is, or some of it, prints the table, and writes docs/performance.md."""

import argparse
import importlib
import os
import sys
import time

from bench.report import write
from bench.row import HEADERS, Row, cells, plain

NAMES = ("listing", "regions", "start", "load", "watched", "bulkhead")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*NAMES, []], help=", ".join(NAMES))
    parser.add_argument("--rounds", type=int, default=3, help="of which the medians are taken")
    asked = parser.parse_args()
    # As where the bot is installed: what was compiled once is kept.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    found: list[Row] = []
    for name in asked.names or NAMES:
        began = time.monotonic()
        print(f"{name} …", file=sys.stderr, flush=True)
        found += importlib.import_module(f"bench.{name}").rows(asked.rounds)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(plain(HEADERS, cells(found)))
    if not asked.names:
        write(found, asked.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
