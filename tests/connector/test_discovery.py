import time
from collections import Counter

import pytest

from connector.aws import Keys, Role, SignIn
from connector.connector import ClusterInfo, EKSConnector
from connector.errors import (
    AccessDenied,
    Failure,
    InvalidCredentials,
    InvalidRegion,
    Throttled,
    Unreachable,
)
from tests.connector.aws_front import AwsFront, Hang, Refusal
from tests.connector.conftest import ACCOUNT, KEYS, REGION, MakeCluster

OPS = SignIn(profile="ops")


def test_every_page_is_read_and_every_cluster_described(
    connector: EKSConnector, make_cluster: MakeCluster, aws: AwsFront
) -> None:
    names = sorted(f"cluster-{number}" for number in range(101))
    made = {name: make_cluster(name) for name in names}
    seen: list[tuple[int, int]] = []
    found = connector.list_available_clusters(
        REGION, OPS, on_progress=lambda done, all_: seen.append((done, all_))
    )
    assert [cluster.name for cluster in found.clusters] == names
    assert (found.region, found.identity.account, found.complete) == (REGION, ACCOUNT, True)
    first = found.clusters[0]
    assert first == ClusterInfo(
        name=names[0],
        status="ACTIVE",
        version="1.34",
        endpoint=made[names[0]].endpoint,
        created=first.created,
    )
    assert first.created is not None
    assert first.created.tzinfo is not None
    assert seen == [(done, 101) for done in range(1, 102)]
    # EKS gives 100 names a page.
    assert aws.calls["ListClusters"] == 2


def test_no_clusters_is_an_answer(connector: EKSConnector, aws: AwsFront) -> None:
    found = connector.list_available_clusters(REGION, OPS)
    assert (found.clusters, found.complete) == ((), True)


def test_regions_do_not_mix(connector: EKSConnector, make_cluster: MakeCluster) -> None:
    make_cluster("here")
    make_cluster("there", region="us-east-1")
    assert [cluster.name for cluster in connector.list_available_clusters("us-east-1", OPS).clusters] == [
        "there"
    ]


def test_a_cluster_that_cannot_be_described_is_a_row_with_its_error(
    connector: EKSConnector, make_cluster: MakeCluster, aws: AwsFront
) -> None:
    for name in ("dev", "prod", "test"):
        make_cluster(name)
    aws.faults["DescribeCluster"] = Refusal(
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/ops is not authorized to perform: eks:DescribeCluster on resource: "
        "arn:aws:eks:eu-west-1:123456789012:cluster/prod",
        name="prod",
    )
    found = connector.list_available_clusters(REGION, OPS)
    assert [(cluster.name, cluster.status) for cluster in found.clusters] == [
        ("dev", "ACTIVE"),
        ("prod", None),
        ("test", "ACTIVE"),
    ]
    error = found.clusters[1].error
    assert isinstance(error, AccessDenied)
    assert error.what == "AWS refused: eks:DescribeCluster on prod"
    assert found.complete is True


def test_what_was_found_by_the_deadline_is_given(
    connector: EKSConnector, make_cluster: MakeCluster, aws: AwsFront
) -> None:
    for name in ("dev", "prod"):
        make_cluster(name)
    hang = Hang()
    hang.name = "prod"
    aws.faults["DescribeCluster"] = hang
    began = time.monotonic()
    found = connector.list_available_clusters(REGION, OPS, deadline=3.0)
    assert time.monotonic() - began < 6
    assert [(cluster.name, cluster.status) for cluster in found.clusters] == [
        ("dev", "ACTIVE"),
        ("prod", None),
    ]
    assert found.clusters[1].error is None
    assert found.complete is False


@pytest.mark.parametrize("action", ["GetCallerIdentity", "ListClusters"])
def test_the_deadline_holds_when_aws_hangs(connector: EKSConnector, aws: AwsFront, action: str) -> None:
    aws.faults[action] = Hang()
    began = time.monotonic()
    with pytest.raises(Unreachable, match="AWS in eu-west-1 does not answer"):
        connector.list_available_clusters(REGION, OPS, deadline=0.5)
    assert time.monotonic() - began < 1.5


