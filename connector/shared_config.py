"""What AWS's shared files say of a profile: where it is at home, and how it signs in. None of its secrets."""

from collections.abc import Mapping

import botocore.session

from connector.errors import translated


def home_region(profile: str | None) -> str:
    """The region that a profile is given, None: the one in use; "" without one. Raises Misconfigured."""
    return _section(profile).get("region", "")


def way_in(profile: str) -> str:
    """How a profile signs in, in words: by keys, by SSO, as a role … Raises Misconfigured."""
    section = _section(profile)
    if role := section.get("role_arn"):
        below = section.get("source_profile") or section.get("credential_source")
        by = f"from {below}" if below else "by a web identity"
        return f"as role {role.rpartition('/')[2]}, {by}"
    for setting, words in _WAYS.items():
        if setting in section:
            return words
    return "by nothing that is set up"


# In the order in which botocore looks.
_WAYS = {
    "sso_session": "by SSO",
    "sso_start_url": "by SSO",
    "aws_access_key_id": "by keys",
    "login_session": "by aws login",
    "credential_process": "by a process",
}


def _section(profile: str | None) -> Mapping[str, str]:
    with translated(profile=profile):
        session = botocore.session.Session()
        section: Mapping[str, str] = session.full_config["profiles"].get(
            profile or session.profile or "default", {}
        )
        return section
