"""EKS's calendar of versions, as boto3 reads it."""

from datetime import UTC, datetime, timedelta

import pytest

from playground.aws import LocalAws
from playground.aws.versions import DAYS_LEFT
from playground.fleet import Fleet
from tests.playground.aws_client import client, refusal


def test_each_version_ends_when_the_calendar_says(aws: LocalAws) -> None:
    (*found,) = client("eks").describe_cluster_versions(includeAll=True)["clusterVersions"]
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for one in found:
        ends = today + timedelta(days=DAYS_LEFT[one["clusterVersion"]])
        assert one["endOfStandardSupportDate"] == ends
        assert one["endOfExtendedSupportDate"] == ends + timedelta(days=365)
        assert one["releaseDate"] < today
    assert {one["clusterVersion"]: one["versionStatus"] for one in found} == {
        "1.35": "STANDARD_SUPPORT",
        "1.34": "STANDARD_SUPPORT",
        "1.33": "STANDARD_SUPPORT",
        "1.32": "EXTENDED_SUPPORT",
        "1.31": "EXTENDED_SUPPORT",
        "1.30": "UNSUPPORTED",
    }


def test_every_cluster_of_the_fleet_has_a_version_in_it(fleet: Fleet) -> None:
    assert {cluster.version for cluster in fleet.clusters} <= set(DAYS_LEFT)


def test_what_is_over_is_told_only_when_asked_for(aws: LocalAws) -> None:
    shown = client("eks").describe_cluster_versions()["clusterVersions"]
    assert "1.30" not in {one["clusterVersion"] for one in shown}


def test_the_calendar_comes_in_pages(aws: LocalAws) -> None:
    pages = (
        client("eks")
        .get_paginator("describe_cluster_versions")
        .paginate(includeAll=True, PaginationConfig={"PageSize": 4})
    )
    sizes = [len(page["clusterVersions"]) for page in pages]
    assert sizes == [4, 2]


@pytest.mark.parametrize("wrong", [{"maxResults": 101}, {"nextToken": "x"}])
def test_a_page_that_is_none_is_refused(aws: LocalAws, wrong: dict[str, object]) -> None:
    assert refusal(lambda: client("eks").describe_cluster_versions(**wrong))[0] == "InvalidParameterException"


def test_it_can_be_denied(aws: LocalAws) -> None:
    aws.faults.deny("eks:DescribeClusterVersions")
    code, message = refusal(client("eks").describe_cluster_versions)
    assert code == "AccessDeniedException"
    assert message.endswith("is not authorized to perform: eks:DescribeClusterVersions on resource: *")
