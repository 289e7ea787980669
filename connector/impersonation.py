"""As whom a call reaches a cluster, so that the cluster's own RBAC decides for a person and not for the bot.

https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
"""

import re
from dataclasses import dataclass

from connector.errors import InvalidRequest
from connector.words import clean

# It has to survive in a header as it is: one line of ASCII, with nothing at its ends that would be cut off.
_NAME = re.compile(r"[!-~](?:[ -~]{0,254}[!-~])?")
_GROUPS = 64


@dataclass(frozen=True)
class Impersonate:
    """A Kubernetes user and groups to act as, just as given: `system:` ones too.

    Raises InvalidRequest for a name that no header can carry; an empty one would mean the bot itself.
    """

    user: str
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, what in ((self.user, "user"), *((group, "group") for group in self.groups)):
            if not _NAME.fullmatch(name):
                raise InvalidRequest(
                    f"`{clean(name, 60)}` is no {what} to act as",
                    "",
                    "1 to 256 characters of ASCII, without a space at either end",
                )
        if len(self.groups) > _GROUPS:
            raise InvalidRequest(
                "These are too many groups to act as", f"At most {_GROUPS}.", "Leave some out"
            )

    @property
    def headers(self) -> dict[str, list[str]]:
        """Names and values; each value is a header of its own."""
        return {"Impersonate-User": [self.user], "Impersonate-Group": list(self.groups)}
