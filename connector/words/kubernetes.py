"""What a cluster's errors say to a person: access entry, RBAC, and the way to its API server."""

import re
from typing import Any

import msgspec

from connector.arn import role_of
from connector.words import Context, Words, clean


class _Status(msgspec.Struct):
    """The part of Kubernetes' `Status` that a person can use."""

    message: str = ""


def _server(context: Context) -> str:
    return f"The API server of `{context.cluster}`" if context.cluster else "The API server"


def _said(error: Any) -> str:
    """The server's own sentence: Status.message, or the body when it is no Status."""
    body = error.body or ""
    try:
        return clean(msgspec.json.decode(body, type=_Status).message or error.reason or "")
    except msgspec.DecodeError:
        return clean(body if len(body) < 500 else error.reason or "")


def _describe(context: Context, query: str) -> str:
    """The command that shows one field of the cluster."""
    profile = f" --profile {context.profile}" if context.profile else ""
    where = f"--name {context.cluster} --region {context.region}"
    return f"`aws eks describe-cluster {where} --query {query}{profile}`"


# --- what the server answered


def invalid(error: Any, context: Context) -> Words:
    return Words(
        f"{_server(context)} does not accept the request",
        _said(error),
        "Check the selector and the names in it",
    )


def unauthorized(_error: Any, context: Context) -> Words:
    role = context.role or role_of(context.principal) or "ARN"
    if "/AWSReservedSSO_" in role:
        # An access entry wants the role with its path, which the session's ARN does not hold.
        role = f'"$(aws iam get-role --role-name {role.rpartition("/")[2]} --query Role.Arn --output text)"'
    target = f"--cluster-name {context.cluster} --region {context.region} --principal-arn {role}"
    return Words(
        f"`{context.cluster}` does not know who this is"
        if context.cluster
        else "The cluster does not know who this is",
        f"{context.principal} has no access entry in it." if context.principal else "",
        f"Somebody who administers the cluster lets it in: `aws eks create-access-entry {target}`, then "
        f"`aws eks associate-access-policy {target} --access-scope type=cluster "
        "--policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy`",
    )


_RBAC = re.compile(
    r'cannot (?P<verb>[\w*-]+) resource "(?P<resource>[\w./*-]+)" in API group "(?P<group>[\w.*-]*)" '
    r'(?:in the namespace "(?P<namespace>[\w.-]+)"|at the cluster scope)'
)


def forbidden(error: Any, context: Context) -> Words:
    message = _said(error)
    rule = _RBAC.search(message)
    if rule is None:
        return Words(f"{_server(context)} refused", message, "Ask for a role that allows it")
    if rule["verb"] == "impersonate":
        return _may_not_impersonate(message, context)
    resource = rule["resource"] + (f".{rule['group']}" if rule["group"] else "")
    scope = f" in the namespace `{rule['namespace']}`" if rule["namespace"] else ""
    group = rule["group"]
    return Words(
        f"`{context.cluster}` refused: {rule['verb']} {resource}{scope}",
        message,
        f"Ask for a {'Role' if rule['namespace'] else 'ClusterRole'} with this rule: "
        f'`{{apiGroups: ["{group}"], resources: [{rule["resource"]}], verbs: [{rule["verb"]}]}}`',
    )


def _may_not_impersonate(message: str, context: Context) -> Words:
    who = context.principal or "The bot's own identity there"
    return Words(
        f"The bot may not act as somebody else in `{context.cluster}`",
        message,
        f"{who} needs a ClusterRole with this rule: "
        '`{apiGroups: [""], resources: [users, groups], verbs: [impersonate]}`',
    )


def not_found(error: Any, context: Context) -> Words:
    return Words(f"{_server(context)} has no such thing", _said(error), "")


def list_expired(_error: Any, context: Context) -> Words:
    return Words(
        f"The list of `{context.cluster}` expired before it was read to its end",
        "It was started over once.",
        "Narrow it to a namespace or a selector",
    )


def throttled(_error: Any, context: Context) -> Words:
    return Words(
        f"{_server(context)} is too busy to answer", "It was tried several times.", "Try again in a minute"
    )


def server_error(error: Any, context: Context) -> Words:
    return Words(
        f"{_server(context)} has a fault of its own ({error.status})", _said(error), "Try again in a minute"
    )


def unexpected(error: Any, context: Context) -> Words:
    status = getattr(error, "status", None)
    if status is None:
        return Words(f"{_server(context)} could not be asked", clean(error), "The bot's log has the details")
    if 300 <= status < 400:
        return Words(
            f"{_server(context)} sends elsewhere ({status})",
            "A Kubernetes API server does not do that: something else answers at its address.",
            _describe(context, "cluster.endpoint"),
        )
    return Words(f"{_server(context)} answered with {status}", _said(error), "The bot's log has the details")


def unreadable(_error: Any, context: Context) -> Words:
    return Words(
        f"{_server(context)} answered with something that is not Kubernetes",
        "",
        "A proxy or firewall may answer in its place: " + _describe(context, "cluster.endpoint"),
    )


# --- the way to the server


def connect_timeout(_error: Any, context: Context) -> Words:
    return Words(
        f"{_server(context)} does not answer",
        "Connecting timed out: its endpoint is private, or does not let the bot's address in.",
        "Run the bot inside the VPC, or open the endpoint to it: "
        + _describe(context, "cluster.resourcesVpcConfig"),
    )


def name_unknown(_error: Any, context: Context) -> Words:
    return Words(
        f"The name of the API server of `{context.cluster}` does not resolve",
        "The cluster was made anew, or its endpoint's name is known inside its VPC only.",
        "Connect to it again, or run the bot inside the VPC: " + _describe(context, "cluster.endpoint"),
    )


def refused(_error: Any, context: Context) -> Words:
    return Words(
        f"{_server(context)} refuses connections",
        "",
        "It may be starting or being replaced: " + _describe(context, "cluster.status"),
    )


def read_timeout(_error: Any, context: Context) -> Words:
    return Words(
        f"{_server(context)} took the request and did not answer in time",
        "",
        "Try again; a namespace or a selector makes a list shorter"
        if context.action.startswith("list ") and context.action != "list namespaces"
        else "Try again; if it stays so, the endpoint may be private and not reachable from where the bot runs",
    )


def untrusted(error: Any, context: Context) -> Words:
    name = re.search(r"mismatch|doesn't match", str(error)) is not None
    return Words(
        f"The certificate of the API server of `{context.cluster}` does not verify",
        "It is made out to another name."
        if name
        else "It is not signed by the CA that EKS gives for this cluster.",
        "A proxy may be in between, or the cluster was made anew: connect to it again",
    )


def broke_off(_error: Any, context: Context) -> Words:
    return Words(f"{_server(context)} broke off its answer", "", "Try again")
