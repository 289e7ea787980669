"""The exact commands that mend a broken hop on the way to a cluster, where an error's own hint does not hold them."""

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connector.arn import role_of
from connector.aws import Identity, SignIn
from connector.errors import (
    AccessDenied,
    ClusterNotFound,
    Expired,
    Failure,
    InvalidCredentials,
    NoCredentials,
    ProfileNotFound,
    Untrusted,
)
from connector.impersonation import Impersonate
from connector.reviews import Known, Right

# Stands where a command needs what the bot cannot know: the address as which it leaves its network.
BOTS_ADDRESS = "BOTS-ADDRESS/32"


@dataclass
class Case:
    """What is known of a cluster and of whoever goes there, as far as the way went."""

    sign_in: SignIn
    region: str
    cluster: str
    acting: Impersonate | None = None
    """As whom the cluster is asked; None is whoever signed in."""
    namespace: str = ""
    """The only one that is asked about; "" is all of them."""
    base: Identity | None = None
    """Who signed in, before a role was assumed."""
    identity: Identity | None = None
    found: Mapping[str, Any] = field(default_factory=dict)
    """EKS's description of the cluster."""
    known: Known = field(default_factory=lambda: Known("", (), None))
    denied: Sequence[Right] = ()

    def aws(self, *words: str) -> str:
        """A line of AWS's command line, as the profile."""
        profile = ["--profile", self.sign_in.profile] if self.sign_in.profile else []
        return shlex.join(["aws", *words, *profile])

    @property
    def target(self) -> tuple[str, ...]:
        return ("--name", self.cluster, "--region", self.region)


def mending(hop: str, failure: Failure, case: Case) -> tuple[str, ...]:
    """The commands for this hop; none where what is wrong is mended in another way, or the hint has them."""
    find = _HOPS.get(hop)
    return find(failure, case) if find else ()


def _profile(failure: Failure, case: Case) -> tuple[str, ...]:
    if isinstance(failure, ProfileNotFound) and case.sign_in.profile:
        return (shlex.join(["aws", "configure", "sso", "--profile", case.sign_in.profile]),)
    return ()


def _credentials(failure: Failure, case: Case) -> tuple[str, ...]:
    profile = case.sign_in.profile
    if isinstance(failure, InvalidCredentials | NoCredentials) and profile:
        return (
            shlex.join(["aws", "configure", "--profile", profile]),
            case.aws("sts", "get-caller-identity"),
        )
    if isinstance(failure, Expired):
        return () if "`aws " in failure.hint else (case.aws("sts", "get-caller-identity"),)
    return ()


def _role(failure: Failure, case: Case) -> tuple[str, ...]:
    """Both ends of an assumed role: who may assume it, by its trust policy, and what the assumer may do."""
    role, base = case.sign_in.role, case.base
    if not isinstance(failure, AccessDenied) or role is None or base is None:
        return ()
    trust: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": role_of(base.arn)},
        "Action": "sts:AssumeRole",
    }
    if role.external_id is not None:
        # The id itself is the role owner's to know.
        trust["Condition"] = {"StringEquals": {"sts:ExternalId": "EXTERNAL-ID"}}
    name = role.arn.rpartition("/")[2]
    named = shlex.join(["--role-name", name])
    # What is there stays: the policy is written anew as a whole.
    return (
        f"aws iam get-role {named} --query Role.AssumeRolePolicyDocument > trust.json",
        f"# add to its Statement: {json.dumps(trust, separators=(',', ':'))}",
        f"aws iam update-assume-role-policy {named} --policy-document file://trust.json",
        *_grant(base, "sts:AssumeRole", role.arn),
    )


def _cluster(failure: Failure, case: Case) -> tuple[str, ...]:
    if isinstance(failure, ClusterNotFound):
        return (case.aws("eks", "list-clusters", "--region", case.region),)
    if isinstance(failure, AccessDenied) and case.identity:
        partition = case.identity.arn.split(":")[1]
        arn = f"arn:{partition}:eks:{case.region}:{case.identity.account}:cluster/{case.cluster}"
        return _grant(case.identity, "eks:DescribeCluster", arn)
    return ()


