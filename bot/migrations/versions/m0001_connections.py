"""Connections: to which cluster a workspace is connected, and how it signs in; no secret."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "connections",
        sa.Column("enterprise_id", sa.Text, primary_key=True),
        sa.Column("team_id", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("cluster", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("profile", sa.Text, nullable=False),
        sa.Column("key_hint", sa.Text, nullable=False),
        sa.Column("role_arn", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("connected_by", sa.Text, nullable=False),
        sa.Column("connected_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=True),
        sa.Column("made", sa.Text, nullable=False),
    )
