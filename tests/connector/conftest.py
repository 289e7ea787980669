"""The other ends of the connector's wires: AWS by moto's server, a TLS API server, and AWS's own settings."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from moto.eks.models import Cluster, eks_backends
from moto.moto_api._internal import moto_api_backend
from moto.server import ThreadedMotoServer

from bot.database import Database
from bot.vault import RedisVault
from connector.aws import Keys
from connector.cluster import Cluster as Reached
from connector.connector import EKSConnector
from connector.lanes import Deadline
from connector.saved import SavedRecords
from connector.workspaces import WorkspaceKey
from playground.aws import LocalAws
from playground.fleet import Cluster as Playing
from playground.fleet import Fleet
from tests.connector.api_server import ApiServer
from tests.connector.aws_front import AwsFront
from tests.connector.reached import reached
from tests.databases import Postgres, opened, postgres_server, sqlite_url
from tests.playground.eks_client import token
from tests.playground.kubectl import Kubectl
from tests.redis_server import RedisServer, redis_server

ACCOUNT = "123456789012"
"""The account that moto puts everybody in who is not in another."""

REGION = "eu-west-1"

KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIK7MDENGbPxRfiCYCANARYSECRET")

Ask = Callable[[Callable[..., Any]], Any]
"""Has a cluster that is connected to do a job, and gives what comes of it."""


def soon() -> Deadline:
    return Deadline(10)


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """AWS's settings of this test alone, with no profile; call it to write the config and credentials files."""
    for name in (
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_SESSION_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)

    def write(config: str, credentials: str = "") -> None:
        (tmp_path / "config").write_text(config)
        (tmp_path / "credentials").write_text(credentials)

    return write


@pytest.fixture
def aws(
    moto_url: str, aws_settings: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[AwsFront]:
    """An empty AWS; profile `ops` may do all in it."""
    moto_api_backend.reset()
    front = AwsFront(moto_url)
    threading.Thread(target=front.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", front.url)
    aws_settings(
        "[profile ops]\nregion = us-east-1\n",
        f"[ops]\naws_access_key_id = {KEYS.access_key_id}\naws_secret_access_key = {KEYS.secret_access_key}\n",
    )
    yield front
    front.released.set()
    front.shutdown()
    front.server_close()


MakeCluster = Callable[..., Any]

WORKSPACE = WorkspaceKey("E1", "T1")
"""The one that several replicas serve."""

SEAL = b"k" * 32
"""The key of what they share of AWS keys."""

Start = Callable[..., EKSConnector]


@pytest.fixture
def make_cluster(aws: AwsFront) -> MakeCluster:
    """Make an EKS cluster, reachable when it is given an API server; it is moto's own object."""

    def make(
        name: str,
        api: ApiServer | None = None,
        *,
        region: str = REGION,
        account: str = ACCOUNT,
        **values: Any,
    ) -> Any:
        cluster = Cluster(
            name=name,
            role_arn=f"arn:aws:iam::{account}:role/eks",
            resources_vpc_config={"subnetIds": ["subnet-1"]},
            account_id=account,
            region_name=region,
            aws_partition="aws",
            version="1.34",
        )
        # create_cluster would read botocore's list of partitions anew for each.
        eks_backends[account][region].clusters[name] = cluster
        if api:
            cluster.endpoint = api.url
            cluster.certificate_authority = {"data": api.ca}
        for key, value in values.items():
            setattr(cluster, key, value)
        return cluster

    return make


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def api(ca: trustme.CA) -> Iterator[ApiServer]:
    """A cluster's API server with two namespaces and nothing in them."""
    server = ApiServer(ca)
    server.put("/api/v1/namespaces", [{"metadata": {"name": name}} for name in ("default", "kube-system")])
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def cluster(api: ApiServer) -> Iterator[Reached]:
    """The cluster behind that API server."""
    made = reached(api)
    yield made
    made.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    with opened(sqlite_url(tmp_path)) as made:
        yield made


@pytest.fixture
def postgresql_database(postgres: Postgres) -> Iterator[Database]:
    with opened(postgres.new()) as made:
        yield made


@pytest.fixture(params=["sqlite_database", "postgresql_database"])
def database(request: pytest.FixtureRequest) -> Database:
    """What several replicas would share, of each kind in turn, with all tables."""
    made: Database = request.getfixturevalue(request.param)
    return made


@pytest.fixture(scope="session")
def redis_running() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def start(database: Database) -> Iterator[Start]:
    """Starts another process's connector of one workspace, on the shared database."""
    made: list[EKSConnector] = []

    def replica(store: RedisVault | None = None, key: WorkspaceKey = WORKSPACE, **more: Any) -> EKSConnector:
        vault = store.of(key) if store else None
        made.append(EKSConnector(SavedRecords(database.engine, key), vault, **more))
        return made[-1]

    yield replica
    for one in made:
        one.close()


@pytest.fixture
def store(redis_running: RedisServer) -> Iterator[RedisVault]:
    redis_running.client.flushall()
    made = RedisVault.open(redis_running.url, (SEAL,))
    yield made
    made.close()


@pytest.fixture(scope="session")
def running_fleet() -> Iterator[Fleet]:
    with Fleet.start(seed=7) as made:
        yield made


@pytest.fixture
def fleet(running_fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Fleet, LocalAws]]:
    """The playground's clusters and its AWS, which knows each key and checks each signature."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    with LocalAws.start(running_fleet) as local:
        for name, value in local.env().items():
            monkeypatch.setenv(name, value)
        yield running_fleet, local
    for cluster in running_fleet.clusters:
        cluster.access.forget_denials()


@pytest.fixture
def staging(fleet: tuple[Fleet, LocalAws]) -> Playing:
    return fleet[0].cluster("staging-payments")


@pytest.fixture
def ask(staging: Playing, connector: EKSConnector) -> Ask:
    made = connector.connect_with_aws_profile(staging.name, REGION, "payments-prod", connected_by="U1")
    return lambda job: connector.ask(made.id, soon(), job)


@pytest.fixture
def kubectl(fleet: tuple[Fleet, LocalAws], staging: Playing, tmp_path: Path) -> Kubectl:
    """The judge of what is said of it."""
    return Kubectl(staging, token(fleet[0].users["payments-bot"], staging.name, staging.region), tmp_path)


@pytest.fixture
def connector() -> Iterator[EKSConnector]:
    made = EKSConnector()
    yield made
    made.close()
