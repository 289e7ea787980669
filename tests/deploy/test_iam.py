"""The IAM policies: well formed, and enough for what the bot calls, with nothing to spare."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import botocore.session
import pytest

from connector.aws import Keys, Role, SignIn
from connector.connector import EKSConnector
from connector.examination import Asker
from connector.sweep import Bounds
from playground.aws import LocalAws
from playground.fleet import Fleet
from tests.deploy.rendered import DEPLOY, Object

DOCUMENTS = {path.stem: json.loads(path.read_text()) for path in sorted((DEPLOY / "iam").glob("*.json"))}
TRUSTS = {name for name in DOCUMENTS if name.startswith("trust-")}
# AWS allows these to everybody, whatever a policy says.
NEEDS_NOTHING = {"sts:GetCallerIdentity", "sts:GetSessionToken"}
# Not calls of their own: AssumeRole carries a source identity, and the tags that EKS Pod Identity puts on a session.
CARRIED = {"sts:SetSourceIdentity", "sts:TagSession"}


def statements(name: str) -> list[Object]:
    found: list[Object] = DOCUMENTS[name]["Statement"]
    return found


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def actions(*names: str) -> set[str]:
    return {action for name in names for found in statements(name) for action in listed(found["Action"])}


@pytest.fixture(scope="module")
def called() -> Iterator[set[str]]:
    """Every action that the bot calls AWS for: to find, connect and look, by profile and by keys, and with a role."""
    with Fleet.start() as fleet, LocalAws.start(fleet) as aws, pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in aws.env().items():
            patch.setenv(name, value)
        cluster = fleet.cluster("prod-payments")
        role = next(iter(fleet.roles.values()))
        profile = SignIn(profile="payments-prod")
        keys = Keys(aws.keys.access_key_id, aws.keys.secret_access_key)
        connector = EKSConnector()
        try:
            connector.list_available_clusters(cluster.region, profile)
            connector.list_available_clusters(
                cluster.region, replace(profile, role=Role(role.arn, role.external_id))
            )
            made = connector.connect_with_aws_profile(
                cluster.name, cluster.region, profile.profile, connected_by="U024BE7LH"
            )
            connector.support([made])
            connector.sweep_clusters([profile], Bounds())
            connector.examine(cluster.name, cluster.region, profile, Asker())
            connector.connect_with_aws_credentials(
                cluster.name, cluster.region, keys, connected_by="U024BE7LH"
            )
        finally:
            connector.close()
        assert not [call for call in aws.log if call.status != 200]
        yield {f"{call.service}:{call.action.rpartition(':')[2]}" for call in aws.log}


def test_there_are_the_two_for_the_bot_and_one_trust_for_each_way_in() -> None:
    assert set(DOCUMENTS) == TRUSTS | {"permissions", "assume-roles"}
    assert sorted(TRUSTS) == ["trust-assumed-role", "trust-irsa", "trust-pod-identity"]


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_each_is_a_policy_as_iam_takes_it(name: str) -> None:
    document = DOCUMENTS[name]
    assert set(document) == {"Version", "Statement"}
    assert document["Version"] == "2012-10-17"
    whose = "Principal" if name in TRUSTS else "Resource"
    sids = [found["Sid"] for found in document["Statement"]]
    assert len(sids) == len(set(sids))
    for found in document["Statement"]:
        assert (
            {"Sid", "Effect", "Action", whose}
            <= set(found)
            <= {"Sid", "Effect", "Action", whose, "Condition"}
        )
        assert found["Effect"] == "Allow"
        assert re.fullmatch(r"[A-Za-z0-9]+", found["Sid"])


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_each_action_is_spelled_out_and_one_that_aws_has(name: str) -> None:
    session = botocore.session.Session()
    permissions_only = {"SetSourceIdentity", "TagSession"}
    for action in actions(name):
        service, _, operation = action.partition(":")
        assert operation in {*session.get_service_model(service).operation_names, *permissions_only}


def test_what_is_called_is_allowed_and_what_is_allowed_is_called(called: set[str]) -> None:
    assert actions("permissions", "assume-roles") == (called - NEEDS_NOTHING) | CARRIED


def test_only_what_is_about_no_cluster_is_on_everything() -> None:
    for name in ("permissions", "assume-roles"):
        for found in statements(name):
            everything = "*" in listed(found["Resource"])
            assert everything is (found["Action"] in ("eks:ListClusters", "eks:DescribeClusterVersions"))


@pytest.mark.parametrize("name", sorted(TRUSTS))
def test_no_trust_is_for_anybody(name: str) -> None:
    for found in statements(name):
        (principal,) = found["Principal"].values()
        assert "*" not in principal
        # A service or an identity provider speaks for many; a condition says which of them.
        assert "AWS" in found["Principal"] or "Condition" in found


@pytest.mark.parametrize("name", ["trust-pod-identity", "trust-irsa"])
def test_the_bots_role_is_for_its_service_account_alone(name: str) -> None:
    (found,) = statements(name)
    shown = json.dumps(found["Condition"])
    assert "eks-chatops" in shown
    assert set(found["Condition"]) == {"StringEquals"}


def test_a_role_of_another_account_lets_a_person_of_slack_be_named() -> None:
    plain, named = statements("trust-assumed-role")
    assert listed(plain["Action"]) == ["sts:AssumeRole", "sts:TagSession"]
    assert "Condition" not in plain
    assert named["Action"] == "sts:SetSourceIdentity"
    assert named["Condition"] == {"StringLike": {"sts:SourceIdentity": ["U*", "W*"]}}


def test_the_readmes_policy_allows_the_same() -> None:
    text = (DEPLOY.parent / "README.md").read_text()
    (snippet,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    statements_there = json.loads(snippet)["Statement"]

    def allowed(found: list[Object]) -> set[tuple[str, bool]]:
        """Each action, and whether it is about everything."""
        return {(action, "*" in listed(one["Resource"])) for one in found for action in listed(one["Action"])}

    assert allowed(statements_there) == allowed(statements("permissions"))