def test_one_region_that_hangs_does_not_stop_another(
    connector: EKSConnector, make_cluster: MakeCluster, aws: AwsFront, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_cluster("there", region="us-east-1")
    aws.faults["GetCallerIdentity"] = Hang()
    for _ in range(9):
        with pytest.raises(Failure, match=r"does not answer|busy|Too much"):
            connector.list_available_clusters(REGION, OPS, deadline=0.05)
    del aws.faults["GetCallerIdentity"]
    assert len(connector.list_available_clusters("us-east-1", OPS).clusters) == 1


def test_keys_are_asked_who_they_are_before_anything_else(connector: EKSConnector, aws: AwsFront) -> None:
    order: list[str] = []
    aws.before = order.append
    connector.list_available_clusters(REGION, SignIn(keys=KEYS))
    assert order == ["GetCallerIdentity", "ListClusters"]
    order.clear()
    aws.faults["GetCallerIdentity"] = Refusal(
        "InvalidClientTokenId", "The security token included in the request is invalid."
    )
    with pytest.raises(InvalidCredentials) as caught:
        connector.list_available_clusters(REGION, SignIn(keys=KEYS))
    assert caught.value.field == "access_key_id"
    assert order == ["GetCallerIdentity"]


def test_an_answer_may_be_given_again_for_a_while(
    connector: EKSConnector, make_cluster: MakeCluster, aws: AwsFront
) -> None:
    make_cluster("prod")
    first = connector.list_available_clusters(REGION, OPS)
    make_cluster("new")
    calls = Counter(aws.calls)
    assert connector.list_available_clusters(REGION, OPS, max_age=60) is first
    assert aws.calls == calls
    assert len(connector.list_available_clusters(REGION, OPS).clusters) == 2
    assert len(connector.list_available_clusters(REGION, OPS, max_age=60).clusters) == 2
    # Not for another sign-in, and not for keys.
    role = SignIn(profile="ops", role=Role("arn:aws:iam::111122223333:role/reader"))
    assert connector.list_available_clusters(REGION, role, max_age=60).clusters == ()
    connector.list_available_clusters(REGION, SignIn(keys=KEYS), max_age=60)
    calls = Counter(aws.calls)
    connector.list_available_clusters(REGION, SignIn(keys=KEYS), max_age=60)
    assert aws.calls["GetCallerIdentity"] == calls["GetCallerIdentity"] + 1


def test_an_answer_with_a_hole_in_it_is_not_given_again(
    connector: EKSConnector, make_cluster: MakeCluster, aws: AwsFront
) -> None:
    make_cluster("prod")
    aws.faults["DescribeCluster"] = Hang()
    assert connector.list_available_clusters(REGION, OPS, deadline=3.0).complete is False
    del aws.faults["DescribeCluster"]
    assert connector.list_available_clusters(REGION, OPS, max_age=60).complete is True


def test_a_throttled_call_is_tried_three_times_and_told(connector: EKSConnector, aws: AwsFront) -> None:
    aws.faults["ListClusters"] = Refusal("ThrottlingException", "Rate exceeded", 429)
    with pytest.raises(Throttled, match="slowing requests down in eu-west-1"):
        connector.list_available_clusters(REGION, OPS)
    assert aws.calls["ListClusters"] == 3


@pytest.mark.parametrize("region", ["eu-west-11", "", "EU-WEST-1", "../x", "eu-west-1\n"])
def test_a_region_that_is_none_asks_nobody(connector: EKSConnector, aws: AwsFront, region: str) -> None:
    with pytest.raises(InvalidRegion) as caught:
        connector.list_available_clusters(region, OPS)
    assert (caught.value.field, not aws.calls) == ("region", True)


def test_a_sign_in_never_shows_its_secrets() -> None:
    sign_in = SignIn(
        keys=Keys("AKIAIOSFODNN7EXAMPLE", "CANARY-secret", "CANARY-token"),
        role=Role("arn:aws:iam::111122223333:role/x", "CANARY-id"),
    )
    assert "CANARY" not in f"{sign_in!r} {sign_in} {sign_in.label}"
    assert sign_in.label == "AWS keys `AKIA…MPLE` as role `x`"
