"""What OAuth leaves behind: where the app is installed, and the tokens for it, sealed; in slack_sdk's own tables.

Whoever steals the database gets no token: those are encrypted with a key that is not in it.
"""

import base64
import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_sdk.oauth import OAuthStateUtils
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from sqlalchemy import (
    Column,
    Dialect,
    Double,
    Engine,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    delete,
    insert,
    update,
)
from sqlalchemy.exc import IntegrityError

from bot.tokens import place_of
from connector.errors import translated
from connector.workspaces import WorkspaceKey

METADATA = MetaData()

STATE_SECONDS = OAuthStateUtils.default_expiration_seconds
_STATES = "oauth_states"
# A state as slack_sdk makes it: a UUID.
_STATE = re.compile(r"[0-9a-f-]{36}")
# Longer than a renewal takes, its calls to Slack and their repetition included; and how soon a failed one is tried
# again.
_LEASE_SECONDS = 120.0
_SECRET = (
    "bot_token",
    "bot_refresh_token",
    "user_token",
    "user_refresh_token",
    "incoming_webhook_url",
)


def seal_of(client_secret: str, keys: tuple[bytes, ...] = ()) -> MultiFernet:
    """What seals tokens: the first of `keys`, or the app's own secret without any. Each of them opens.

    So a key is replaced by putting a new one in front, and the app's secret is while there is a key.
    """
    digests = [
        hashlib.sha256(b"eks-chatops slack tokens " + key).digest() for key in (*keys, client_secret.encode())
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SealedText(TypeDecorator[str]):
    """Text that is encrypted in the database. What the seal cannot open reads as None."""

    impl = Text
    cache_ok = True

    def __init__(self, seal: MultiFernet | None = None) -> None:
        super().__init__()
        self.seal = seal

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        if value is None:
            return None
        if self.seal is None:
            raise TypeError("declared without a seal, for its shape only")
        return self.seal.encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        if value is None or self.seal is None:
            return None
        try:
            return self.seal.decrypt(value.encode()).decode()
        except (InvalidToken, UnicodeError):
            return None


def _sealed(table: Table, seal: MultiFernet | None = None) -> Table:
    for name in _SECRET:
        if name in table.c:
            table.c[name].type = SealedText(seal)
    return table


INSTALLATIONS = _sealed(
    SQLAlchemyInstallationStore.build_installations_table(
        METADATA, SQLAlchemyInstallationStore.default_installations_table_name
    )
)
BOTS = _sealed(
    SQLAlchemyInstallationStore.build_bots_table(
        METADATA, SQLAlchemyInstallationStore.default_bots_table_name
    )
)
STATES = SQLAlchemyOAuthStateStore.build_oauth_states_table(METADATA, _STATES)
# Who is renewing a token right now; a row that is past its time belongs to a process that died.
RENEWALS = Table(
    "slack_renewals",
    METADATA,
    Column("enterprise_id", Text, primary_key=True),
    Column("team_id", Text, primary_key=True),
    Column("until", Double, nullable=False),
)


class GrantStore(SQLAlchemyInstallationStore):
    """slack_sdk's store with sealed tokens, and with one installation for each workspace: the latest."""

    def __init__(self, engine: Engine, client_id: str, seal: MultiFernet) -> None:
        super().__init__(client_id=client_id, engine=engine)
        _sealed(self.bots, seal)
        _sealed(self.installations, seal)

    def save(self, installation: Installation) -> None:
        """Keeps it in place of all earlier ones of its workspace. Raises StateAway."""
        at = datetime.fromtimestamp(installation.installed_at, tz=UTC).replace(tzinfo=None)
        with translated():
            super().save(installation)
            with self.engine.begin() as connection:
                for table in (self.bots, self.installations):
                    mine = self._of(table, place_of(installation))
                    connection.execute(delete(table).where(*mine, table.c.installed_at < at))

    def everywhere(self) -> list[Bot]:
        """The bot of every installation; a token that no key opens is None. Raises StateAway."""
        asked = self.bots.select().where(self.bots.c.client_id == self.client_id)
        with translated(), self.engine.connect() as connection:
            rows = connection.execute(asked.order_by(self.bots.c.installed_at)).mappings().all()
        latest = {place_of(bot): bot for bot in map(self.build_bot_entity, rows)}
        return list(latest.values())

    def installation(self, workspace: WorkspaceKey) -> Installation | None:
        """The installation, with what is needed to renew its token. Raises StateAway."""
        with translated():
            return self.find_installation(
                enterprise_id=workspace.enterprise_id,
                team_id=workspace.team_id,
                is_enterprise_install=workspace.team_id is None,
            )

    def remove(self, workspace: WorkspaceKey) -> None:
        """Forgets the installation and its tokens. Raises StateAway."""
        with translated(), self.engine.begin() as connection:
            for table in (self.bots, self.installations):
                connection.execute(delete(table).where(*self._of(table, workspace)))
            connection.execute(delete(RENEWALS).where(*_named(workspace)))

    def _of(self, table: Table, workspace: WorkspaceKey) -> tuple[Any, ...]:
        return (
            table.c.client_id == self.client_id,
            table.c.enterprise_id == workspace.enterprise_id,
            table.c.team_id == workspace.team_id,
        )

    @contextmanager
    def renewing(self, workspace: WorkspaceKey) -> Iterator[bool]:
        """Whether this process, and no other, may renew the token while inside. Raises StateAway.

        When what is inside fails, nobody tries again for two minutes.
        """
        until = time.time() + _LEASE_SECONDS
        mine = self._leased(workspace, until)
        yield mine
        if mine:
            asked = delete(RENEWALS).where(*_named(workspace), RENEWALS.c.until == until)
            with translated(), self.engine.begin() as connection:
                connection.execute(asked)

    def _leased(self, workspace: WorkspaceKey, until: float) -> bool:
        over = update(RENEWALS).where(*_named(workspace), RENEWALS.c.until < until - _LEASE_SECONDS)
        new = insert(RENEWALS).values(
            enterprise_id=workspace.enterprise_id or "", team_id=workspace.team_id or "", until=until
        )
        try:
            with translated(), self.engine.begin() as connection:
                if connection.execute(over.values(until=until)).rowcount == 0:
                    connection.execute(new)
        except IntegrityError:
            return False
        return True


class StateStore(SQLAlchemyOAuthStateStore):
    """slack_sdk's store of OAuth states: each good once, for ten minutes, from whichever replica it is."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(expiration_seconds=STATE_SECONDS, engine=engine, table_name=_STATES)

    def issue(self, *arguments: Any, **named: Any) -> str:
        """A new state. Those that are over go, or everybody who looks at the page would leave one. Raises StateAway."""
        with translated():
            with self.engine.begin() as connection:
                connection.execute(delete(STATES).where(STATES.c.expire_at <= _now()))
            return super().issue(*arguments, **named)

    def consume(self, state: str) -> bool:
        """Whether it was issued and not used yet; two that ask at once do not both hear yes. Raises StateAway."""
        if not _STATE.fullmatch(state):
            return False
        with translated(), self.engine.begin() as connection:
            asked = delete(STATES).where(STATES.c.state == state, STATES.c.expire_at > _now())
            return connection.execute(asked).rowcount == 1


def _named(workspace: WorkspaceKey) -> tuple[Any, ...]:
    return (
        RENEWALS.c.enterprise_id == (workspace.enterprise_id or ""),
        RENEWALS.c.team_id == (workspace.team_id or ""),
    )


def _now() -> datetime:
    return datetime.now(tz=UTC).replace(tzinfo=None)
