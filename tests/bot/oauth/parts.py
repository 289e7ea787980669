"""Replicas of a bot that people install by OAuth, and what their browsers do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from slack_sdk import WebClient
from slack_sdk.oauth.token_rotation import TokenRotator
from sqlalchemy import insert, select

from bot.app import Bot
from bot.database import Database
from bot.granted import Granted
from bot.grants import GrantStore, seal_of
from bot.http import Http
from bot.manifest import INSTALL_PATH, REDIRECT_PATH, manifest
from bot.settings import Settings
from bot.tokens import Installed
from connector.workspaces import WorkspaceKey
from handlers.defaults import CHANNEL_DEFAULTS
from handlers.snapshots import LIST_SNAPSHOTS
from playground.slack import LocalSlack, Person
from tests.bot.site import EVENTS, Answer, Site
from tests.connector.api_server import wait_until

PUBLIC = "https://bot.test"
PATIENCE = 15.0


@contextmanager
def slack_of_many() -> Iterator[LocalSlack]:
    """A Slack with an organisation, whose app is as the manifest for OAuth has it, installed nowhere."""
    with LocalSlack.start(manifest=manifest(PUBLIC), grid=True) as slack:
        for team in slack.teams[:2]:
            slack.uninstall(team)
        yield slack


def settings_of(slack: LocalSlack, database_url: str) -> Settings:
    return Settings(
        client_id=slack.client.id,
        client_secret=slack.client.secret,
        signing_secret=slack.signing_secret,
        api_url=slack.api_url,
        port=0,
        port_given=True,
        database_url=database_url,
    )


@contextmanager
def replica(slack: LocalSlack, settings: Settings) -> Iterator[Site]:
    """One process's worth of the bot, listening; Slack's payloads go to the one that was started last."""
    bot = Bot(settings)
    site = Site(slack, bot, "")
    server = Http(bot, settings, lambda: True, events=True)
    site.address = server.start()
    slack.request_url = f"{site.address}{EVENTS}"
    try:
        yield site
    finally:
        server.stop()
        bot.close(5)


@contextmanager
def granted(slack: LocalSlack, database_url: str) -> Iterator[tuple[GrantStore, Granted]]:
    """What a replica has of OAuth's, without the rest of it."""
    settings = settings_of(slack, database_url)
    database = Database.open(database_url)
    try:
        database.migrate()
        store = GrantStore(database.engine, settings.client_id, seal_of(settings.client_secret))
        client = WebClient(base_url=slack.api_url, retry_handlers=[])
        rotator = TokenRotator(
            client_id=settings.client_id, client_secret=settings.client_secret, client=client
        )
        yield store, Granted(store, rotator)
    finally:
        database.close()


def begun(site: Site) -> tuple[str, str]:
    """Where /slack/install sends a browser, and the cookie that it keeps."""
    answer = site.ask("GET", INSTALL_PATH)
    assert answer.status == 302
    # An app's redirect URL stands in its settings at Slack, which fills it in; the playground's has to be told.
    to = f"{answer.headers['location']}&redirect_uri={PUBLIC}{REDIRECT_PATH}"
    return to, answer.headers["set-cookie"].split(";")[0]


def installs(site: Site, person: Person, *, allow: bool = True, org: bool = False) -> Answer:
    """The page that a person sees at the end."""
    to, cookie = begun(site)
    return back(site, person.decides(to, allow=allow, org=org), cookie)


def back(site: Site, to: str, cookie: str = "") -> Answer:
    """What the bot says to a browser that Slack sends back."""
    assert to.startswith(PUBLIC)
    return site.ask("GET", to.removeprefix(PUBLIC), headers={"Cookie": cookie} if cookie else {})


def asked(slack: LocalSlack, method: str) -> int:
    """How often the bot has called a method of Slack's."""
    return sum(entry.kind == method for entry in slack.log if entry.direction == "in")


def only(site: Site) -> Installed:
    """The one installation that a replica knows of."""
    (one,) = site.bot.installations.installed()
    return one


def teams_of(site: Site) -> set[str | None]:
    return {one.workspace.team_id for one in site.bot.installations.installed()}


def keep_a_default(site: Site, workspace: WorkspaceKey) -> None:
    """What belongs to a workspace, in the database: a default, and a list that was shown."""
    kept = {"channel": "C1", "connection": "c", "namespace": "n", "set_by": "U1", "set_at": 1.0}
    ids = {"enterprise_id": workspace.enterprise_id or "", "team_id": workspace.team_id or ""}
    shown = {"id": str(workspace), "user": "U1", "made_at": 1.0, "body": b""}
    with site.bot.database.engine.begin() as connection:
        connection.execute(insert(CHANNEL_DEFAULTS).values(**ids, **kept))
        connection.execute(insert(LIST_SNAPSHOTS).values(**ids, **shown))


def defaults(site: Site) -> int:
    """How much of that there is, of what there is most."""
    with site.bot.database.engine.connect() as connection:
        tables = (CHANNEL_DEFAULTS, LIST_SNAPSHOTS)
        return max(len(connection.execute(select(table)).all()) for table in tables)


def until(true: Callable[[], object]) -> None:
    """Waits for a condition."""
    wait_until(lambda: bool(true()), PATIENCE)
