"""Bolt apps that are installed through OAuth, with slack_sdk's own stores, and a browser that installs them."""

import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from slack_bolt import App
from slack_bolt.authorization.authorize import InstallationStoreAuthorize
from slack_bolt.logger import get_bolt_logger
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from sqlalchemy import create_engine

from playground.slack import LocalSlack, Person

Store = SQLAlchemyInstallationStore


def installable(
    slack: LocalSlack, folder: Path, *, cached: bool = False, rotates_before: int = 120
) -> tuple[App, Store]:
    """An app that nobody has installed yet, and the store that its installations go to.

    `cached`: who a token is will be asked once. `rotates_before`: how many minutes before its end a token is replaced.
    """
    engine = create_engine(f"sqlite:///{folder / 'slack.db'}")
    store = Store(client_id=slack.client.id, engine=engine)
    store.create_tables()  # type: ignore[no-untyped-call]
    states = SQLAlchemyOAuthStateStore(expiration_seconds=600, engine=engine)
    states.create_tables()  # type: ignore[no-untyped-call]
    client = WebClient(base_url=slack.api_url)
    authorize = InstallationStoreAuthorize(
        logger=get_bolt_logger(App),
        installation_store=store,
        client_id=slack.client.id,
        client_secret=slack.client.secret,
        client=client,
        cache_enabled=cached,
    )
    app = App(
        signing_secret=slack.signing_secret,
        client=client,
        authorize=authorize,  # type: ignore[arg-type] # App takes an Authorize too
        installation_store=store,
        oauth_settings=OAuthSettings(
            client_id=slack.client.id,
            client_secret=slack.client.secret,
            scopes=["commands", "chat:write"],
            authorization_url=f"{slack.url}/oauth/v2/authorize",
            redirect_uri="https://bot.test/slack/oauth_redirect",
            installation_store=store,
            state_store=states,
            token_rotation_expiration_minutes=rotates_before,
        ),
    )
    app.enable_token_revocation_listeners()
    return app, store


class Visit:
    """One person's way through /slack/install, Slack's page and back to /slack/oauth_redirect."""

    def __init__(self, slack: LocalSlack) -> None:
        """Opens the app's install page; the app must be served over HTTP."""
        assert slack.request_url
        self._app = slack.request_url.removesuffix("/slack/events")
        page = requests.get(f"{self._app}/slack/install", timeout=30)
        (link,) = re.findall(r'href="([^"]+/oauth/v2/authorize[^"]+)"', page.text)
        self.url = unescape(link)
        self.cookie = page.headers["Set-Cookie"].partition(";")[0]
        self.state = parse_qs(urlsplit(self.url).query)["state"][0]

    def returns(self, address: str, cookie: str | None = None) -> requests.Response:
        """What the app says to a browser that Slack has sent to an address."""
        headers = {"Cookie": self.cookie if cookie is None else cookie}
        query = urlsplit(address).query
        return requests.get(f"{self._app}/slack/oauth_redirect?{query}", headers=headers, timeout=30)


def installs(slack: LocalSlack, person: Person, **decision: Any) -> requests.Response:
    """Have a person install the app; gives the page they see in the end."""
    visit = Visit(slack)
    return visit.returns(person.decides(visit.url, **decision))
