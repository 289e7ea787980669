"""Logging that cannot leak: our own lines at the level asked for, libraries only when something is wrong, all scrubbed.

slack_bolt, slack_sdk, botocore, urllib3 and kubernetes write whole requests and answers at DEBUG or INFO, and some of
them whole bodies at WARNING. They hold tokens, keys and response_urls. So libraries are held at ERROR whatever
LOG_LEVEL says, and a filter takes out of every line what looks like a credential.
"""

import logging
import re
import sys
from collections.abc import Iterable

_OURS = ("bot", "handlers", "connector", "playground")

# Each alternative reads a text once: what is logged may have come from a chat.
_SECRETS = re.compile(
    r"""
      xox[a-z](?:\.xox[a-z])?-[\w-]+ | xapp-[\w-]+                        # Slack tokens
    | k8s-aws-v1\.[\w-]+                                                 # EKS bearer tokens
    | (?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{12,}                            # AWS access key ids
    | (?<![A-Za-z0-9/+])(?:[A-Za-z0-9/+]{40}|[A-Za-z0-9/+]{100,})(?![A-Za-z0-9/+])  # AWS secret keys, session tokens
    | https?://[\w.:-]{1,255}/(?:commands|actions|services|app)/[^\s'"]+  # response_urls
    | wss?://[^\s'"]+                                                    # Socket Mode tickets
    | X-Amz-(?:Signature|Security-Token|Credential)=[^\s&'"]+
    | (?i:bearer\s+)[\w.~+/=-]{16,}
    """,
    re.VERBOSE,
)
# A line is for reading; what is longer is a payload that got in.
_LONGEST = 4_000


def scrubbed(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without anything that looks like a credential, and without `secrets`, on lines of printable characters."""
    for secret in secrets:
        text = text.replace(secret, "[secret]")
    text = _SECRETS.sub("[secret]", text)
    text = "".join(char if char.isprintable() or char in "\n\t" else "�" for char in text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"


class _Formatter(logging.Formatter):
    """One event, one line: what a message holds cannot start a line of its own. A traceback follows indented."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return scrubbed(super().format(record), self._secrets).replace("\n", "\n    ")


def configure(level: str, secrets: Iterable[str] = ()) -> None:
    """Sends log lines to stderr; `secrets` are the process's own, taken out wherever they turn up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(tuple(secret for secret in secrets if secret)))
    logging.basicConfig(level=logging.ERROR, handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