def _network(_failure: Failure, case: Case) -> tuple[str, ...]:
    """How the endpoint lets the bot in: public access, for the bot's address beside those that have it."""
    vpc = case.found.get("resourcesVpcConfig", {})
    allowed = vpc.get("publicAccessCidrs") or []
    if vpc.get("endpointPublicAccess"):
        if not allowed or "0.0.0.0/0" in allowed:
            return (
                shlex.join(
                    ["curl", "--max-time", "5", "--insecure", f"{case.found.get('endpoint', '')}/version"]
                ),
            )
        cidrs = ",".join([*allowed, BOTS_ADDRESS])
    else:
        cidrs = BOTS_ADDRESS
    access = f"endpointPublicAccess=true,publicAccessCidrs={cidrs}"
    return (case.aws("eks", "update-cluster-config", *case.target, "--resources-vpc-config", access),)


def _tls(failure: Failure, case: Case) -> tuple[str, ...]:
    if not isinstance(failure, Untrusted):
        return _network(failure, case)
    return (
        case.aws("eks", "describe-cluster", *case.target, "--query", "cluster.certificateAuthority.data"),
    )


def _access(_failure: Failure, case: Case) -> tuple[str, ...]:
    if case.found.get("accessConfig", {}).get("authenticationMode") != "CONFIG_MAP":
        return ()
    # Such a cluster takes no access entries before.
    mode = "authenticationMode=API_AND_CONFIG_MAP"
    return (case.aws("eks", "update-cluster-config", *case.target, "--access-config", mode),)


def _rights(_failure: Failure, case: Case) -> tuple[str, ...]:
    """A role of the cluster's own with what is missing, bound to a group that whoever asks is in."""
    if not case.denied:
        return ()
    resources = ",".join(dict.fromkeys(right.resource for right in case.denied))
    name = "eks-chatops-doctor"
    verbs = ",".join(dict.fromkeys(right.verb for right in case.denied))
    before, subject = _subject(case)
    kind = "rolebinding" if case.namespace else "clusterrolebinding"
    where = [f"--namespace={case.namespace}"] if case.namespace else []
    return (
        *before,
        shlex.join(["kubectl", "create", "clusterrole", name, f"--verb={verbs}", f"--resource={resources}"]),
        shlex.join(["kubectl", "create", kind, name, f"--clusterrole={name}", subject, *where]),
    )


def _subject(case: Case) -> tuple[tuple[str, ...], str]:
    """To whom a role is bound, and what has to be done before."""
    if case.acting:
        return (), f"--group={case.acting.groups[0]}" if case.acting.groups else f"--user={case.acting.user}"
    own = [group for group in case.known.groups if not group.startswith("system:")]
    if own:
        return (), f"--group={own[0]}"
    arn = role_of(case.identity.arn) if case.identity else ""
    if case.known.user and ":assumed-role/" not in case.known.user:
        return (), f"--user={case.known.user}"
    # A session's name is another one tomorrow: bind a group, which the access entry then gives.
    entry = ["--cluster-name", case.cluster, "--region", case.region, "--principal-arn", arn]
    return (
        case.aws("eks", "update-access-entry", *entry, "--kubernetes-groups", "eks-chatops"),
    ), "--group=eks-chatops"


def _grant(who: Identity, action: str, resource: str) -> tuple[str, ...]:
    """How an IAM user or role is given a right; nothing for one that IAM Identity Center manages."""
    principal = role_of(who.arn)
    kind, _, name = principal.partition(":")[2].rpartition(":")[2].partition("/")
    name = name.rpartition("/")[2]
    if kind not in ("user", "role") or name.startswith("AWSReservedSSO_"):
        return ()
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
    policy = "eks-chatops-" + action.partition(":")[2]
    words = ["aws", "iam", f"put-{kind}-policy", f"--{kind}-name", name, "--policy-name", policy]
    return (shlex.join([*words, "--policy-document", document]),)


_HOPS: Mapping[str, Callable[[Failure, Case], tuple[str, ...]]] = {
    "profile": _profile,
    "credentials": _credentials,
    "role": _role,
    "cluster": _cluster,
    "dns": _network,
    "tcp": _network,
    "tls": _tls,
    "access": _access,
    "rbac": _rights,
}
