"""Where somebody begins without a typed command: the shortcuts, the modal that one of them opens, and the Home tab."""

import re
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from handlers import asking, home, lookup
from handlers.access import Caller
from handlers.arrival import later, turn_of, workspace
from handlers.blocks import asking as asking_form
from handlers.desk import Converse, Desk
from handlers.payload import (
    BlockActions,
    EventCallback,
    GlobalShortcut,
    MessageShortcut,
    ViewSubmission,
    read_as,
)

LOOKUP = "eks.lookup"
HOME_OPENED = "app_home_opened"

Body = dict[str, Any]


def register(app: App, desk: Desk, carry_out: Converse) -> None:
    """Binds them to `app`; `carry_out` has a command's own conversation answer."""
    surfaces = _Surfaces(desk, carry_out)
    app.global_shortcut(asking.SHORTCUT)(surfaces.asked)
    app.view(asking_form.VIEW)(surfaces.sent)
    app.message_shortcut(LOOKUP)(surfaces.looked_up)
    app.event(HOME_OPENED)(surfaces.opened)
    app.block_action(re.compile(r"^home\.\w+$"))(surfaces.turned)


class _Surfaces:
    def __init__(self, desk: Desk, carry_out: Converse) -> None:
        self._desk = desk
        self._carry_out = carry_out
        self._home = home.Home()

    def asked(self, ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        ack()
        payload = read_as(body, GlobalShortcut)
        caller = Caller(workspace(context), payload.user.id, payload.user.team_id, "")
        turn = turn_of(self._desk, caller, client, "", payload.trigger_id)
        later(
            context,
            partial(self._desk.take, turn, lambda: asking.OPENING, asking.converse, label="ask"),
        )

    def sent(self, ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        payload = read_as(body, ViewSubmission)
        filled = asking.Filled.of(payload.view)
        if mistakes := filled.mistakes():
            ack(response_action="errors", errors=mistakes)
            return
        ack()
        # Only Slack's own word says where it is, not what the form holds: a channel may give rights.
        road = next(iter(payload.response_urls), None)
        channel, url = (road.channel_id, road.response_url) if road else ("", "")
        caller = Caller(workspace(context), payload.user.id, payload.user.team_id, channel)
        turn = turn_of(self._desk, caller, client, url, payload.trigger_id)
        later(context, partial(self._desk.take, turn, filled.command, self._carry_out))

    def looked_up(self, ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        ack()
        payload = read_as(body, MessageShortcut)
        message = payload.message
        caller = Caller(workspace(context), payload.user.id, payload.user.team_id, payload.channel.id)
        turn = turn_of(
            self._desk, caller, client, payload.response_url, payload.trigger_id, message.thread_ts or ""
        )
        later(
            context,
            partial(self._desk.take, turn, lambda: lookup.OPENING, lookup.of(message), label="lookup"),
        )

    def opened(self, ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        ack()
        payload = read_as(body, EventCallback)
        user, tab = payload.event.user, payload.event.tab
        if isinstance(user, str) and user and tab in (None, "home"):
            self._draw_home(context, client, user, payload.team_id or "")

    def turned(self, ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        """A page of the Home tab, or all of it anew."""
        ack()
        payload = read_as(body, BlockActions)
        action = payload.actions[0]
        start = int(action.chosen) if re.fullmatch(r"\d{1,4}", action.chosen) else 0
        anew = action.action_id == home.REFRESH
        user = payload.user
        self._draw_home(context, client, user.id, user.team_id, start, anew=anew)

    def _draw_home(
        self,
        context: BoltContext,
        client: WebClient,
        user: str,
        team: str,
        start: int = 0,
        *,
        anew: bool = False,
    ) -> None:
        caller = Caller(workspace(context), user, team, "")
        # Without Slack's id nobody claims it: drawn twice it does no harm, and nobody waits to be told of a death.
        turn = turn_of(self._desk, caller, client, "", "")
        turn.reply = self._home.reply(turn)
        draw = partial(self._home.draw, start=start, anew=anew)
        later(context, partial(self._desk.take, turn, lambda: home.OPENING, draw, label="home"))
