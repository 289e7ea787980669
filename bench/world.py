"""The other end of what is measured: AWS and clusters of the playground, in a process of their own.

Run as `python -m bench.world PLANS`: prints one line of JSON, then takes a line of commands after the other until its
input ends: `slow SECONDS` for every call to AWS, `crash CLUSTER NUMBER`, and `hang`, `reset`, `expire`
(its history), `unknown` (who asks) and `clear` CLUSTER.
"""

import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playground.aws import LocalAws
from playground.fleet import Cluster, Fleet
from playground.fleet.plan import PAYMENTS, WEB, ClusterPlan

REGION = "eu-west-1"
PROFILE = "payments-prod"


def plan(
    name: str, pods: int, *, region: str = REGION, nodes: int = 0, status: Any = "ACTIVE"
) -> ClusterPlan:
    """A healthy cluster of that size, which PROFILE may do everything in."""
    return ClusterPlan(
        name,
        region,
        PAYMENTS,
        "34",
        pods=pods,
        nodes=nodes or max(3, pods // 50),
        age_days=400,
        status=status,
        groups=(("user/payments-bot", ("system:masters",)),),
        cast="few" if pods >= 100 else "healthy",
    )


@dataclass(frozen=True)
class World:
    """What a measured process needs to know."""

    env: dict[str, str]
    """AWS's settings."""
    endpoints: dict[str, tuple[str, str]]
    """Address and CA (PEM) of each cluster by name."""
    child: "subprocess.Popen[str]"

    def tell(self, command: str) -> None:
        """Have one of the commands above done, and wait until it is."""
        assert self.child.stdin
        assert self.child.stdout
        self.child.stdin.write(f"{command}\n")
        self.child.stdin.flush()
        self.child.stdout.readline()

    @contextmanager
    def kubeconfig(self, cluster: str, token: str) -> Iterator[Path]:
        """A kubeconfig file for kubectl, by that token."""
        address, authority = self.endpoints[cluster]
        server = {
            "server": address,
            "certificate-authority-data": base64.b64encode(authority.encode()).decode(),
        }
        made = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "bench", "cluster": server}],
            "users": [{"name": "bench", "user": {"token": token}}],
            "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench"}}],
            "current-context": "bench",
        }
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "config"
            path.touch(mode=0o600)
            path.write_text(json.dumps(made))
            yield path


@contextmanager
def world(*plans: ClusterPlan) -> Iterator[World]:
    """The playground with these clusters, served by a process of its own."""
    child = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "bench.world",
            json.dumps([{**asdict(one), "absent_groups": []} for one in plans]),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdin
    assert child.stdout
    try:
        told = json.loads(child.stdout.readline())
        yield World(told["env"], {name: tuple(pair) for name, pair in told["endpoints"].items()}, child)
    finally:
        child.stdin.close()
        child.wait(60)


def _plan(told: dict[str, Any]) -> ClusterPlan:
    groups = tuple((who, tuple(of)) for who, of in told["groups"])
    return ClusterPlan(**{**told, "groups": groups, "absent_groups": frozenset()})


def _made(fleet: Fleet) -> Sequence[Cluster]:
    """The clusters with a server, all their pods made before anything is measured."""
    serving = [cluster for cluster in fleet.clusters if cluster.has_server]
    for cluster in serving:
        len(cluster.pods)
    return serving


def _obey(fleet: Fleet, aws: LocalAws, command: str) -> None:
    verb, *words = command.split()
    if verb == "slow":
        aws.faults.slow("*", float(words[0]))
    elif verb == "crash":
        victim = fleet.cluster(words[0]).pods[int(words[1])]
        fleet.cluster(words[0]).faults.crash(victim.namespace, victim.name)
    else:
        faults = fleet.cluster(words[0]).faults
        switches = {
            "hang": faults.hang,
            "reset": faults.reset,
            "expire": faults.expire_continue,
            "unknown": faults.reject_tokens,
            "clear": faults.clear,
        }
        switches[verb]()


def _serve(plans: Sequence[ClusterPlan]) -> None:
    # AWS needs an account for each of its people.
    corner = ClusterPlan("corner", "us-east-1", WEB, "34", pods=0, nodes=0, age_days=1, status="CREATING")
    with Fleet.start(7, (*plans, corner)) as fleet, LocalAws.start(fleet) as aws:
        endpoints = {one.name: (one.endpoint, one.certificate_authority) for one in _made(fleet)}
        print(json.dumps({"env": aws.env(), "endpoints": endpoints}), flush=True)
        for command in sys.stdin:
            _obey(fleet, aws, command)
            print("done", flush=True)


if __name__ == "__main__":
    _serve([_plan(each) for each in json.loads(sys.argv[1])])
