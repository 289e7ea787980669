"""Claims: which replica works on what of Slack's, so that each is worked on once and nobody waits for a dead one."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("enterprise_id", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("replica", sa.Text, nullable=False),
        sa.Column("claimed_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double, nullable=True),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("road", sa.Text, nullable=False),
    )
    op.create_index("claims_claimed_at", "claims", ["claimed_at"])
