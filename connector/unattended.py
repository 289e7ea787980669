"""What a profile may ask of whoever sits at a terminal, where nobody sits: a code to type, a process to wait for."""

import subprocess

import botocore.session
from botocore.credentials import ProcessProvider
from botocore.exceptions import CredentialRetrievalError

from connector.errors import InvalidRequest

# What a `credential_process` may take; it may ask a server.
PROCESS_SECONDS = 15.0


def bound(session: botocore.session.Session, profile: str) -> None:
    """Have signing in by `profile` end in time. Raises InvalidRequest when it would ask for an MFA code."""
    _check_mfa(session, profile)
    providers = session.get_component("credential_provider").providers
    for at, provider in enumerate(providers):
        if isinstance(provider, ProcessProvider):
            providers[at] = ProcessProvider(profile, lambda: session.full_config, popen=_Process)


def _check_mfa(session: botocore.session.Session, profile: str) -> None:
    settings = session.full_config["profiles"]
    seen: set[str] = set()
    name: str | None = profile
    while name is not None and name not in seen:
        seen.add(name)
        section = settings.get(name, {})
        if "role_arn" in section and "mfa_serial" in section:
            raise InvalidRequest(
                f"Profile `{profile}` asks for an MFA code, which a bot cannot type",
                f"`mfa_serial` stands in `[profile {name}]`.",
                "Use a profile without it, or SSO",
                field="profile",
            )
        name = section.get("source_profile")


class _Process(subprocess.Popen[bytes]):
    """A `credential_process` that may not take for ever, as botocore would let it."""

    def communicate(self, input: bytes | None = None, timeout: float | None = None) -> tuple[bytes, bytes]:  # noqa: A002, ARG002
        try:
            return super().communicate(input, PROCESS_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            super().communicate()
            said = f"it did not end in {PROCESS_SECONDS:g} s"
            raise CredentialRetrievalError(provider="credential_process", error_msg=said) from None
