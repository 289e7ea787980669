"""Everything Slack may send us, bound to the conversation it belongs to. A listener acks and hands its turn in.

Listeners run before the acknowledgement leaves (`process_before_response`), so they do nothing that waits: work starts
from `AFTER_ACK`, which the transport calls once Slack has its answer. That order matters for modals, where a quick
outcome must not be overwritten by the acknowledgement that was still on its way.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from handlers import (
    audit,
    browse,
    connect,
    connections,
    describe,
    discover,
    doctor,
    document,
    held,
    kubeconfig,
    logs,
    menu,
    rollout,
    suggest,
    surfaces,
    top,
    use,
    watching,
    whoami,
)
from handlers.access import Caller, Request
from handlers.arrival import AFTER_ACK, later, turn_of, workspace
from handlers.blocks import asking, clusters, following, forms, listing, lookup, notices, opening, ways
from handlers.blocks import logs as log_blocks
from handlers.command import Command, decoded
from handlers.desk import Converse, Desk, Turn
from handlers.form import Carried, Filled, Offered
from handlers.grammar import COMMAND
from handlers.parsing import parsed
from handlers.payload import BlockActions, BlockSuggestion, SlashCommand, View, ViewSubmission, read_as
from handlers.views import ViewReply

__all__ = ["AFTER_ACK", "ROUTES", "register", "routed"]

ROUTES: Mapping[str, Converse] = {
    "help": menu.converse,
    "whoami": whoami.converse,
    "clusters": discover.converse,
    "connect": connect.converse,
    "connections": connections.converse,
    "disconnect": connections.disconnect,
    "describe": describe.converse,
    "doctor": doctor.converse,
    "get": browse.converse,
    "yaml": document.converse,
    "kubeconfig": kubeconfig.converse,
    "audit": audit.converse,
    "logs": logs.converse,
    "top": top.converse,
    "rollout": rollout.converse,
    "use": use.converse,
}

# What a form's submission is called when it has become a command, and who carries it out.
_FORMS: Mapping[str, tuple[str, Callable[[Filled, Carried, Request, Turn, ViewReply], None]]] = {
    forms.FIND: ("clusters", discover.submitted),
    forms.CONNECT: ("connect", connect.submitted),
}

Body = dict[str, Any]


def routed(request: Request, turn: Turn) -> None:
    """Has the conversation of its verb carry a request out, with the defaults of its place filled in."""
    ROUTES[request.command.verb](held.settled(request, turn), turn)


def register(app: App, desk: Desk) -> None:
    """Binds every listener of the bot to `app`."""
    surfaces.register(app, desk, routed)
    listeners = _Listeners(desk)
    app.command(COMMAND)(listeners.typed)
    for action_id in (forms.SIGN_IN, forms.ROLE):
        app.block_action(action_id)(listeners.reshaped)
    app.block_action(re.compile(r"^choose\.(region|profile|cluster)$"))(listeners.noted)
    app.block_action(notices.DISMISS)(listeners.dismissed)
    app.block_action(following.STOP)(listeners.stopped)
    app.block_action(re.compile(r"^\w+\.\w+$"))(listeners.clicked)
    for callback_id in _FORMS:
        app.view(callback_id)(listeners.submitted)
    for action_id in (forms.CLUSTER, listing.NAMESPACES, *asking.SELECTS):
        app.options(action_id)(listeners.suggested)


class _Listeners:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._suggestions = suggest.Suggestions(desk.workspaces, desk.access)

    def typed(self, ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        ack()
        payload = read_as(body, SlashCommand)
        caller = Caller(workspace(context), payload.user_id, payload.team_id, payload.channel_id)
        turn = turn_of(self._desk, caller, client, payload.response_url, payload.trigger_id)
        self._take(context, turn, lambda: parsed(payload.text))

    def clicked(self, ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        ack()
        payload = read_as(body, BlockActions)
        turn = self._clicked_turn(payload, client, context)
        action = payload.actions[0]

        def asked() -> Command:  # noqa: PLR0911 - one for each select
            match action.action_id:
                case notices.RUN:
                    return parsed(action.chosen)
                case listing.NAMESPACES:
                    namespace = "" if action.chosen == suggest.ALL else action.chosen
                    return decoded(action.block_id).replaced(namespace=namespace, offset=0)
                case opening.OBJECT:
                    return opening.picked(action.block_id, action.chosen)
                case clusters.CHOOSE_CONNECTION:
                    return decoded(action.block_id).replaced(connection=action.chosen)
                case clusters.CHOOSE_CLUSTER:
                    return decoded(action.block_id).replaced(words=(action.chosen,))
                case log_blocks.CONTAINERS:
                    return decoded(action.block_id).replaced(container=action.chosen)
                case ways.MORE:
                    return ways.chosen(decoded(action.block_id), action.chosen)
                case _:
                    return decoded(action.chosen)

        if action.action_id == clusters.CHOOSE_CONNECTION or action.action_id.startswith(clusters.USE):
            # The question is answered, and the answer comes as a message of its own.
            self._take(context, turn, asked, after=turn.message().remove_original)
        elif payload.view and payload.view.type == "modal":
            # The answer goes to where the form was opened from, which the modal hides.
            view = payload.view
            if view.callback_id == lookup.VIEW:
                done = lookup.asked(view.blocks, view.private_metadata)
            else:
                done = forms.outcome("Asked", view.private_metadata, _where(view))
            self._take(context, turn, asked, after=lambda: _update(client, view, done))
        else:
            self._take(context, turn, asked)

    def noted(self, ack: Ack) -> None:
        """A choice inside a form: it comes along when the form is sent."""
        ack()

    def dismissed(self, ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        ack()
        payload = read_as(body, BlockActions)
        turn = self._clicked_turn(payload, client, context)
        turn.verb = "dismiss"
        later(
            context,
            lambda: self._desk.submit(
                self._desk.front, turn.caller.workspace, turn, turn.message().remove_original
            ),
        )

    def stopped(self, ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        """What somebody follows for themselves is theirs to end, whatever they may see by now."""
        ack()
        payload = read_as(body, BlockActions)
        turn = self._clicked_turn(payload, client, context)
        turn.verb = "stop"
        value = payload.actions[0].chosen
        later(
            context,
            lambda: self._desk.submit(
                self._desk.front, turn.caller.workspace, turn, lambda: watching.stop(turn, value)
            ),
        )

    def reshaped(self, ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        """The form changes its inputs: another way to sign in, or the role unfolded."""
        ack()
        payload = read_as(body, BlockActions)
        view = payload.view
        if view is None or view.callback_id not in _FORMS:
            return
        verb, _ = _FORMS[view.callback_id]
        turn = self._clicked_turn(payload, client, context)
        turn.verb = "form"
        unfold = payload.actions[0].action_id == forms.ROLE

        def redraw() -> None:
            carried = Carried.of(view)
            filled = Filled.of(view)
            request = self._desk.access.authorise(Command(verb), turn.caller, client)
            # An input that goes away takes its content along, unless the form carries it.
            profile = view.content("profile") or carried.profile
            carried = msgspec.structs.replace(carried, with_role=carried.with_role or unfold, profile=profile)
            shown = filled.form(view.callback_id, carried, Offered.to(request)).view()
            _update(client, view, shown)

        later(context, lambda: self._desk.submit(self._desk.front, turn.caller.workspace, turn, redraw))

    def submitted(self, ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        payload = read_as(body, ViewSubmission)
        view = payload.view
        carried, filled = Carried.of(view), Filled.of(view)
        verb, converse = _FORMS[view.callback_id]
        # What there is to choose from is not shown again before it is known that the person may see it.
        form = filled.form(view.callback_id, carried, Offered.only(filled))
        ack(response_action="update", view=form.view(progress="Signing in…"))
        caller = Caller(workspace(context), payload.user.id, payload.user.team_id, carried.channel)
        road = self._desk.seal.open(carried.road, caller.workspace)
        turn = turn_of(self._desk, caller, client, road, payload.trigger_id, carried.thread)
        reply = ViewReply(client, view.id, form.view, otherwise=turn.message(private=True))
        turn.reply, turn.view_id = reply, view.id

        def carry_out(request: Request, turn: Turn) -> None:
            reply.draw = filled.form(view.callback_id, carried, Offered.to(request)).view
            converse(filled, carried, request, turn, reply)

        later(
            context,
            lambda: self._desk.take(
                turn,
                lambda: filled.command(verb, carried.private),
                carry_out,
            ),
        )

    def suggested(self, ack: Ack, body: Body, client: WebClient, context: BoltContext) -> None:
        payload = read_as(body, BlockSuggestion)
        channel = payload.channel.id if payload.channel else ""
        if payload.view:
            channel = Carried.of(payload.view).channel
        caller = Caller(workspace(context), payload.user.id, payload.user.team_id, channel)
        ack(options=self._suggestions.offered(payload, caller, client))

    def _clicked_turn(self, payload: BlockActions, client: WebClient, context: BoltContext) -> Turn:
        key = workspace(context)
        channel = payload.channel.id if payload.channel else payload.container.channel_id
        response_url, thread = payload.response_url, payload.container.thread_ts or ""
        if payload.view:
            # A modal is nowhere; it carries along where it was opened from.
            carried = Carried.of(payload.view)
            channel, thread = carried.channel, carried.thread
            response_url = self._desk.seal.open(carried.road, key)
        caller = Caller(key, payload.user.id, payload.user.team_id, channel)
        turn = turn_of(self._desk, caller, client, response_url, payload.trigger_id, thread)
        if payload.message:
            turn.place = replace(turn.place, original=tuple(payload.message.blocks))
            turn.reply = turn.message(private=True)
        return turn

    def _take(
        self,
        context: BoltContext,
        turn: Turn,
        asked: Callable[[], Command],
        after: Callable[[], None] = lambda: None,
    ) -> None:
        def converse(request: Request, turn: Turn) -> None:
            routed(request, turn)
            after()

        later(context, partial(self._desk.take, turn, asked, converse))


def _where(view: View) -> str:
    """Where the answer to a button of a form is, which hides what it was opened from."""
    asked_there = Carried.of(view).channel
    return (
        f"The answer {'stands where you asked from' if asked_there else 'is in your messages with the bot'}."
    )


def _update(client: WebClient, view: View, shown: dict[str, Any]) -> None:
    try:
        client.api_call("views.update", json={"view_id": view.id, "hash": view.hash, "view": shown})
    except SlackApiError as error:
        # The person has closed the modal, or clicked again: that click redraws it.
        if error.response.get("error") not in ("not_found", "hash_conflict"):
            raise
