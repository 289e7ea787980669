"""`eks-chatops check`: what the bot needs to run, each thing with ok or what to do about it."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy import inspect

from bot.app import SLACK_SECONDS
from bot.database import Database
from bot.grants import BOTS, GrantStore, seal_of
from bot.manifest import INSTALL_PATH, SCOPES
from bot.settings import Settings
from bot.tokens import named, place_of
from bot.vault import RedisVault
from connector.aws import Session, SignIn, profiles
from connector.errors import Failure
from handlers.policy import BadPolicy, Policy
from handlers.retries import UNREACHABLE


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `mark` is "ok", "note" (worth knowing) or "MISSING" (the bot needs it)."""

    mark: str
    what: str
    todo: str = ""

    def __str__(self) -> str:
        line = f"{self.mark:<8} {self.what}"
        return line + "".join(f"\n{'':8} {part}" for part in self.todo.splitlines())


def findings(settings: Settings) -> Iterator[Finding]:
    """Looks at Slack's tokens and scopes, the database, then AWS; each Finding as soon as it is known. Never raises."""
    client = WebClient(base_url=settings.api_url, timeout=SLACK_SECONDS)
    for token in settings.bot_tokens:
        yield from _bot_token(
            client,
            token,
            "Install the app again (page Install App) and set SLACK_BOT_TOKEN to the token shown there.",
        )
    if settings.oauth:
        yield _client(client, settings)
    if settings.socket_mode:
        yield _app_token(client, settings.app_token)
    else:
        yield Finding("ok", "signing secret: set (HTTP mode); Slack proves it with the first request")
    yield from _memory(client, settings)
    if settings.credentials_url:
        yield _credentials(settings)
    if settings.policy_file:
        yield _policy(settings.policy_file)
    yield from _aws()


def _bot_token(client: WebClient, token: str, todo: str) -> Iterator[Finding]:
    try:
        said = client.auth_test(token=token)
    except SlackApiError as error:
        yield Finding("MISSING", f"bot token: Slack says {error.response.get('error')}", todo)
        return
    except UNREACHABLE as error:
        yield _unreachable("bot token", error)
        return
    where = f"{said.get('team')} ({said.get('team_id')})"
    yield Finding("ok", f"bot token: {said.get('user')} in {where}")
    granted = {scope.strip() for scope in str(said.headers.get("x-oauth-scopes", "")).split(",")}
    for scope in SCOPES:
        if scope in granted:
            yield Finding("ok", f"scope {scope} in {where}")
        else:
            todo = (
                "Add it on the page OAuth & Permissions, or apply manifest.yaml, and install the app again."
            )
            yield Finding("MISSING", f"scope {scope} in {where}", todo)


def _client(client: WebClient, settings: Settings) -> Finding:
    """Slack takes no code that nobody was given, but it looks at who asks first."""
    try:
        client.oauth_v2_access(
            client_id=settings.client_id, client_secret=settings.client_secret, code="eks-chatops-check"
        )
    except SlackApiError as error:
        word = str(error.response.get("error"))
        if word != "invalid_code":
            todo = "Copy both again from the page Basic Information, App Credentials."
            return Finding("MISSING", f"client ID and secret: Slack says {word}", todo)
    except UNREACHABLE as error:
        return _unreachable("client ID and secret", error)
    return Finding("ok", "client ID and secret: Slack knows them")


def _memory(client: WebClient, settings: Settings) -> Iterator[Finding]:
    """The database, and the workspaces that it says the app is installed in."""
    try:
        database = Database.open(settings.database_url or None)
    except Failure as failure:
        yield _failed("database", failure, "MISSING")
        return
    try:
        kind = database.engine.dialect.name
        if trouble := database.trouble():
            yield Finding("MISSING", f"database: {trouble}", "Look at DATABASE_URL, and at the network.")
            return
        yield Finding("ok", f"database: {kind}")
        # Looking changes nothing: tables are made by the first run.
        if settings.oauth and inspect(database.engine).has_table(BOTS.name):
            seal = seal_of(settings.client_secret, settings.credentials_keys)
            yield from _installed(client, GrantStore(database.engine, settings.client_id, seal))
    except Failure as failure:
        yield _failed("database", failure, "MISSING")
    finally:
        database.close()


def _credentials(settings: Settings) -> Finding:
    try:
        RedisVault.open(settings.credentials_url, settings.credentials_keys)
    except Failure as failure:
        return _failed("credentials store", failure, "MISSING")
    return Finding("ok", "credentials store: writes nothing to its disk")


def _policy(file: Path) -> Finding:
    try:
        policy = Policy.from_file(file)
    except BadPolicy as error:
        return Finding("MISSING", f"policy: {error}", "Ask it what it allows: eks-chatops policy check")
    return Finding("ok", f"policy: {file.name}, for {', '.join(policy.workspaces) or 'no workspace'}")


def _installed(client: WebClient, store: GrantStore) -> Iterator[Finding]:
    bots = store.everywhere()
    if not bots:
        yield Finding("note", "no workspace yet", f"People install the app at {INSTALL_PATH}")
    for bot in bots:
        if bot.bot_token:
            yield from _bot_token(client, bot.bot_token, f"Install the app there again at {INSTALL_PATH}")
        else:
            todo = "Put the key that it was sealed with behind the others in CREDENTIALS_KEY, or install the app again."
            yield Finding("MISSING", f"bot token of {named(place_of(bot))}: no key opens it", todo)


def _app_token(client: WebClient, token: str) -> Finding:
    try:
        client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        todo = (
            "Make one on the page Basic Information, App-Level Tokens, with the scope connections:write,"
            " and turn on Socket Mode."
        )
        return Finding("MISSING", f"app-level token: Slack says {error.response.get('error')}", todo)
    except UNREACHABLE as error:
        return _unreachable("app-level token", error)
    return Finding("ok", "app-level token: Socket Mode may connect")


def _unreachable(what: str, error: Exception) -> Finding:
    return Finding(
        "MISSING",
        f"{what}: Slack did not answer ({type(error).__name__})",
        "Look at the network, and at SLACK_API_URL.",
    )


def _aws() -> Iterator[Finding]:
    try:
        named = profiles()
    except Failure as failure:
        yield _failed("AWS configuration", failure, "MISSING")
        return
    ways = [SignIn(), *(SignIn(profile=name) for name in named)]
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    good = 0
    with ThreadPoolExecutor(max_workers=8) as pool:
        for finding in pool.map(lambda way: _identity(way, region), ways):
            good += finding.mark == "ok"
            yield finding
    if not good:
        todo = "Give the bot a role (IRSA, Pod Identity, instance profile) or set up a profile: aws configure sso"
        yield Finding("MISSING", "AWS: no profile signs in, nor does the default chain", todo)


def _identity(way: SignIn, region: str) -> Finding:
    try:
        session = Session.open(way, region)
        try:
            return Finding("ok", f"AWS by {way.label}: {session.identity().arn}")
        finally:
            session.close()
    except Failure as failure:
        return _failed(f"AWS by {way.label}", failure, "note")


def _failed(what: str, failure: Failure, mark: str) -> Finding:
    return Finding(
        mark, f"{what}: {failure.what}", "\n".join(text for text in (failure.why, failure.hint) if text)
    )
