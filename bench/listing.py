"""A list of ten thousand pods against its bare bytes, the kubernetes client's models, and kubectl; and tokens."""

import shutil
from functools import partial

from bench.measure import Measured, case, measured, medians
from bench.row import Row, megabytes, seconds, times
from bench.world import REGION, World, plan, world

PODS = 10_000
_CLUSTER = "bench"
_KUBECTL = "kubectl get pods -A --server-print=false"
_AGAIN_MOST = 0.020


def rows(rounds: int) -> list[Row]:
    with world(plan(_CLUSTER, PODS)) as there:
        token = measured(case("listing", "token"), there.env)
        runs = {
            name: partial(measured, case("listing", name), there.env) for name in ("bytes", "ours", "models")
        }
        kubectl = shutil.which("kubectl")
        with there.kubeconfig(_CLUSTER, token.told["token"]) as path:
            if kubectl:
                # The same objects as ours: a table would be made by the playground, in its own time.
                argv = [kubectl, "--kubeconfig", str(path), *_KUBECTL.split()[1:]]
                runs["kubectl"] = partial(measured, argv, {"NO_PROXY": "127.0.0.1"})
            found = medians(runs, rounds)
        memory = measured(case("listing", "memory"), there.env)
        size = found["bytes"].told["bytes"] / PODS
        return [
            *_first(found),
            *_again(found["ours"]),
            Row(
                "memory for a watched pod",
                f"{memory.told['bytes']:,.0f} bytes",
                f"its JSON {size / 1000:.1f} kB",
                f"1/{size / memory.told['bytes']:.0f}",
                "≤ 1/10, ≤ 1.2 kB",
                memory.told["bytes"] <= min(size / 10, 1_200),
            ),
            _token_row(token, there),
        ]


def _first(found: dict[str, Measured]) -> list[Row]:
    what = f"first list of {PODS:,} pods"
    ours, bare, models = found["ours"], found["bytes"], found["models"]
    lines = [
        Row(
            what,
            seconds(ours.seconds),
            f"its bytes, unread {seconds(bare.seconds)}",
            times(ours.seconds / bare.seconds),
            "≤ 1.15 ×",
            ours.seconds <= 1.15 * bare.seconds,
        ),
        Row(
            what,
            seconds(ours.seconds),
            f"kubernetes client's models {seconds(models.seconds)}",
            f"{times(models.seconds / ours.seconds)} faster",
            "≥ 15 × faster",
            models.seconds >= 15 * ours.seconds,
        ),
    ]
    if "kubectl" not in found:
        absent = Row(what, seconds(ours.seconds), _KUBECTL, "no kubectl here", "≥ 4 × faster", None)
        return [*lines, absent]
    kubectl = found["kubectl"]
    return [
        *lines,
        Row(
            what,
            seconds(ours.seconds),
            f"{_KUBECTL} {seconds(kubectl.seconds)}",
            f"{times(kubectl.seconds / ours.seconds)} faster",
            "≥ 4 × faster",
            kubectl.seconds >= 4 * ours.seconds,
        ),
        Row(
            "memory for it, of the whole process",
            megabytes(ours.rss),
            f"{_KUBECTL} {megabytes(kubectl.rss)}",
            f"1/{kubectl.rss / ours.rss:.1f}",
            "≤ 1/6",
            ours.rss * 6 <= kubectl.rss,
        ),
    ]


_WORDS = {
    "again": "the same list again",
    "filter": "another filter",
    "page": "another page",
    "namespace": "another namespace",
    "sort": "another order",
}


def _again(ours: Measured) -> list[Row]:
    taken = {_WORDS[name]: value for name, value in ours.told["again"].items()}
    taken["the same list after a second, the server asked"] = ours.told["later"]
    return [
        Row(
            what,
            seconds(value),
            f"first list {seconds(ours.seconds)}",
            f"{times(ours.seconds / value)} faster",
            "≥ 50 × faster, ≤ 20 ms",
            value <= _AGAIN_MOST and ours.seconds >= 50 * value,
        )
        for what, value in taken.items()
    ]


def _token_row(token: Measured, there: World) -> Row:
    what, reach = "one bearer token", "≥ 1,000 × faster"
    aws = shutil.which("aws")
    if not aws:
        return Row(what, seconds(token.seconds), "aws eks get-token", "no aws here", reach, None)
    argv = [
        aws,
        "eks",
        "get-token",
        "--cluster-name",
        _CLUSTER,
        "--region",
        REGION,
        "--profile",
        "payments-prod",
    ]
    peer = medians({"aws": partial(measured, argv, there.env)}, 3)["aws"]
    return Row(
        what,
        seconds(token.seconds),
        f"aws eks get-token {seconds(peer.seconds)}",
        f"{times(peer.seconds / token.seconds)} faster",
        reach,
        peer.seconds >= 1_000 * token.seconds,
    )
