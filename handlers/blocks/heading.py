"""The line above every answer about a cluster: what it is, of which cluster, and whether that is production."""

from connector.connector import Connection
from handlers.blocks.message import Block
from handlers.blocks.parts import header

PRODUCTION = "PRODUCTION"


def heading(what: str, connection: Connection, *, production: bool = False) -> Block:
    """Like `pods · prod-payments · eu-west-1 · v1.34`."""
    # The account tells two clusters of one name apart; their ids do too.
    account = [connection.account] if connection.id.endswith(f"_{connection.account}") else []
    parts = [what, connection.cluster, connection.region, *account, f"v{connection.version}"]
    return titled(*parts, production=production)


def titled(*parts: str, production: bool) -> Block:
    """The same of anything else."""
    return header(" · ".join([*([PRODUCTION] if production else []), *parts]))


def marked(production: bool) -> str:
    """What stands before the name of a cluster in a line of mrkdwn."""
    return f"*{PRODUCTION}* · " if production else ""
