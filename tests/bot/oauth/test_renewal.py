"""Tokens that end are renewed in time, by one replica, and are not lost; the keys that seal them can be replaced."""

import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from slack_sdk import WebClient
from sqlalchemy import select, update

from bot.granted import Granted
from bot.grants import BOTS, INSTALLATIONS, RENEWALS, GrantStore, seal_of
from bot.installations import Installations, TokenEnded
from connector.errors import StateAway
from connector.workspaces import WorkspaceKey
from playground.slack import LocalSlack
from tests.bot.oauth.parts import (
    asked,
    defaults,
    granted,
    installs,
    keep_a_default,
    only,
    replica,
    settings_of,
    teams_of,
    until,
)
from tests.bot.site import Site
from tests.databases import Postgres, sqlite_url


def ends_in(store: GrantStore, seconds: float) -> None:
    """Puts the end of all tokens to that many seconds from now, as far as the bot knows."""
    at = time.gmtime(time.time() + seconds)
    value = time.strftime("%Y-%m-%d %H:%M:%S", at)
    with store.engine.begin() as connection:
        for table in (BOTS, INSTALLATIONS):
            connection.exec_driver_sql(f"UPDATE {table.name} SET bot_token_expires_at = '{value}'")


def test_a_token_is_renewed_before_its_end_by_one_replica_only(slack: LocalSlack, database_url: str) -> None:
    akme = slack.team("akme")
    with ExitStack() as stack:
        site = stack.enter_context(replica(slack, settings_of(slack, database_url)))
        installs(site, akme.person("ada"))
        before = only(site)
        assert before.bot_token.startswith("xoxe.xoxb-")
        assert before.ends_at is not None
        assert 11 * 3600 < before.ends_at - time.time() <= 12 * 3600
        others = [stack.enter_context(granted(slack, database_url)) for _ in range(4)]
        ends_in(others[0][0], 3600)
        slack.faults.slow("oauth.v2.access", 0.3)
        calls = asked(slack, "oauth.v2.access")
        threads = [threading.Thread(target=each.renew, args=(before.workspace,)) for _, each in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert asked(slack, "oauth.v2.access") == calls + 1
        site.bot.installations.look()
        after = only(site)
        assert after.bot_token not in ("", before.bot_token)
        assert after.ends_at is not None
        assert after.ends_at - time.time() > 11 * 3600
        assert asked(slack, "oauth.v2.access") == calls + 1
        with others[0][0].engine.connect() as connection:
            assert connection.execute(select(RENEWALS)).all() == []
        slack.later(11.9 * 3600)
        assert WebClient(after.bot_token, base_url=slack.api_url).auth_test()["ok"]


def test_a_bot_that_slept_too_long_says_so_and_renews(slack: LocalSlack, database_url: str) -> None:
    settings = settings_of(slack, database_url)
    akme = slack.team("akme")
    ada = akme.person("ada")
    with replica(slack, settings) as site:
        installs(site, ada)
    slack.later(13 * 3600)
    with granted(slack, database_url) as (store, source):
        ends_in(store, -60)
        found = Installations(source, WebClient(base_url=slack.api_url, retry_handlers=[]))
        found.read()
        with pytest.raises(TokenEnded, match="being renewed"):
            found.of(None, akme.id)
    with replica(slack, settings) as site:
        until(lambda: (only(site).ends_at or 0) > time.time())
        ada.types("ops", "/eks help pods")
        ada.wait_for("ops", lambda message: message.text.startswith("/eks pods:"))


def test_a_process_that_died_while_renewing_is_waited_for_two_minutes_and_no_longer(
    slack: LocalSlack, database_url: str
) -> None:
    with replica(slack, settings_of(slack, database_url)) as site:
        installs(site, slack.team("akme").person("ada"))
        one = only(site).workspace
    with granted(slack, database_url) as (store, _):
        with suppress(ZeroDivisionError), store.renewing(one) as mine:
            assert mine
            raise ZeroDivisionError
        with store.renewing(one) as mine:
            assert not mine
        with store.engine.begin() as connection:
            connection.execute(update(RENEWALS).values(until=RENEWALS.c.until - 121))
        with store.renewing(one) as mine:
            assert mine


def test_a_token_that_slack_renews_no_more_keeps_what_belongs_to_the_workspace(
    slack: LocalSlack, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    akme = slack.team("akme")
    installs(site, akme.person("ada"))
    keep_a_default(site, WorkspaceKey(None, akme.id))
    slack.faults.error("oauth.v2.access", "invalid_refresh_token", times=9)
    with granted(slack, site.bot.database.engine.url.render_as_string(hide_password=False)) as (store, _):
        ends_in(store, 60)
    site.bot.installations.look()
    assert f"Slack does not renew the token of {akme.id}: invalid_refresh_token" in caplog.text
    site.bot.installations.look()
    assert teams_of(site) == {akme.id}
    assert defaults(site) == 1
    assert only(site).bot_token not in caplog.text


def renew_in_vain(source: Granted, workspace: WorkspaceKey) -> None:
    with suppress(StateAway):
        source.renew(workspace)


def test_a_new_token_that_cannot_be_kept_yet_is_kept_later(slack: LocalSlack, postgres: Postgres) -> None:
    url = postgres.new()
    with replica(slack, settings_of(slack, url)) as site:
        installs(site, slack.team("akme").person("ada"))
        before = only(site)
    with granted(slack, url) as (store, source):
        ends_in(store, 60)
        slack.faults.slow("oauth.v2.access", 1.0)
        calls = asked(slack, "oauth.v2.access")
        renewing = threading.Thread(target=renew_in_vain, args=(source, before.workspace))
        renewing.start()
        until(lambda: asked(slack, "oauth.v2.access") > calls)
        postgres.take_away(url)
        renewing.join()
        with pytest.raises(StateAway):
            source.installed()
        postgres.give_back(url)
        (after,) = source.installed()
        assert after.bot_token != before.bot_token
        assert (after.ends_at or 0) > time.time() + 3600
        assert asked(slack, "oauth.v2.access") == calls + 1


def test_keys_are_replaced_one_after_the_other(slack: LocalSlack, database_url: str) -> None:
    with replica(slack, settings_of(slack, database_url)) as site:
        installs(site, slack.team("akme").person("ada"))
        token = only(site).bot_token
    old, new = b"o" * 32, b"n" * 32
    secret = slack.client.secret

    def readable(client_secret: str, keys: tuple[bytes, ...], *, write: bool = False) -> bool:
        with granted(slack, database_url) as (store, _):
            other = GrantStore(store.engine, slack.client.id, seal_of(client_secret, keys))
            (bot,) = other.everywhere()
            if write:
                kept = other.installation(WorkspaceKey(None, bot.team_id))
                assert kept is not None
                other.save(kept)
            assert bot.bot_token in (token, None)
            return bot.bot_token == token

    assert readable(secret, (old,), write=True)
    assert not readable(secret, ())
    assert readable("replaced", (old,))
    assert readable("replaced", (new, old), write=True)
    assert readable("replaced", (new,))
    assert not readable("replaced", (old,))


def test_an_installation_that_no_key_opens_is_none_and_said_once(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = sqlite_url(tmp_path)
    with replica(slack, settings_of(slack, url)) as site:
        installs(site, slack.team("akme").person("ada"))
    with granted(slack, url) as (store, _):
        other = Granted(GrantStore(store.engine, slack.client.id, seal_of("0" * 32)), None)  # type: ignore[arg-type]
        assert [other.installed(), other.installed()] == [[], []]
    assert caplog.text.count("sealed with a key that the bot was not given") == 1
