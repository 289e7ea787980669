"""The example of AWS profiles: the bot can read it, and it leads only to roles that the bot may assume."""

import fnmatch
import json
from pathlib import Path

import botocore.session
import pytest

from connector.aws import profiles
from tests.deploy.rendered import DEPLOY

EXAMPLE = DEPLOY / "components/profiles/config.example"


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(EXAMPLE))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))


def test_its_profiles_are_offered(configured: None) -> None:
    assert profiles() == ("payments-prod", "payments-staging")


def test_each_is_a_role_that_the_bots_own_may_assume_and_holds_no_key(configured: None) -> None:
    (statement,) = json.loads((DEPLOY / "iam/assume-roles.json").read_text())["Statement"]
    for name, profile in botocore.session.Session().full_config["profiles"].items():
        assert any(fnmatch.fnmatch(profile["role_arn"], allowed) for allowed in statement["Resource"]), name
        # What EKS Pod Identity gives: https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
        assert profile["credential_source"] == "EcsContainer"
        assert not [key for key in profile if "key" in key or "token" in key]
