"""What AWS and Kubernetes accept as a name, and where each rule is written.

Checked before anything is sent, so that a slip is told at its field, and so that nothing typed in a chat
can become part of a path, a header or a command.
"""

import re

from connector.errors import Failure, InvalidCredentials, InvalidRequest
from connector.words import clean

# https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html (name)
_CLUSTER = re.compile(r"[0-9A-Za-z][A-Za-z0-9\-_]{0,99}")
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html (Path up to 512, RoleName up to 64)
_ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/(?:[!-~]{1,510}/)?[\w+=,.@-]{1,64}", re.ASCII)
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (ExternalId)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
# https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html (AccessKeyId)
_ACCESS_KEY_ID = re.compile(r"\w{16,128}", re.ASCII)
# No length is promised for these two: they only have to survive in a header and a signature.
_SECRET = re.compile(r"[!-~]{16,256}")
_SESSION_TOKEN = re.compile(r"[!-~]{16,16384}")
# A section of AWS's shared files, `[profile NAME]`, ends at the bracket or the line:
# https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
_PROFILE = re.compile(r"[^\[\]\x00-\x1f\x7f`]{1,128}")
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
_NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

# The widest rule that any kind has (path segment names, as of RBAC's objects), so that nothing leaves its path:
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#path-segment-names
_OBJECT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._:@-]{1,253}", re.ASCII)

# Far more than any selector a person types, and still a request line that every proxy takes.
SELECTOR_LIMIT = 2000


def cluster_name(name: str) -> None:
    """Raises InvalidRequest unless EKS could have a cluster of this name."""
    if not _CLUSTER.fullmatch(name):
        raise _refusal(
            name,
            "a cluster's name",
            "Letters, digits, `-` and `_`, beginning with a letter or digit, at most 100",
            "cluster",
        )


def role_arn(arn: str) -> None:
    """Raises InvalidRequest unless this is an IAM role's ARN."""
    if not _ROLE.fullmatch(arn):
        raise _refusal(arn, "a role's ARN", "It looks like `arn:aws:iam::111122223333:role/NAME`", "role_arn")


def external_id(value: str) -> None:
    """Raises InvalidRequest unless STS would take this external id. Its text is not repeated."""
    if not _EXTERNAL_ID.fullmatch(value):
        raise InvalidRequest(
            "This is not an external id",
            "",
            "2 to 1,224 letters, digits and `+=,.@:/-_`",
            field="external_id",
        )


def keys(access_key_id: str, secret_access_key: str, session_token: str | None) -> None:
    """Raises InvalidCredentials unless these are formed like AWS keys. Their text is not repeated."""
    if not _ACCESS_KEY_ID.fullmatch(access_key_id):
        raise InvalidCredentials(
            "This is not an access key id", "", "It looks like `AKIAIOSFODNN7EXAMPLE`", field="access_key_id"
        )
    if not _SECRET.fullmatch(secret_access_key):
        raise InvalidCredentials(
            "This is not a secret access key",
            "",
            "It is 40 characters on one line",
            field="secret_access_key",
        )
    if session_token is not None and not _SESSION_TOKEN.fullmatch(session_token):
        raise InvalidCredentials(
            "This is not a session token",
            "",
            "It is one long line; leave it out for keys without one",
            field="session_token",
        )
    if session_token is None and access_key_id.startswith("ASIA"):
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
        raise InvalidCredentials(
            "These keys need their session token",
            "Keys that begin with `ASIA` are temporary.",
            "Paste all three",
            field="session_token",
        )


def profile_name(name: str) -> None:
    """Raises InvalidRequest unless AWS's configuration could have a profile of this name."""
    if not _PROFILE.fullmatch(name):
        raise _refusal(name, "a profile's name", "It is what stands in `[profile NAME]`", "profile")


def namespace(name: str) -> None:
    """Raises InvalidRequest unless Kubernetes could have a namespace of this name."""
    if not _NAMESPACE.fullmatch(name):
        raise _refusal(name, "a namespace's name", "Small letters, digits and `-`, at most 63", None)


def object_name(name: str) -> None:
    """Raises InvalidRequest unless Kubernetes could have an object of this name."""
    if not _OBJECT.fullmatch(name):
        raise _refusal(name, "an object's name", "Letters, digits, `-`, `.` and `:`, at most 253", None)


def selector(text: str) -> None:
    """Raises InvalidRequest for a label selector that is too long to be sent; the server judges the rest."""
    if len(text) > SELECTOR_LIMIT:
        raise InvalidRequest(
            "The selector is too long", f"At most {SELECTOR_LIMIT:,} characters.", "Shorten it"
        )


def _refusal(value: str, what: str, hint: str, field: str | None) -> Failure:
    shown = clean(value, 60)
    return InvalidRequest(
        f"`{shown}` is not {what}" if shown else f"This is not {what}: it is empty", "", hint, field=field
    )
