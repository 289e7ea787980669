"""The environment becomes Settings, or one clear sentence for each variable that is missing or malformed."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

# https://docs.slack.dev/authentication/tokens : bot tokens, and app-level tokens for Socket Mode.
_BOT_TOKEN = re.compile(r"xoxb-[A-Za-z0-9-]+")
_APP_TOKEN = re.compile(r"xapp-[A-Za-z0-9-]+")
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]{2,45}(%\w+)?")
_SECRET = re.compile(r"[0-9a-fA-F]{32,}")
_CLIENT_ID = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}")
_DATABASES = ("sqlite", "postgres", "postgresql", "postgresql+psycopg")
_CREDENTIALS = ("redis", "rediss", "valkey", "valkeys", "unix")
_KEY_BYTES = 32


class BadSettings(Exception):  # noqa: N818 - a condition, as all our errors are named
    """The environment does not make settings; `lines` say what is wrong and the line that would set it."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True)
class Settings:
    """How the bot is run. No secret shows in its repr."""

    # One token for each workspace; none where people install the app by OAuth.
    bot_tokens: tuple[str, ...] = field(repr=False, default=())
    client_id: str = ""
    client_secret: str = field(repr=False, default="")
    signing_secret: str = field(repr=False, default="")
    app_token: str = field(repr=False, default="")
    api_url: str = "https://slack.com/api/"
    host: str = "127.0.0.1"
    port: int = 3000
    # In Socket Mode the health pages are served only where a port is asked for.
    port_given: bool = False
    log_level: str = "INFO"
    # Empty: a SQLite file in the user's data directory. It may hold a password.
    database_url: str = field(repr=False, default="")
    # Empty: AWS keys stay in the process that they were typed into.
    credentials_url: str = field(repr=False, default="")
    # The first one seals, all open.
    credentials_keys: tuple[bytes, ...] = field(repr=False, default=())
    policy_file: Path | None = None
    audit_days: int = 90
    # How many rows watches may hold, over all workspaces; 0: every list is taken anew.
    watch_rows: int = 200_000

    @property
    def socket_mode(self) -> bool:
        return bool(self.app_token)

    @property
    def oauth(self) -> bool:
        """Whether people install the app in their workspaces themselves."""
        return bool(self.client_id)

    @property
    def app_secret(self) -> str:
        """What only this app has, the same on every replica and after a restart."""
        return self.signing_secret or self.client_secret or self.bot_tokens[0]

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret among the settings, as it might turn up in a text."""
        passwords = [urlsplit(url).password or "" for url in (self.database_url, self.credentials_url)]
        found = (
            *self.bot_tokens,
            self.app_token,
            self.signing_secret,
            self.client_secret,
            *passwords,
            *map(unquote, passwords),
            *(base64.b64encode(key).decode() for key in self.credentials_keys),
            *(base64.urlsafe_b64encode(key).decode() for key in self.credentials_keys),
        )
        # A password of three letters is none, and taking it out would spoil every line.
        return tuple(dict.fromkeys(secret for secret in found if len(secret) > 3))

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

        client_id = read(
            "SLACK_CLIENT_ID",
            lambda value: bool(_CLIENT_ID.fullmatch(value)),
            "1234567890.1234567890123",
            "the client ID from the app's page Basic Information, for workspaces that install the app by OAuth",
        )
        client_secret = read(
            "SLACK_CLIENT_SECRET",
            lambda value: bool(_SECRET.fullmatch(value)),
            "0123456789abcdef…",
            "the client secret that goes with SLACK_CLIENT_ID, from the app's page Basic Information",
            needed=bool(client_id),
        )
        tokens = read(
            "SLACK_BOT_TOKEN",
            lambda value: all(_BOT_TOKEN.fullmatch(token.strip()) for token in value.split(",")),
            "xoxb-…",
            "the bot's token from the app's page Install App; several, one a workspace, with commas between them",
            needed=not client_id,
        )
        if tokens and client_id:
            wrong.append(
                "SLACK_BOT_TOKEN and SLACK_CLIENT_ID are both set: with a client ID tokens come by OAuth."
                " Keep one: unset SLACK_BOT_TOKEN"
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
        database_url = read(
            "DATABASE_URL",
            lambda value: _scheme(value) in _DATABASES,
            "postgresql://USER:PASSWORD@HOST/NAME",
            "the address of a PostgreSQL, or sqlite:////PATH; without it a SQLite file in the user's data directory"
            " is used",
        )
        credentials_url = read(
            "CREDENTIALS_URL",
            lambda value: _scheme(value) in _CREDENTIALS,
            "rediss://:PASSWORD@HOST:6379/0",
            "the address of a Redis or Valkey that writes nothing to disk, through which replicas share AWS keys",
        )
        credentials_keys = read(
            "CREDENTIALS_KEY",
            lambda value: all(_key(part) for part in value.split(",")),
            "$(openssl rand -base64 32)",
            "base64 of 32 random bytes, which seals what is secret; several with commas, of which the first seals and"
            " all open",
            needed=bool(credentials_url),
        )
        policy = read(
            "EKS_CHATOPS_POLICY",
            lambda value: Path(value).is_file(),
            "policy.yaml",
            "a file that says who may do what",
        )
        audit_days = read(
            "AUDIT_DAYS", _is_days, "90", "for how many days the audit is kept, a number from 1 to 3650"
        )
        watch_rows = read(
            "WATCH_ROWS",
            _is_rows,
            "200000",
            "how many pods and other objects are kept up to date in memory, a number up to 10000000; 0 turns it off",
        )
        if wrong:
            raise BadSettings(wrong)
        return cls(
            bot_tokens=tuple(dict.fromkeys(token.strip() for token in tokens.split(",") if token)),
            client_id=client_id,
            client_secret=client_secret,
            signing_secret=signing_secret,
            app_token=app_token,
            api_url=api_url or cls.api_url,
            host=host or cls.host,
            port=int(port or cls.port),
            port_given=bool(port),
            log_level=(level or cls.log_level).upper(),
            database_url=database_url,
            credentials_url=credentials_url,
            credentials_keys=tuple(
                dict.fromkeys(key for part in credentials_keys.split(",") if (key := _key(part)))
            ),
            policy_file=Path(policy) if policy else None,
            audit_days=int(audit_days or cls.audit_days),
            watch_rows=int(watch_rows or cls.watch_rows),
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


def _is_days(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 4 and 1 <= int(value) <= 3650


def _is_rows(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 8 and int(value) <= 10_000_000


def _scheme(value: str) -> str:
    try:
        return urlsplit(value).scheme
    except ValueError:
        return ""


def _key(text: str) -> bytes | None:
    """The 32 bytes that a key's base64 stands for, in either alphabet; None when it stands for something else."""
    try:
        made = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return made if len(made) == _KEY_BYTES else None
