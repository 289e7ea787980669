"""A local AWS: moto's server behind a gate that checks signatures, with the fleet's clusters in it."""

from __future__ import annotations

import base64
import random
import shutil
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from moto.core.base_backend import BackendDict
from moto.eks.models import eks_backends
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from playground.aws import profiles
from playground.aws.faults import AwsFaults
from playground.aws.gate import AwsCall, Gate
from playground.aws.sts import Sts
from playground.feed import Feed
from playground.fleet import Cluster, Fleet
from playground.principals import Credential

__all__ = ["AwsCall", "AwsFaults", "LocalAws"]


class LocalAws:
    """AWS on a free port of 127.0.0.1: STS and EKS for the accounts of a fleet.

    `endpoint` is its address, `faults` what can go wrong with it, `log` the calls it got. `keys` is a long-lived pair
    that may enter prod-payments (to read): made up at start, known to this playground only.
    """

    def __init__(self, fleet: Fleet) -> None:
        self.keys: Credential = fleet.users["guest"]
        self.log: Feed[AwsCall] = Feed()
        self.faults = AwsFaults(fleet.keyring)
        self._folder = Path(tempfile.mkdtemp(prefix="eks-chatops-aws-"))
        self._config, self._credentials = profiles.write(self._folder, fleet.users)
        rng = random.SystemRandom()
        accounts = {cluster.account for cluster in fleet.clusters}
        self._rented = {account: f"{rng.randrange(10**12):012}" for account in accounts}
        for cluster in fleet.clusters:
            _register(cluster, self._rented[cluster.account])
        gate = Gate(
            DomainDispatcherApplication(create_backend_app),
            keyring=fleet.keyring,
            sts=Sts(fleet.keyring, fleet.roles),
            rented=self._rented,
            faults=self.faults,
            log=self.log,
        )
        self._server = make_server("127.0.0.1", 0, gate, threaded=True, request_handler=_Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="playground-aws", daemon=True
        )
        self._thread.start()

    @classmethod
    def start(cls, fleet: Fleet) -> LocalAws:
        """Starts the server and writes the shared AWS files; the fleet must be running."""
        return cls(fleet)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def env(self) -> dict[str, str]:
        """The variables that make an AWS SDK talk to this AWS, in a process that has no other AWS_ variables."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CONFIG_FILE": str(self._config),
            "AWS_SHARED_CREDENTIALS_FILE": str(self._credentials),
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1,localhost",
        }

    def stop(self) -> None:
        """Stops the server, lets go what hangs, and removes the shared AWS files."""
        self.faults.clear()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)
        backends: BackendDict[Any]
        for backends in (eks_backends, iam_backends):
            for account in self._rented.values():
                backends.pop(account, None)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> LocalAws:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Handler(MotoRequestHandler):  # type: ignore[misc]
    """moto's handler, without its line for each request: the gate keeps a log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def _register(cluster: Cluster, account: str) -> None:
    """Makes moto describe the cluster as EKS would."""
    made = eks_backends[account][cluster.region].create_cluster(
        name=cluster.name,
        role_arn=f"arn:aws:iam::{account}:role/eks-cluster",
        resources_vpc_config={
            "subnetIds": ["subnet-0a1b2c3d4e5f60718", "subnet-18f6e5d4c3b2a1000"],
            "securityGroupIds": [],
            "endpointPublicAccess": cluster.plan.answers,
            "endpointPrivateAccess": not cluster.plan.answers,
        },
        version=cluster.version,
        tags={"environment": cluster.name.partition("-")[0]},
    )
    made.status = cluster.status
    made.created_at = cluster.created
    made.endpoint = cluster.endpoint
    authority = cluster.certificate_authority
    made.certificate_authority = (
        {"data": base64.b64encode(authority.encode()).decode()} if authority else None
    )
