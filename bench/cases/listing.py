"""All pods of a cluster: from the question to the blocks of the answer; again; and by other means.

`ours` as the bot does it, `bytes` the same pages unread, `models` by the kubernetes client's own calls; `memory` is
what stays of each pod. `token` prints a bearer token, which kubectl is given.
"""

import gc
import re
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable

from kubernetes import client

from bench.cases.told import tell
from bench.world import PROFILE, REGION
from connector.aws import Session, SignIn
from connector.cluster import Cluster
from connector.connector import Connection, EKSConnector
from connector.lanes import Deadline
from connector.resources import Query
from connector.token import TokenSource
from connector.watching import Budget
from handlers.blocks import listing
from handlers.blocks.message import Rung
from handlers.command import Command

CLUSTER = "bench"
_SECONDS = 300.0
_CONTINUE = re.compile(rb'"continue": ?"([^"]+)"')
_AGAIN = 20
# Longer than an answer is taken for fresh: the server is asked how many there are.
_LATER = 1.05


def _connected(budget: Budget | None = None) -> tuple[EKSConnector, Connection]:
    connector = EKSConnector(budget=budget)
    made = connector.connect_with_aws_profile(
        CLUSTER, REGION, PROFILE, connected_by="bench", deadline=_SECONDS
    )
    return connector, made


def _timed(job: Callable[[], object]) -> float:
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def _ours() -> None:
    connector, made = _connected(Budget())

    def answer(query: Query, command: Command) -> None:
        found = connector.get_resources(made.id, query, deadline=_SECONDS)
        assert found.complete
        listing.drawn(found, made, command, Rung.DATA_TABLE)

    pods = Command(verb="get", kind="pods", connection=made.id)
    first = _timed(lambda: answer(Query("pods"), pods))
    found = connector.get_resources(made.id, Query("pods"), deadline=_SECONDS)
    namespace = found.rows[-1].namespace or ""
    others = {
        "again": (Query("pods"), pods),
        "filter": (Query("pods", words=("api",)), pods.replaced(words=("api",))),
        "page": (Query("pods"), pods.replaced(offset=found.total // 2)),
        "namespace": (Query("pods", namespace), pods.replaced(namespace=namespace)),
        "sort": (Query("pods", sort_by="RESTARTS"), pods.replaced(sort_by="RESTARTS")),
    }

    def median(query: Query, command: Command) -> float:
        return statistics.median(_timed(lambda: answer(query, command)) for _ in range(_AGAIN))

    again = {name: median(*asked) for name, asked in others.items()}
    later = []
    for _ in range(5):
        time.sleep(_LATER)
        later.append(_timed(lambda: answer(Query("pods"), pods)))
    connector.close()
    tell(first, again=again, later=statistics.median(later), rows=found.total)


def _memory() -> None:
    connector, made = _connected(Budget(1_000_000))
    # What the first list of all makes for good is not the pods'.
    connector.get_resources(made.id, Query("pods", "no-such-namespace"), deadline=_SECONDS)
    tracemalloc.start()
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    total = connector.get_resources(made.id, Query("pods"), deadline=_SECONDS).total
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    connector.close()
    tell(0.0, bytes=(after - before) / total)


def _pages(cluster: Cluster) -> int:
    """Reads all pages, and nothing in them but where the next one is."""
    query: dict[str, str | int] = {"limit": 500}
    size = 0
    while True:
        body = cluster.api.get("list pods", "/api/v1/pods", Deadline(_SECONDS), query=query)
        size += len(body)
        # It stands in the list's metadata, before or after its items.
        found = _CONTINUE.search(body[:1_000]) or _CONTINUE.search(body[-1_000:])
        if found is None:
            return size
        query["continue"] = found[1].decode()


def _bytes() -> None:
    connector, made = _connected()
    sizes: list[int] = []
    seconds = _timed(lambda: sizes.append(connector.ask(made.id, Deadline(_SECONDS), _pages)))
    connector.close()
    tell(seconds, bytes=sizes[0])


def _models() -> None:
    connector, made = _connected()

    def read(cluster: Cluster) -> int:
        core = client.CoreV1Api(cluster.api._client)
        count, token = 0, None
        while token is None or token:
            page = core.list_pod_for_all_namespaces(limit=500, _continue=token)
            count += len(page.items)
            token = page.metadata._continue or ""
        return count

    seconds = _timed(lambda: connector.ask(made.id, Deadline(_SECONDS), read))
    connector.close()
    tell(seconds)


def _token() -> None:
    session = Session.open(SignIn(profile=PROFILE), REGION)
    source = TokenSource(session.credentials, REGION, CLUSTER)
    token = source.token()
    many = 2_000

    def mint() -> None:
        for _ in range(many):
            source.renew()
            source.token()

    tell(_timed(mint) / many, token=token)


if __name__ == "__main__":
    cases = {"ours": _ours, "bytes": _bytes, "models": _models, "memory": _memory, "token": _token}
    cases[sys.argv[1]]()
