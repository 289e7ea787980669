"""The environment becomes Settings, or one clear sentence for each variable that is missing or malformed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# https://docs.slack.dev/authentication/tokens : bot tokens, and app-level tokens for Socket Mode.
_BOT_TOKEN = re.compile(r"xoxb-[A-Za-z0-9-]+")
_APP_TOKEN = re.compile(r"xapp-[A-Za-z0-9-]+")
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]{2,45}(%\w+)?")
_SECRET = re.compile(r"[0-9a-fA-F]{32,}")


class BadSettings(Exception):  # noqa: N818 - a condition, as all our errors are named
    """The environment does not make settings; `lines` say what is wrong and the line that would set it."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True)
class Settings:
    """How the bot is run. No secret shows in its repr."""

    # One token for each workspace.
    bot_tokens: tuple[str, ...] = field(repr=False)
    signing_secret: str = field(repr=False, default="")
    app_token: str = field(repr=False, default="")
    api_url: str = "https://slack.com/api/"
    host: str = "127.0.0.1"
    port: int = 3000
    # In Socket Mode the health pages are served only where a port is asked for.
    port_given: bool = False
    log_level: str = "INFO"

    @property
    def socket_mode(self) -> bool:
        return bool(self.app_token)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Settings from variables; AWS reads its own. Raises BadSettings naming every variable that is wrong."""
        wrong: list[str] = []

        def read(name: str, form: Callable[[str], bool], example: str, why: str, needed: bool = False) -> str:
            value = environment.get(name, "").strip()
            if not value and needed:
                wrong.append(f"{name} is missing: {why}. Set it: export {name}={example}")
            elif value and not form(value):
                wrong.append(f"{name} is malformed: {why}. It looks like this: export {name}={example}")
            return value

        tokens = read(
            "SLACK_BOT_TOKEN",
            lambda value: all(_BOT_TOKEN.fullmatch(token.strip()) for token in value.split(",")),
            "xoxb-…",
            "the bot's token from the app's page Install App; several, one a workspace, with commas between them",
            needed=True,
        )
        app_token = read(
            "SLACK_APP_TOKEN",
            lambda value: bool(_APP_TOKEN.fullmatch(value)),
            "xapp-…",
            "the app-level token with the scope connections:write, from the app's page Basic Information",
        )
        signing_secret = read(
            "SLACK_SIGNING_SECRET",
            lambda value: bool(_SECRET.fullmatch(value)),
            "0123456789abcdef…",
            "without SLACK_APP_TOKEN the bot listens over HTTP, and knows Slack by the signing secret"
            " from the app's page Basic Information",
            needed=not app_token,
        )
        api_url = read(
            "SLACK_API_URL", _is_url, "https://slack.com/api/", "an http(s) address that ends in a slash"
        )
        host = read("HOST", _is_host, "127.0.0.1", "the name or address to listen on")
        port = read("PORT", _is_port, "3000", "a number from 0 to 65535; 0 takes a free one")
        level = read(
            "LOG_LEVEL",
            lambda value: value.upper() in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
            "INFO",
            "DEBUG, INFO, WARNING, ERROR or CRITICAL",
        )
        if wrong:
            raise BadSettings(wrong)
        return cls(
            bot_tokens=tuple(dict.fromkeys(token.strip() for token in tokens.split(","))),
            signing_secret=signing_secret,
            app_token=app_token,
            api_url=api_url or cls.api_url,
            host=host or cls.host,
            port=int(port or cls.port),
            port_given=bool(port),
            log_level=(level or cls.log_level).upper(),
        )


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and _is_host(parts.hostname or "")
        and port != 0
        and value.endswith("/")
    )


def _is_host(value: str) -> bool:
    """A name or an address: https://www.rfc-editor.org/rfc/rfc1123#section-2, or an IPv6 address."""
    if ":" in value:
        return bool(_IPV6.fullmatch(value))
    return len(value) <= 253 and all(_LABEL.fullmatch(label) for label in value.split("."))


def _is_port(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 5 and int(value) <= 65535
