"""How latency and memory grow: with the pods of a cluster, with connections, and with the people who type.

`python -m bench.curves` writes them into docs/performance.md as tables, and as charts beside it.
"""

import sys
from collections.abc import Mapping, Sequence

from bench import load
from bench.chart import Points, chart
from bench.measure import case, measured
from bench.report import PAGE, machine, put
from bench.row import markdown, megabytes, seconds
from bench.watched import watched
from bench.world import plan, world

_PODS = (1_000, 10_000, 50_000)
_CONNECTIONS = (1, 10, 50)
_PEOPLE = (1, 10, 100)
_CHARTS = PAGE.parent / "charts"


def _draw(name: str, title: str, x: str, y: str, lines: Mapping[str, Points]) -> str:
    _CHARTS.mkdir(exist_ok=True)
    (_CHARTS / f"{name}.svg").write_text(chart(title, x, y, lines), encoding="utf-8")
    return f"![{title}](charts/{name}.svg)"


def _of_pods() -> str:
    found = []
    for pods in _PODS:
        with world(plan("bench", pods)) as there:
            found.append((pods, measured(case("listing", "ours"), there.env)))
    lines = [
        (f"{pods:,}", seconds(one.seconds), seconds(one.told["again"]["again"]), megabytes(one.rss))
        for pods, one in found
    ]
    table = markdown(("pods of the cluster", "first list", "the same again", "memory at its peak"), lines)
    first = _draw(
        "pods",
        "Seconds until a list of all pods is drawn",
        "pods",
        "seconds",
        {
            "first list": [(pods, one.seconds) for pods, one in found],
            "again": [(pods, one.told["again"]["again"]) for pods, one in found],
        },
    )
    second = _draw(
        "memory",
        "Memory of the process at its peak",
        "pods",
        "MB",
        {"a list of all": [(pods, one.rss / 1e6) for pods, one in found]},
    )
    return f"{table}\n\n{first}\n{second}"


def _of_connections() -> str:
    found = [(count, watched(count, min(count, 10), 2_000)) for count in _CONNECTIONS]
    lines = [(f"{count}", megabytes(one.rss), f"{one.told['idle']:.1%}") for count, one in found]
    table = markdown(("connections, 2,000 watched pods each", "memory at its peak", "CPU at rest"), lines)
    drawn = _draw(
        "connections",
        "Memory by connections, 2,000 watched pods each",
        "connections",
        "MB",
        {"peak": [(count, one.rss / 1e6) for count, one in found]},
    )
    return f"{table}\n\n{drawn}"


def _of_people(transports: Sequence[str] = tuple(load.TRANSPORTS)) -> str:
    lines = []
    curves: dict[str, list[tuple[float, float]]] = {}
    with world(plan(load.CLUSTER, 50)) as there:
        for transport in transports:
            for people, one, rss in load.crowds(transport, there, _PEOPLE):
                name = load.TRANSPORTS[transport]
                middle, late = one.percentile(0.5), one.percentile(0.99)
                answered = f"{one.answered} of {len(one.acks)}"
                lines.append((name, f"{people}", seconds(middle), seconds(late), answered, megabytes(rss)))
                curves.setdefault(f"{name}, 99th", []).append((people, late * 1000))
                curves.setdefault(f"{name}, median", []).append((people, middle * 1000))
    headers = (
        "transport",
        "commands a second",
        "ack, median",
        "ack, 99th of 100",
        "lists that came",
        "memory",
    )
    late_only = {name: points for name, points in curves.items() if name.endswith("99th")}
    drawn = _draw(
        "people", "Milliseconds until the acknowledgement", "commands a second", "ms, 99th of 100", late_only
    )
    return f"{markdown(headers, lines)}\n\n{drawn}"


def main() -> int:
    parts = (_of_pods(), _of_connections(), _of_people())
    put("curves", "\n\n".join((machine(), *parts)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
