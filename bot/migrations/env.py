"""What Alembic runs to carry out the steps: on the connection that `bot.database` has locked, and on no other."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
