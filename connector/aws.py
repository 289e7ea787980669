"""Who we are to AWS: regions, profiles, sign-ins, and the session that one of them gives."""

import copy
import functools
import logging
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    Credentials,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import ClientError, NoCredentialsError

from connector import formats, unattended
from connector.calls import OnCall, reported, unheard
from connector.errors import InvalidRegion, InvalidRequest, ProfileNotFound, translated
from connector.unconfigured import unconfigured
from connector.words import nearest

# Every call of every client, those that botocore makes by itself to sign in included.
CONFIG = Config(
    connect_timeout=5,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=10,
    user_agent_extra="eks-chatops",
)

# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html (DurationSeconds); a root
# user gets an hour at most.
_SHORTEST_SESSION = timedelta(minutes=15)

SESSION_NAME = "eks-chatops"


@dataclass(frozen=True)
class Keys:
    """AWS keys as somebody typed them; only the id is ever shown."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)

    @property
    def hint(self) -> str:
        """As much of the id as tells it from others."""
        key = self.access_key_id
        return f"{key[:4]}…{key[-4:]}" if len(key) >= 16 else "…"


@dataclass(frozen=True)
class Role:
    """A role to assume on top of another sign-in."""

    arn: str
    external_id: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SignIn:
    """How to sign in: a profile, or keys, or neither: the default chain (IRSA, Pod Identity, instance …)."""

    profile: str | None = None
    keys: Keys | None = None
    role: Role | None = None

    @property
    def label(self) -> str:
        """The sign-in in words, without its secrets."""
        return label(self.profile, self.keys.hint if self.keys else "", self.role.arn if self.role else "")


def label(profile: str | None, key_hint: str, role_arn: str) -> str:
    """A sign-in in words: by keys when there is a hint of them, by a profile, or by the default chain."""
    by = f"profile `{profile}`" if profile else "the default chain"
    if key_hint:
        by = f"AWS keys `{key_hint}`"
    return f"{by} as role `{role_arn.rpartition('/')[2]}`" if role_arn else by


@dataclass(frozen=True)
class Region:
    name: str
    description: str
    partition: str


@dataclass(frozen=True)
class Identity:
    """Who AWS says we are."""

    account: str
    arn: str


@functools.cache
def regions() -> tuple[Region, ...]:
    """Regions of all partitions that have EKS, as the installed botocore knows them; no network."""
    session = unconfigured()
    return tuple(
        Region(name, partition["regions"].get(name, {}).get("description", name), partition["partition"])
        for partition in session.get_data("endpoints")["partitions"]
        for name in session.get_available_regions("eks", partition["partition"])
    )


def profiles() -> tuple[str, ...]:
    """Names of the profiles in the shared config and credentials files, in order. Raises Misconfigured."""
    with translated():
        return tuple(sorted(botocore.session.Session().available_profiles))


def check_profile(name: str, known: Iterable[str]) -> None:
    """Raises ProfileNotFound, with the nearest of the `known` names, unless it is one of them."""
    names = tuple(known)
    if name not in names:
        raise ProfileNotFound(
            f"There is no AWS profile `{name}` where the bot runs",
            "",
            nearest(name, names) or f"Set it up there: `aws configure --profile {name}`",
        )


def check_region(name: str) -> None:
    """Raises InvalidRegion, with the nearest names, unless botocore knows EKS in this region."""
    names = [region.name for region in regions()]
    if name not in names:
        shown = name if re.fullmatch(r"[\w-]{1,40}", name) else ""
        raise InvalidRegion(
            f"There is no EKS in a region `{shown}`" if shown else "This is not a region",
            "",
            nearest(shown, names) or "Use one as AWS writes it, like `eu-west-1`",
        )


class Session:
    """One sign-in in one region: its credentials, who they belong to, and the clients made from them.

    Safe under threads: boto3's sessions are not, its clients and credentials are; so clients are made one
    at a time, and kept.
    """

    def __init__(
        self,
        boto: boto3.Session,
        sign_in: SignIn,
        region: str,
        *,
        expires_at: datetime | None = None,
        keys: Keys | None = None,
    ) -> None:
        self.region = region
        # Not the sign-in itself: keys that were traded are not kept.
        self.facts = facts_of(sign_in, region)
        """What an error may name: keywords for `translated`."""
        self.expires_at = expires_at
        """When these credentials are dropped for good; None for those that renew themselves."""
        self.keys = keys
        """The keys that are in use, where keys signed in: the traded ones, when AWS gave any."""
        self._boto = boto
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self.credentials = boto.get_credentials()

    @classmethod
    def open(
        cls,
        sign_in: SignIn,
        region: str,
        *,
        name: str = "",
        keys_live: timedelta | None = None,
        on_call: OnCall = unheard,
    ) -> "Session":
        """Sign in. With `keys_live`, keys are checked and traded for a session where AWS allows, and end then.

        `name` tells in CloudTrail for whom a role is assumed: as its session's name, and as the source identity
        where the role's trust policy takes one.
        Raises InvalidRegion, InvalidRequest, InvalidCredentials, ProfileNotFound, NoCredentials and the rest
        of what AWS may say.
        """
        check_region(region)
        _check(sign_in)
        _keep_secrets_out_of_logs()
        with translated(action="sts:GetCallerIdentity", **facts_of(sign_in, region)):
            boto = reported(_boto(sign_in, region), on_call)
            if boto.get_credentials() is None:
                raise NoCredentialsError
            expires_at = keys = None
            if sign_in.keys:
                if keys_live:
                    expires_at = datetime.now(UTC) + keys_live
                    boto = reported(_exchanged(boto, sign_in.keys, region, keys_live), on_call)
                keys = Keys(*boto.get_credentials().get_frozen_credentials()[:3])
            if sign_in.role:
                boto = reported(_in_role(boto, sign_in.role, region, name), on_call)
            return cls(boto, sign_in, region, expires_at=expires_at, keys=keys)

    def client(self, service: str) -> Any:
        """The boto3 client of a service, made at the first call and kept."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._boto.client(service, region_name=self.region)
            return self._clients[service]

    def in_region(self, region: str) -> "Session":
        """The same sign-in in another region, by the same credentials; to be closed by itself. Raises InvalidRegion."""
        check_region(region)
        other = copy.copy(self)
        other.region = region
        other.facts = {**self.facts, "region": region}
        # The lock stays the same one: what it guards is boto3's session.
        other._clients = {}
        return other

    def identity(self) -> Identity:
        """Who these credentials belong to. Raises what AWS says when they are no good."""
        with translated(action="sts:GetCallerIdentity", **self.facts):
            answer = self.client("sts").get_caller_identity()
            return Identity(answer["Account"], answer["Arn"])

    def close(self) -> None:
        """Close the connections to AWS that this session keeps open."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()


def session_name(connected_by: str) -> str:
    """`connected_by` as a RoleSessionName: 2–64 of `[\\w+=,.@-]` (STS AssumeRole)."""
    name = re.sub(r"[^\w+=,.@-]", "-", connected_by, flags=re.ASCII)[:64]
    return name if len(name) >= 2 else SESSION_NAME


def facts_of(sign_in: SignIn, region: str) -> dict[str, Any]:
    """What an error may name, as `translated` takes it; no secret."""
    return {
        "region": region,
        "sign_in": sign_in.label,
        "profile": sign_in.profile,
        "keys": sign_in.keys is not None,
        "role": sign_in.role.arn if sign_in.role else "",
    }


def _check(sign_in: SignIn) -> None:
    if sign_in.profile is not None and sign_in.keys is not None:
        raise InvalidRequest("A profile and keys cannot both sign in", "", "Use one of them", field="profile")
    if sign_in.profile is not None:
        formats.profile_name(sign_in.profile)
    if sign_in.keys is not None:
        formats.keys(sign_in.keys.access_key_id, sign_in.keys.secret_access_key, sign_in.keys.session_token)
    if sign_in.role is not None:
        formats.role_arn(sign_in.role.arn)
        if sign_in.role.external_id is not None:
            formats.external_id(sign_in.role.external_id)


def _keep_secrets_out_of_logs() -> None:
    # At DEBUG botocore writes whole answers of STS, and what it signs: session keys included.
    for name in ("botocore", "boto3"):
        logger = logging.getLogger(name)
        if logger.getEffectiveLevel() < logging.INFO:
            logger.setLevel(logging.INFO)


@functools.cache
def _service_models() -> Any:
    """botocore's descriptions of AWS, read from its package once for all sessions: ten times faster clients."""
    return unconfigured().get_component("data_loader")


