"""The shared AWS files of the playground: one profile for each way of signing in, and for each way it fails."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from pathlib import Path

from playground.fleet.plan import PAYMENTS, USERS
from playground.principals import Credential

_REGIONS = {
    "payments-prod": "eu-west-1",
    "web-prod": "us-east-1",
    "sandbox": "eu-west-1",
    "stranger": "eu-west-1",
}


def write(folder: Path, users: Mapping[str, Credential]) -> tuple[Path, Path]:
    """Writes the config and the credentials file into `folder` and gives their paths.

    payments-prod, web-prod, sandbox: keys of a user in each account. readonly: assumes a role from payments-prod.
    stranger: good keys that no cluster knows. expired-sso: nobody signed in. broken: half a key.
    default: the keys of payments-prod, for the default chain.
    """
    config = _parser()
    credentials = _parser()
    named = {user.profile: users[user.name] for user in USERS if user.profile}
    for profile, credential in {"default": named["payments-prod"], **named}.items():
        section = "default" if profile == "default" else f"profile {profile}"
        config[section] = {"region": _REGIONS.get(profile, "eu-west-1")}
        credentials[profile] = {
            "aws_access_key_id": credential.access_key_id,
            "aws_secret_access_key": credential.secret_access_key,
        }
    config["profile readonly"] = {
        "region": "eu-west-1",
        "role_arn": f"arn:aws:iam::{PAYMENTS}:role/eks-readonly",
        "source_profile": "payments-prod",
    }
    config["profile expired-sso"] = {
        "region": "eu-west-1",
        "sso_session": "playground-nobody-signed-in",
        "sso_account_id": PAYMENTS,
        "sso_role_name": "Engineer",
    }
    config["sso-session playground-nobody-signed-in"] = {
        "sso_region": "eu-west-1",
        "sso_start_url": "https://playground.example.com/start",
        "sso_registration_scopes": "sso:account:access",
    }
    config["profile broken"] = {"region": "eu-west-1"}
    credentials["broken"] = {"aws_access_key_id": named["payments-prod"].access_key_id}
    return _write(folder / "config", config), _write(folder / "credentials", credentials)


def _parser() -> configparser.RawConfigParser:
    # "default" is a section like any other in AWS's files.
    return configparser.RawConfigParser(default_section="-")


def _write(path: Path, parser: configparser.RawConfigParser) -> Path:
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8") as file:
        parser.write(file)
    return path
