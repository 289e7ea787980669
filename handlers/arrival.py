"""What every payload has in common when it arrives: its workspace, its turn, and what follows the acknowledgement."""

from collections.abc import Callable

from slack_bolt import BoltContext
from slack_sdk import WebClient

from connector.workspaces import WorkspaceKey
from handlers.access import Caller
from handlers.desk import Desk, Turn
from handlers.reply import Place

# The key of a Bolt context under which the work stands that follows the acknowledgement.
AFTER_ACK = "after_ack"


def workspace(context: BoltContext) -> WorkspaceKey:
    """The installation's own ids: in a shared channel a payload may name another organisation beside our team."""
    installed = context.authorize_result
    if installed is None:
        raise TypeError("a listener without a workspace")
    return WorkspaceKey(installed.enterprise_id, installed.team_id)


def turn_of(
    desk: Desk, caller: Caller, client: WebClient, response_url: str, delivery: str, thread: str = ""
) -> Turn:
    """The turn of what `caller` did there; `delivery` is its trigger, or what else is Slack's id of it."""
    place = Place(caller.workspace, caller.channel, caller.user, response_url, thread=thread)
    return Turn(desk, client, caller, place, delivery)


def later(context: BoltContext, work: Callable[[], None]) -> None:
    """Has the transport call `work` once Slack has its acknowledgement."""
    context[AFTER_ACK] = work
