"""Every region of several sign-ins at once: whole, in time, within its bounds, and each account once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pytest

from connector.aws import Role, SignIn, regions
from connector.errors import AccessDenied, Expired, Failure, InvalidRequest, NoCredentials, ProfileNotFound
from connector.lanes import Deadline, Lanes
from connector.sweep import LINE, WIDTH, Bounds, SoFar, Sweep, sweep
from playground.aws import LocalAws
from playground.fleet import Fleet

World = tuple[Fleet, LocalAws]
PAYMENTS, WEB, SANDBOX = "111122223333", "444455556666", "777788889999"
EVERYTHING = Bounds()
AWS_REGIONS = [region.name for region in regions() if region.partition == "aws"]


@pytest.fixture
def aws(fleet: World) -> Iterator[LocalAws]:
    yield fleet[1]
    fleet[1].faults.clear()


def by(*profiles: str) -> list[SignIn]:
    return [SignIn(profile=name) for name in profiles]


def swept(
    sign_ins: Iterable[SignIn], bounds: Bounds = EVERYTHING, until: Deadline | None = None, **more: object
) -> Sweep:
    return sweep(sign_ins, bounds, Lanes(WIDTH, LINE), until or Deadline(60.0), **more)  # type: ignore[arg-type]


class Until(Deadline):
    """A deadline that comes once a sweep is as far as it can get: hand its `told` in as `on_progress`."""

    def __init__(self, enough: Callable[[SoFar], bool]) -> None:
        super().__init__(60.0)
        self._enough = enough
        self._reached = False

    def told(self, progress: SoFar) -> None:
        self._reached = self._reached or self._enough(progress)

    def left(self) -> float:
        # What was started may still say something before everything is over.
        return min(0.2, super().left()) if self._reached else super().left()


def named(found: Sweep) -> list[tuple[str, str, str | None, str]]:
    return [(one.account, one.region, one.sign_in.profile, one.info.name) for one in found.found]


def test_the_clusters_of_every_region_in_the_order_of_the_sign_ins(aws: LocalAws) -> None:
    found = swept(by("web-prod", "payments-prod"))
    assert named(found) == [
        (WEB, "ap-southeast-2", "web-prod", "edge-sydney"),
        (WEB, "ap-southeast-2", "web-prod", "island"),
        (WEB, "us-east-1", "web-prod", "locked"),
        (WEB, "us-east-1", "web-prod", "newborn"),
        (WEB, "us-east-1", "web-prod", "prod-web"),
        (PAYMENTS, "eu-west-1", "payments-prod", "prod-payments"),
        (PAYMENTS, "eu-west-1", "payments-prod", "staging-payments"),
    ]
    assert [one.info.status for one in found.found].count("CREATING") == 1
    assert found.accounts == (WEB, PAYMENTS)
    assert (found.complete, found.missed, found.off, found.silent, found.doubles) == (True, (), (), (), ())
    assert found.regions == 2 * len(AWS_REGIONS)
    # Each region is listed once for each account, and who somebody is is asked once for each sign-in.
    calls = Counter((call.action, call.principal) for call in aws.log)
    assert calls["eks:ListClusters", "arn:aws:iam::444455556666:user/web-bot"] == len(AWS_REGIONS)
    assert calls["sts:GetCallerIdentity", "arn:aws:iam::444455556666:user/web-bot"] == 1


def test_an_account_is_looked_into_once_by_the_first_that_leads_to_it(aws: LocalAws) -> None:
    found = swept(by("stranger", "payments-prod", "readonly", "stranger"))
    stranger, payments, readonly = by("stranger", "payments-prod", "readonly")
    assert {one.sign_in for one in found.found} == {stranger}
    assert found.doubles == ((payments, stranger, PAYMENTS), (readonly, stranger, PAYMENTS))
    assert found.regions == len(AWS_REGIONS)


def test_what_the_first_may_not_list_the_next_one_may(aws: LocalAws) -> None:
    aws.faults.deny("eks:ListClusters", "arn:aws:iam::111122223333:user/contractor")
    found = swept(by("stranger", "payments-prod"))
    assert {one.sign_in.profile for one in found.found} == {"payments-prod"}
    assert len(found.found) == 2
    assert found.missed == ()


def test_each_region_that_refuses_is_named_with_its_reason(aws: LocalAws) -> None:
    aws.faults.deny("eks:ListClusters", "arn:aws:iam::111122223333:user/payments-bot")
    found = swept(by("payments-prod", "web-prod"))
    assert [one.region for one in found.missed] == sorted(AWS_REGIONS)
    assert {one.account for one in found.missed} == {PAYMENTS}
    assert all(isinstance(one.failure, AccessDenied) for one in found.missed)
    assert found.missed[0].failure.what == "AWS refused: eks:ListClusters"
    assert len(found.found) == 5
    assert found.complete


@pytest.mark.parametrize("code", [None, "OptInRequired", "RegionDisabledException"])
def test_a_region_that_is_off_is_no_failure(aws: LocalAws, code: str | None) -> None:
    # Where the profile is at home, too: another region says who it is.
    for region in ("af-south-1", "us-east-1"):
        aws.faults.disable_region(region, code)
    found = swept(by("web-prod"))
    assert found.off == ((WEB, ("af-south-1", "us-east-1")),)
    assert found.missed == ()
    assert [one.info.name for one in found.found] == ["edge-sydney", "island"]


def test_keys_that_are_no_good_anywhere_are_a_failure(aws: LocalAws) -> None:
    for region in AWS_REGIONS:
        aws.faults.disable_region(region)
    found = swept(by("web-prod"))
    (missed,) = found.missed
    assert (missed.region, found.off, found.regions) == ("", (), 0)
    assert "AWS does not know the keys of profile `web-prod`" in missed.failure.what


def test_sign_ins_that_are_no_good_stop_no_other(aws: LocalAws) -> None:
    found = swept(by("nope", "expired-sso", "broken", "payments-prod"))
    assert [(one.sign_in.profile, type(one.failure)) for one in found.missed] == [
        ("nope", ProfileNotFound),
        ("expired-sso", Expired),
        ("broken", NoCredentials),
    ]
    assert len(found.found) == 2


def test_a_region_that_hangs_is_silent_at_the_deadline(aws: LocalAws) -> None:
    aws.faults.hang("eks:ListClusters", "us-east-1")
    seen: list[SoFar] = []
    until = Until(lambda progress: progress.answered == 2 * len(AWS_REGIONS) - 2 and progress.clusters == 4)

    def told(progress: SoFar) -> None:
        seen.append(progress)
        until.told(progress)

    found = swept(by("web-prod", "payments-prod"), until=until, on_progress=told)
    assert found.silent == tuple((sign_in, "us-east-1") for sign_in in by("web-prod", "payments-prod"))
    assert not found.complete
    assert {one.region for one in found.found} == {"ap-southeast-2", "eu-west-1"}
    assert seen[-1] == SoFar(regions=2 * len(AWS_REGIONS), answered=2 * len(AWS_REGIONS) - 2, clusters=4)
    assert sorted(one.answered for one in seen) == [one.answered for one in seen]


def test_a_sign_in_that_hangs_is_silent_and_stops_no_other(aws: LocalAws) -> None:
    # A profile in a role of its own waits for STS; the others do not.
    aws.faults.hang("sts:AssumeRole")
    until = Until(lambda progress: progress.answered == len(AWS_REGIONS) and progress.clusters == 5)
    found = swept(by("readonly", "web-prod"), until=until, on_progress=until.told)
    assert found.silent == ((SignIn(profile="readonly"), ""),)
    assert len(found.found) == 5


def test_a_cluster_that_cannot_be_described_in_time_is_a_row_without_a_status(aws: LocalAws) -> None:
    aws.faults.hang("eks:DescribeCluster")
    until = Until(lambda progress: progress.answered == len(AWS_REGIONS))
    found = swept(by("payments-prod"), until=until, on_progress=until.told)
    assert [(one.info.name, one.info.status, one.info.error) for one in found.found] == [
        ("prod-payments", None, None),
        ("staging-payments", None, None),
    ]
    assert (found.silent, found.complete) == ((), False)


def test_what_is_out_of_bounds_is_neither_asked_nor_counted(aws: LocalAws) -> None:
    def admits(account: str) -> None:
        if account == SANDBOX:
            raise InvalidRequest("That account is not for you")

    seen: list[SoFar] = []
    bounds = Bounds(
        within=lambda region: region in ("eu-west-1", "us-east-1"),
        admits=admits,
        sees=lambda region, account, name: (region, account, name) == ("us-east-1", WEB, "prod-web"),
    )
    found = swept(by("payments-prod", "web-prod", "sandbox"), bounds, on_progress=seen.append)
    assert named(found) == [(WEB, "us-east-1", "web-prod", "prod-web")]
    assert found.regions == 4
    assert [(one.sign_in.profile, one.failure.what) for one in found.missed] == [
        ("sandbox", "That account is not for you")
    ]
    assert found.accounts == (PAYMENTS, WEB)
    assert {one.clusters for one in seen} <= {0, 1}
    asked = [call for call in aws.log if call.service == "eks"]
    assert {call.region for call in asked} == {"eu-west-1", "us-east-1"}
    assert [call.action for call in asked].count("eks:DescribeCluster") == 1
    assert not any("sandbox" in call.principal for call in asked)


def test_no_region_is_within_bounds(aws: LocalAws) -> None:
    found = swept(by("payments-prod"), Bounds(within=lambda _region: False))
    assert [one.failure.what for one in found.missed] == [
        "There is no region to look in with profile `payments-prod`"
    ]
    assert len(aws.log) == 0


def test_a_role_is_assumed_once_for_all_regions(aws: LocalAws) -> None:
    role = Role("arn:aws:iam::111122223333:role/eks-readonly")
    found = swept([SignIn(profile="payments-prod", role=role)], asked_by="U024BE7LH")
    assert [one.info.name for one in found.found] == ["prod-payments", "staging-payments"]
    calls = [call for call in aws.log if call.action == "sts:AssumeRole" and not call.error]
    assert len(calls) == 1
    listed = {call.principal for call in aws.log if call.action == "eks:ListClusters"}
    assert listed == {"arn:aws:sts::111122223333:assumed-role/eks-readonly/U024BE7LH"}


def test_no_sign_in_is_nothing(aws: LocalAws) -> None:
    found = swept([])
    assert (found.found, found.missed, found.regions, found.complete) == ((), (), 0, True)


def test_one_region_that_hangs_for_many_keeps_no_other_waiting(aws: LocalAws) -> None:
    aws.faults.hang("eks:ListClusters", "us-east-1")
    lanes = Lanes(WIDTH, LINE)
    for _ in range(2):
        until = Until(lambda progress: progress.answered == 3 * len(AWS_REGIONS) - 3)
        found = sweep(
            by("web-prod", "payments-prod", "sandbox"), EVERYTHING, lanes, until, on_progress=until.told
        )
        assert {region for _, region in found.silent} == {"us-east-1"}
    assert lanes.load()["running"] <= WIDTH


def test_what_is_raised_by_bounds_ends_only_its_own_account(aws: LocalAws) -> None:
    def admits(account: str) -> None:
        raise Failure(f"not {account}")

    found = swept(by("payments-prod", "web-prod"), Bounds(admits=admits))
    assert found.found == ()
    assert [one.failure.what for one in found.missed] == [f"not {PAYMENTS}", f"not {WEB}"]
