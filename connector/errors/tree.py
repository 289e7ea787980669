"""Our errors: a condition each, with three texts for a person.

    Failure                     what, why, hint: three texts for a person
    ├── InvalidRequest          what was asked for cannot be, as it is written
    │   ├── InvalidRegion
    │   ├── InvalidCredentials  AWS does not know these keys
    │   └── ProfileNotFound
    ├── NoCredentials           the sign-in is not set up, or gave nothing
    ├── Expired                 the sign-in is over
    ├── AccessDenied            IAM says no
    │   └── RegionDisabled      the account has this region turned off
    ├── Unauthorized            the cluster does not know who this is (401)
    ├── Forbidden               the cluster knows, and says no (403)
    ├── NotFound
    │   ├── ClusterNotFound
    │   └── ConnectionNotFound
    ├── ClusterNotReady         it is being made or deleted, or has failed
    ├── ListExpired             the list changed too fast to be read to its end (410)
    ├── Unreachable             no answer
    │   └── Untrusted           an answer, but not from whom we asked (TLS)
    ├── Throttled               asked too often (429, ThrottlingException)
    ├── Busy                    our own line for this cluster or region is full
    ├── StateAway               the database, or the store of credentials, is out of reach
    ├── ServerError             it answered, and the fault is on its side
    ├── Misconfigured           the bot's own AWS settings are wrong
    └── Unexpected              an error nobody has met yet

Texts are plain, with commands and names in `backticks`; whoever draws them does the escaping. They
never hold a secret: foreign text goes through `connector.words.clean` first.
"""


class Failure(Exception):  # noqa: N818 - an error's name states the condition
    """Root of all errors a person may see: `what` happened, `why` (who, where), and a `hint` for what to do.

    `field` names the input that is wrong, for a form to show the mistake there: "region", "profile",
    "access_key_id", "secret_access_key", "session_token", "role_arn", "external_id", "cluster", or None.
    """

    field: str | None = None

    def __init__(self, what: str, why: str = "", hint: str = "", *, field: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.hint = hint
        if field is not None:
            self.field = field


class InvalidRequest(Failure):
    """What was asked for cannot be, as it is written."""


class InvalidRegion(InvalidRequest):
    """No such AWS region, or EKS is not there."""

    field = "region"


class InvalidCredentials(InvalidRequest):
    """AWS does not know these keys, or they are not formed like keys."""


class ProfileNotFound(InvalidRequest):
    """The bot's AWS configuration has no such profile."""

    field = "profile"


class NoCredentials(Failure):
    """The sign-in is not set up where the bot runs, or it gave no credentials."""


class Expired(Failure):
    """The sign-in was good and is over."""


class AccessDenied(Failure):
    """IAM does not allow it."""


class RegionDisabled(AccessDenied):
    """The account has this region turned off."""

    field = "region"


class Unauthorized(Failure):
    """The cluster does not know this principal: no access entry (401)."""


class Forbidden(Failure):
    """The cluster knows this principal and its RBAC says no (403)."""


class NotFound(Failure):
    """It is not there."""


class ClusterNotFound(NotFound):
    """No such cluster in this region and account."""

    field = "cluster"


class ConnectionNotFound(NotFound):
    """This workspace has no such connection."""


class ClusterNotReady(Failure):
    """The cluster exists but cannot be used: it is being made or deleted, or has failed."""

    field = "cluster"


class ListExpired(Failure):
    """The list changed too fast to be read to its end (410)."""


class Unreachable(Failure):
    """No answer."""


class Untrusted(Unreachable):
    """An answer that cannot be trusted: its TLS certificate does not verify."""


class Throttled(Failure):
    """Asked too often; it was retried and is still refused."""


class Busy(Failure):
    """Our own line for this cluster or region is full."""


class StateAway(Failure):
    """What the bot remembers is out of reach for now; nothing was changed."""


class ServerError(Failure):
    """It answered, and the fault is on its side."""


class Misconfigured(Failure):
    """The bot's own AWS settings are wrong."""


class Unexpected(Failure):
    """An error that this table does not know."""
