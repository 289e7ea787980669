"""How long a version is supported, by EKS and by AWS's pages, and how often EKS is asked."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from connector.aws import Session, SignIn
from connector.connector import EKSConnector
from connector.errors import AccessDenied
from connector.versions import (
    EXTENDED,
    OVER,
    PUBLISHED,
    STANDARD,
    UNKNOWN,
    Calendar,
    Support,
    published,
    told,
)
from playground.aws import LocalAws
from playground.aws.versions import DAYS_LEFT
from playground.fleet import Fleet

World = tuple[Fleet, LocalAws]


def test_eks_says_until_when_each_version_is_supported(fleet: World) -> None:
    session = Session.open(SignIn(profile="payments-prod"), "eu-west-1")
    today = datetime.now(UTC).date()
    found = told(session)
    session.close()
    assert {version: support.days_left(today) for version, support in found.items()} == DAYS_LEFT
    assert {version: support.status for version, support in found.items()} == {
        "1.35": STANDARD,
        "1.34": STANDARD,
        "1.33": STANDARD,
        "1.32": EXTENDED,
        "1.31": EXTENDED,
        "1.30": OVER,
    }
    assert found["1.33"].extended_ends == today + timedelta(days=DAYS_LEFT["1.33"] + 365)
    assert all(support.published is None for support in found.values())


@pytest.mark.parametrize(
    ("version", "today", "status", "left"),
    [
        ("1.34", date(2026, 12, 1), STANDARD, 1),
        # The day that AWS names is the first one of extended support.
        ("1.34", date(2026, 12, 2), EXTENDED, 0),
        ("1.34", date(2027, 12, 1), EXTENDED, -364),
        ("1.34", date(2027, 12, 2), OVER, -365),
        ("1.30", date(2026, 7, 23), OVER, -365),
        ("1.21", date(2026, 7, 23), OVER, None),
        ("1.99", date(2026, 7, 23), UNKNOWN, None),
        ("2.0", date(2026, 7, 23), UNKNOWN, None),
        ("", date(2026, 7, 23), UNKNOWN, None),
    ],
)
def test_awss_pages_say_the_same_where_eks_is_not_asked(
    version: str, today: date, status: str, left: int | None
) -> None:
    found = published(version, today)
    assert (found.status, found.days_left(today), found.published) == (status, left, PUBLISHED)


class _Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_eks_is_asked_once_a_day_and_region() -> None:
    clock, asked = _Clock(), list[str]()
    calendar = Calendar(clock)

    def support(region: str) -> Support:
        def ask() -> Mapping[str, Support]:
            asked.append(region)
            return {"1.34": Support("1.34", date(2030, 1, len(asked)), None, STANDARD)}

        return calendar.support("1.34", region, ask)

    assert support("eu-west-1").ends == date(2030, 1, 1)
    assert support("eu-west-1").ends == date(2030, 1, 1)
    assert support("us-east-1").ends == date(2030, 1, 2)
    clock.now += 24 * 3600 - 1
    assert support("eu-west-1").ends == date(2030, 1, 1)
    clock.now += 2
    assert support("eu-west-1").ends == date(2030, 1, 3)
    assert asked == ["eu-west-1", "us-east-1", "eu-west-1"]


def test_a_refusal_is_not_asked_about_again_for_an_hour_and_awss_pages_answer() -> None:
    clock, asked = _Clock(), list[int]()
    calendar = Calendar(clock)

    def ask() -> Mapping[str, Support]:
        asked.append(1)
        raise AccessDenied("AWS refused: eks:DescribeClusterVersions")

    for _ in range(3):
        assert calendar.support("1.34", "eu-west-1", ask).published == PUBLISHED
    assert len(asked) == 1
    clock.now += 3601
    calendar.support("1.34", "eu-west-1", ask)
    assert len(asked) == 2


def test_a_connections_support_comes_from_eks_or_says_that_it_does_not(fleet: World) -> None:
    _, aws = fleet
    for denied in (False, True):
        connector = EKSConnector()
        if denied:
            aws.faults.deny("eks:DescribeClusterVersions")
        connection = connector.connect_with_aws_profile(
            "prod-payments", "eu-west-1", "payments-prod", connected_by="U1"
        )
        (support,) = connector.support([connection]).values()
        connector.close()
        assert support.version == "1.34"
        assert support.published == (PUBLISHED if denied else None)
        assert support.ends == (
            date(2026, 12, 2) if denied else datetime.now(UTC).date() + timedelta(days=DAYS_LEFT["1.34"])
        )
    aws.faults.clear()


def test_a_connection_that_is_gone_has_no_support(fleet: World) -> None:
    connector = EKSConnector()
    connection = connector.connect_with_aws_profile(
        "prod-payments", "eu-west-1", "payments-prod", connected_by="U1"
    )
    connector.disconnect(connection.id)
    assert connector.support([connection]) == {}
    connector.close()
