"""One fleet and one AWS for the tests that leave them as they were; every fault is cleared after each test."""

import os
from collections.abc import Iterator

import pytest

from playground.aws import LocalAws
from playground.fleet import Fleet


@pytest.fixture(scope="session")
def shared_fleet() -> Iterator[Fleet]:
    with Fleet.start(seed=7) as fleet:
        yield fleet


@pytest.fixture(scope="session")
def shared_aws(shared_fleet: Fleet) -> Iterator[LocalAws]:
    with LocalAws.start(shared_fleet) as aws:
        yield aws


@pytest.fixture
def fleet(shared_fleet: Fleet) -> Iterator[Fleet]:
    yield shared_fleet
    for cluster in shared_fleet.clusters:
        cluster.access.forget_denials()
        if cluster.has_server:
            cluster.faults.clear()


@pytest.fixture
def aws(shared_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """An AWS that boto3 finds in the environment, and nothing of the machine's own."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in shared_aws.env().items():
        monkeypatch.setenv(name, value)
    yield shared_aws
    shared_aws.faults.clear()
