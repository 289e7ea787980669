"""How the bot's database came to be what it is: one step a file, run in order by `bot.database` at each start.

Steps only add: tables, or columns that may be empty. So the version before keeps working on a newer database, which
lets replicas be rolled one by one, and rolled back. Tables as the code uses them now are declared where they are used.
"""

import logging

from sqlalchemy import Connection

from connector.words import clean

log = logging.getLogger(__name__)

HEAD = "0007"
"""The last step. It is known without Alembic, which takes a tenth of a start to import, for nothing at most starts."""


def upgrade(connection: Connection) -> None:
    """Carries out the steps that are missing, on this connection, which nobody else uses to do so meanwhile.

    A database that a newer version has migrated is used as it is.
    """
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "bot:migrations")
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in {one.revision for one in script.walk_revisions()}:
        log.warning("the database is of a newer version (%s); it is used as it is", clean(current, 40))
        return
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
