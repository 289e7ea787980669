"""What a channel's commands mean when they name no connection or namespace: one row for each channel."""

from sqlalchemy import Column, Double, Engine, MetaData, Table, Text, delete

from connector.errors import translated
from connector.workspaces import WorkspaceKey

CHANNEL_DEFAULTS = Table(
    "channel_defaults",
    MetaData(),
    Column("enterprise_id", Text, primary_key=True),
    Column("team_id", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("connection", Text, nullable=False),
    Column("namespace", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", Double, nullable=False),
)


class Defaults:
    """The channels' defaults of all workspaces. Safe under threads and replicas."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def forget(self, workspace: WorkspaceKey) -> None:
        """Removes those of a workspace that has removed the app. Raises StateAway."""
        table = CHANNEL_DEFAULTS.c
        gone = delete(CHANNEL_DEFAULTS).where(
            table.enterprise_id == (workspace.enterprise_id or ""), table.team_id == (workspace.team_id or "")
        )
        with translated(), self._engine.begin() as database:
            database.execute(gone)
