"""Many connections in many workspaces, all pods of each watched: memory, and CPU while nothing happens.

`python -m bench.cases.watched CONNECTIONS WORKSPACES`; the clusters are called c-0, c-1, …
"""

import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.cases.told import tell
from bench.world import PROFILE, REGION
from connector.connector import EKSConnector
from connector.resources import Query
from connector.watching import Budget
from connector.workspaces import WorkspaceKey, Workspaces

_IDLE_SECONDS = 20.0
_DEADLINE = 300.0


def _main(connections: int, workspaces: int) -> None:
    # What the whole bot has in memory is in the figure too.
    import bot.run  # noqa: F401

    budget = Budget(1_000_000)
    all_of_them = Workspaces(lambda _key: EKSConnector(budget=budget))

    def watch(at: int) -> int:
        connector = all_of_them.connector(WorkspaceKey(None, f"T{at % workspaces}"))
        made = connector.connect_with_aws_profile(
            f"c-{at}", REGION, PROFILE, connected_by="bench", deadline=_DEADLINE
        )
        return connector.get_resources(made.id, Query("pods"), deadline=_DEADLINE).total

    began = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        rows = sum(pool.map(watch, range(connections)))
    seconds = time.perf_counter() - began
    assert budget.load() == {"watches": connections, "rows": rows}
    before = time.process_time()
    time.sleep(_IDLE_SECONDS)
    idle = (time.process_time() - before) / _IDLE_SECONDS
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    tell(seconds, rows=rows, now=pages * resource.getpagesize(), idle=idle)
    all_of_them.close()


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]))
