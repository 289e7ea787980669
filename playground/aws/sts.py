"""STS: who am I, and keys that end.

Not moto's, which hands one example key to everybody and lets anybody assume anything: here every session has keys of
its own, so that signatures can be checked, and roles ask who comes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from playground.aws.answers import Answer, AwsError, denied, element, invalid, xml
from playground.principals import Credential, Keyring, Role

_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


class Sts:
    """The three actions that a caller of EKS needs."""

    def __init__(self, keyring: Keyring, roles: Mapping[str, Role]) -> None:
        self._keyring = keyring
        self._roles = roles

    def answer(self, action: str, caller: Credential, parameters: Mapping[str, str]) -> Answer:
        """Raises AwsError."""
        match action:
            case "GetCallerIdentity":
                return self._identity(caller)
            case "GetSessionToken":
                return self._session_token(caller, parameters)
            case "AssumeRole":
                return self._assume_role(caller, parameters)
            case _:
                raise AwsError(
                    400, "InvalidAction", f"Could not find operation {action} for version 2011-06-15"
                )

    def _identity(self, caller: Credential) -> Answer:
        who = caller.principal
        parts = (element("Arn", who.arn), element("UserId", who.unique_id), element("Account", who.account))
        return xml("GetCallerIdentity", parts)

    def _session_token(self, caller: Credential, parameters: Mapping[str, str]) -> Answer:
        if caller.session_token is not None:
            raise AwsError(403, "AccessDenied", "Cannot call GetSessionToken with session credentials")
        seconds = _duration(parameters, default=43_200, longest=129_600)
        return xml("GetSessionToken", [_credentials(self._keyring.issue_session(caller.principal, seconds))])

    def _assume_role(self, caller: Credential, parameters: Mapping[str, str]) -> Answer:
        arn, name = parameters.get("RoleArn", ""), parameters.get("RoleSessionName", "")
        if not _SESSION_NAME.fullmatch(name):
            raise invalid(
                f"1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: [\\w+=,.@-]*"
            )
        if not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:role/.+", arn):
            raise invalid(f"{arn} is invalid")
        seconds = _duration(parameters, default=3_600, longest=3_600)
        role = self._roles.get(arn)
        trusted = role is not None and caller.principal.entry_arn in role.trusted
        if role is None or not trusted or role.external_id not in {None, parameters.get("ExternalId")}:
            raise denied("sts", caller.principal.arn, "sts:AssumeRole", arn)
        session = self._keyring.issue_session(role.session(name), seconds)
        who = element("AssumedRoleId", session.principal.unique_id) + element("Arn", session.principal.arn)
        return xml("AssumeRole", [_credentials(session), f"<AssumedRoleUser>{who}</AssumedRoleUser>"])


def _credentials(session: Credential) -> str:
    expiration = datetime.fromtimestamp(session.expires_at or 0, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    parts = (
        element("AccessKeyId", session.access_key_id),
        element("SecretAccessKey", session.secret_access_key),
        element("SessionToken", session.session_token or ""),
        element("Expiration", expiration),
    )
    return f"<Credentials>{''.join(parts)}</Credentials>"


def _duration(parameters: Mapping[str, str], *, default: int, longest: int) -> int:
    text = parameters.get("DurationSeconds", str(default))
    if not (re.fullmatch(r"\d{1,9}", text, re.ASCII) and 900 <= int(text) <= longest):
        raise invalid(
            f"1 validation error detected: Value '{text}' at 'durationSeconds' failed to satisfy constraint: Member "
            f"must have value between 900 and {longest}"
        )
    return int(text)
