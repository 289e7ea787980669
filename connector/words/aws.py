"""What AWS's errors say to a person: sign-in, region, keys, permissions, and the way there."""

import re
import socket
from typing import Any

from urllib3.exceptions import NameResolutionError

from connector.words import Context, Words, clean


def _where(context: Context) -> str:
    return f" in {context.region}" if context.region else ""


def _whose(context: Context) -> str:
    return context.principal or (f"Signed in with {context.sign_in}" if context.sign_in else "")


def _message(error: Any) -> str:
    return (
        clean(error.response.get("Error", {}).get("Message", ""))
        if hasattr(error, "response")
        else clean(error)
    )


def _aws_line(context: Context, command: str) -> str:
    profile = f" --profile {context.profile}" if context.profile else ""
    return f"`aws {command}{profile}`"


def _sign_in_field(context: Context, keys_field: str) -> str:
    return keys_field if context.keys else "profile"


def profile_not_found(error: Any, context: Context) -> Words:
    name = clean(error.kwargs.get("profile") or context.profile or "", 80)
    return Words(
        f"There is no AWS profile `{name}` where the bot runs",
        "",
        f"Choose one that is there, or set it up there: `aws configure --profile {name}`",
        "profile",
    )


def no_credentials(_error: Any, context: Context) -> Words:
    if context.profile:
        return Words(
            f"Profile `{context.profile}` gives no credentials",
            "",
            f"Give it keys, a role or SSO where the bot runs: `aws configure --profile {context.profile}`",
            "profile",
        )
    return Words(
        "The bot has no AWS credentials of its own",
        "The default chain (environment, web identity, Pod Identity, container, instance) is empty.",
        "Choose a profile, or give the bot's machine or pod a role",
        "profile",
    )


def partial_credentials(error: Any, context: Context) -> Words:
    missing = clean(error.kwargs.get("cred_var", "a part"), 60)
    where = f"Profile `{context.profile}`" if context.profile else "The default chain"
    return Words(
        f"{where} has only half a key: `{missing}` is missing", "", f"Add `{missing}` to it", "profile"
    )


def credentials_failed(error: Any, context: Context) -> Words:
    return Words(
        f"Signing in with {context.sign_in or 'AWS'} failed",
        _message(error),
        "Check how it is set up where the bot runs: " + _aws_line(context, "sts get-caller-identity"),
        "profile",
    )


def malformed(_error: Any, context: Context) -> Words:
    # The error's text may hold what could not be read: a secret, when that came from a credential process.
    return Words(
        f"Signing in with {context.sign_in or 'AWS'} gives something that cannot be read",
        "",
        "Check how it is set up where the bot runs: " + _aws_line(context, "sts get-caller-identity"),
        "profile",
    )


def needs_mfa(_error: Any, context: Context) -> Words:
    return Words(
        f"{context.sign_in or 'The sign-in'} asks for an MFA code, which a bot cannot type",
        "",
        "Use a profile without `mfa_serial`, or SSO",
        "profile",
    )


def sso_expired(_error: Any, context: Context) -> Words:
    whose = f"of profile `{context.profile}` " if context.profile else ""
    return Words(
        f"The SSO session {whose}is over, or was never started",
        "",
        "Sign in again where the bot runs: " + _aws_line(context, "sso login"),
        "profile",
    )


def login_expired(_error: Any, context: Context) -> Words:
    whose = f"of profile `{context.profile}` " if context.profile else ""
    return Words(
        f"The login {whose}is over",
        "",
        "Sign in again where the bot runs: " + _aws_line(context, "login"),
        "profile",
    )


def login_denied(_error: Any, context: Context) -> Words:
    return Words(
        "AWS refused: signin:CreateOAuth2Token",
        _whose(context),
        "Ask for `signin:CreateOAuth2Token` to be allowed, then sign in again: "
        + _aws_line(context, "login"),
        "profile",
    )


# The regions that every account has on: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
_ALWAYS_ON = re.compile(
    r"ap-northeast-[123]|ap-south-1|ap-southeast-[12]|ca-central-1|eu-central-1|eu-north-1|eu-west-[123]"
    r"|sa-east-1|us-east-[12]|us-west-[12]"
)


def _or_region_off(context: Context) -> str:
    """A region that an account has turned off knows none of its keys, and says just that."""
    if not context.region or _ALWAYS_ON.fullmatch(context.region):
        return ""
    line = _aws_line(context, f"account get-region-opt-status --region-name {context.region}")
    return f" If they work elsewhere, {context.region} may be off for the account: {line}"


def unknown_key(_error: Any, context: Context) -> Words:
    what = "these keys" if context.keys else f"the keys of {context.sign_in or 'this sign-in'}"
    return Words(
        f"AWS does not know {what}",
        f"Asked{_where(context)}." if context.region else "",
        "Check the access key id, and that the key is active." + _or_region_off(context),
        _sign_in_field(context, "access_key_id"),
    )


def wrong_secret(error: Any, context: Context) -> Words:
    if re.search(r"signature (expired|not yet current)", str(error), re.IGNORECASE):
        return clock_is_off(error, context)
    return Words(
        "The secret key does not belong to this access key id",
        _whose(context) if not context.keys else "",
        "Copy both from the same key; a secret cannot be looked up again, only made new",
        _sign_in_field(context, "secret_access_key"),
    )


