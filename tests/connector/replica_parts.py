"""One workspace on several replicas: what they connect to, and how."""

from typing import Any

from connector.aws import Role
from connector.connector import Connection, EKSConnector
from tests.connector.conftest import KEYS, REGION

OTHER_ACCOUNT = "111122223333"
ROLE = Role(f"arn:aws:iam::{OTHER_ACCOUNT}:role/team/reader", "external-7")
NAMES = ("default", "kube-system")


def by_profile(connector: EKSConnector, name: str = "prod", **more: Any) -> Connection:
    return connector.connect_with_aws_profile(name, REGION, "ops", connected_by="U1", **more)


def by_keys(connector: EKSConnector, name: str = "prod", **more: Any) -> Connection:
    return connector.connect_with_aws_credentials(name, REGION, KEYS, connected_by="U1", **more)
