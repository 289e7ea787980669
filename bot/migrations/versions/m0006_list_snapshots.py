"""Lists as they were shown, kept for a day, to tell what changed since."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "list_snapshots",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("enterprise_id", sa.Text, nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("list_snapshots_made_at", "list_snapshots", ["made_at"])
    op.create_index("list_snapshots_user", "list_snapshots", ["team_id", "user", "made_at"])