def _bare(region: str, profile: str | None = None) -> botocore.session.Session:
    session = botocore.session.Session(profile=profile)
    session.register_component("data_loader", _service_models())
    session.set_config_variable("region", region)
    session.set_config_variable("sts_regional_endpoints", "regional")
    session.set_default_client_config(CONFIG)
    return session


def _boto(sign_in: SignIn, region: str) -> boto3.Session:
    if sign_in.keys:
        keys = sign_in.keys
        return _with(Credentials(keys.access_key_id, keys.secret_access_key, keys.session_token), region)
    session = _bare(region, sign_in.profile)
    if sign_in.profile is not None:
        check_profile(sign_in.profile, session.available_profiles)
    unattended.bound(session, sign_in.profile or session.profile or "default")
    return boto3.Session(botocore_session=session)


def _with(credentials: Any, region: str) -> boto3.Session:
    """A session that has these credentials and looks for no others."""
    session = _bare(region)
    session.register_component("credential_provider", CredentialResolver([_Given(credentials)]))
    return boto3.Session(botocore_session=session)


class _Given(CredentialProvider):  # type: ignore[misc]
    METHOD = "given"
    CANONICAL_NAME = "Given"

    def __init__(self, credentials: Any) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Any:
        return self._credentials


# Refusals of GetSessionToken that say nothing against the keys: a policy denies it, they are temporary
# already, or they belong to somebody who may not have one.
_KEEP_KEYS = frozenset({"AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "ValidationError"})


def _exchanged(boto: boto3.Session, keys: Keys, region: str, live: timedelta) -> boto3.Session:
    """The same principal with keys that end by themselves, when AWS gives any; else the keys as they are.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
    """
    sts = boto.client("sts")
    try:
        sts.get_caller_identity()
        if keys.session_token is not None:
            return boto
        try:
            seconds = int(max(live, _SHORTEST_SESSION).total_seconds())
            answer = sts.get_session_token(DurationSeconds=seconds)["Credentials"]
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] not in _KEEP_KEYS:
                raise
            return boto
    finally:
        sts.close()
    return _with(
        Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"]), region
    )


# What AWS says where a trust policy does not allow sts:SetSourceIdentity, and where there is a source identity
# already, which cannot be changed:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
_NO_SOURCE_IDENTITY = frozenset({"AccessDenied", "ValidationError"})


def _in_role(boto: boto3.Session, role: Role, region: str, name: str) -> boto3.Session:
    """The role's session; it renews itself for as long as the credentials below it last."""
    making = threading.Lock()

    def client(service: str, **credentials: Any) -> Any:
        with making:
            return boto.client(service, **credentials)

    arguments = {"RoleSessionName": session_name(name)}
    if role.external_id is not None:
        arguments["ExternalId"] = role.external_id

    def fetcher(**more: str) -> Callable[[], Any]:
        made = AssumeRoleCredentialFetcher(
            client, boto.get_credentials(), role.arn, extra_args=arguments | more
        )
        fetch: Callable[[], Any] = made.fetch_credentials
        return fetch

    anonymous = fetcher()
    named = fetcher(SourceIdentity=session_name(name)) if name else anonymous

    def credentials() -> Any:
        try:
            return named()
        except ClientError as refusal:
            # Whether it is the source identity that is refused, or the role, is not always told.
            if named is anonymous or refusal.response["Error"]["Code"] not in _NO_SOURCE_IDENTITY:
                raise
            return anonymous()

    return _with(DeferredRefreshableCredentials(credentials, "assume-role"), region)