def session_expired(_error: Any, context: Context) -> Words:
    if context.keys:
        return Words(
            "The session of these AWS keys is over", "", "Sign in again with new ones", "session_token"
        )
    return Words(
        f"The session of {context.sign_in or 'this sign-in'} is over",
        "",
        "Renew it where the bot runs; there "
        + _aws_line(context, "sts get-caller-identity")
        + " shows when it works again",
        "profile",
    )


def clock_is_off(_error: Any, _context: Context) -> Words:
    return Words(
        "AWS says the request is too old or from the future",
        "The clock of the bot's machine is off by more than five minutes.",
        "Set the clock where the bot runs (NTP)",
    )


_NOT_AUTHORIZED = re.compile(
    r"User:\s+(?P<principal>arn:\S+)\s+is not authorized to perform:\s+(?P<action>[\w*:-]+)"
    r"(?:\s+on resource:\s+(?P<resource>arn:\S+|\*))?"
)


def access_denied(error: Any, context: Context) -> Words:
    said = _NOT_AUTHORIZED.search(clean(error, 2000))
    principal = said["principal"] if said else context.principal
    action = said["action"] if said else context.action
    resource = (said["resource"] or "") if said else ""
    if action == "sts:AssumeRole" or getattr(error, "operation_name", "") == "AssumeRole":
        return _may_not_assume(principal, resource, context)
    name = resource.rpartition("/")[2].strip("*") if "/" in resource else context.cluster
    who = principal or (f"The principal of {context.sign_in}" if context.sign_in else "This principal")
    cause = " A policy denies it explicitly." if "explicit deny" in str(error) else ""
    return Words(
        f"AWS refused: {action or 'the call'}{f' on {name}' if name else ''}",
        f"{who} may not do this{_where(context)}.{cause}",
        f"Ask for `{action}` to be allowed, or sign in as somebody else" if action else "",
    )


def _may_not_assume(principal: str, resource: str, context: Context) -> Words:
    ours = bool(context.role) and resource in ("", context.role)
    role = context.role if ours else resource or "the role"
    return Words(
        f"AWS refused: sts:AssumeRole on {role.rpartition('/')[2] or role}",
        f"{principal or _whose(context) or 'This principal'} may not assume {role}.",
        "The role's trust policy has to name this principal (and the external id, if it asks for one), "
        "and the principal needs `sts:AssumeRole` on the role",
        "role_arn" if ours else "profile",
    )


def invalid_region(_error: Any, context: Context) -> Words:
    return Words(
        f"There is no EKS in a region `{context.region}`" if context.region else "No region was given",
        "",
        "Use one as AWS writes it, like `eu-west-1`",
        "region",
    )


def region_disabled(_error: Any, context: Context) -> Words:
    region = context.region or "the region"
    return Words(
        f"{region} is off for this account",
        _whose(context),
        "Turn it on, or leave it out: " + _aws_line(context, f"account enable-region --region-name {region}"),
        "region",
    )


def cluster_not_found(_error: Any, context: Context) -> Words:
    return Words(
        f"There is no cluster `{context.cluster}`{_where(context)}"
        if context.cluster
        else "AWS has no such resource",
        f"Looked for as {context.principal}." if context.principal else "",
        "Check the name, the region and the account: "
        + _aws_line(context, f"eks list-clusters --region {context.region}"),
        "cluster",
    )


def throttled(_error: Any, context: Context) -> Words:
    return Words(
        f"AWS is slowing requests down{_where(context)}",
        f"{context.action} was tried several times." if context.action else "",
        "Try again in a minute",
    )


def invalid(error: Any, context: Context) -> Words:
    return Words(f"AWS does not accept the request{_of(context)}", _message(error), "")


def server_error(_error: Any, context: Context) -> Words:
    return Words(
        f"AWS has a fault of its own{_of(context)}",
        f"It was tried several times{_where(context)}.",
        "Try again in a few minutes, or look at https://health.aws.amazon.com",
    )


def unexpected(error: Any, context: Context) -> Words:
    return Words(
        f"AWS answered with an error{_of(context)}", _message(error), "The bot's log has the details"
    )


def _of(context: Context) -> str:
    return f": {context.action}" if context.action else ""


def unreachable(error: Any, context: Context) -> Words:
    below = getattr(error, "kwargs", {}).get("error", error)
    if isinstance(below, NameResolutionError | socket.gaierror):
        return Words(
            f"The name of AWS's endpoint{_where(context)} does not resolve",
            "",
            "Check DNS where the bot runs, and the region's name",
        )
    return Words(
        f"AWS does not answer{_where(context)}",
        "The connection failed or broke off.",
        "Check the way out of where the bot runs (firewall, proxy, VPC endpoints for `sts` and `eks`)",
    )


def timeout(_error: Any, context: Context) -> Words:
    return Words(
        f"AWS does not answer{_where(context)} in time",
        f"Tried: {context.action}." if context.action else "",
        "Check the way out of where the bot runs (firewall, proxy, VPC endpoints for `sts` and `eks`)",
    )


def untrusted(_error: Any, context: Context) -> Words:
    return Words(
        f"AWS's certificate{_where(context)} does not verify",
        "Something between the bot and AWS answers in its place.",
        "If that is your proxy, give the bot its CA: `AWS_CA_BUNDLE`",
    )


def proxy_failed(_error: Any, _context: Context) -> Words:
    return Words(
        "The proxy does not let the bot through", "", "Check `HTTPS_PROXY` and `NO_PROXY` where the bot runs"
    )


def misconfigured(error: Any, _context: Context) -> Words:
    return Words("The bot's AWS settings are not right", clean(error), "Correct them where the bot runs")
