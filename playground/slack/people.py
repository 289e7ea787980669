"""The people at their Slack: they type, click, fill in, and see what is theirs to see.

A person is a client: it keeps what is typed in a modal, checks inputs before it sends them, and shows what the app
or Slack has to say. Every method waits for the app's ack and may run on many threads at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from handlers.blocks.limits import suggestion_faults
from playground.slack import chat, inputs, payloads, text, views
from playground.slack.calls import Refused
from playground.slack.delivery import LOCAL, Ack
from playground.slack.log import Entry
from playground.slack.state import SLACKBOT, Channel, Json, Key, Message, Team, ViewRecord
from playground.slack.surfaces import Surface, View

if TYPE_CHECKING:
    from playground.slack.server import LocalSlack

MIN_QUERY = 3  # what an external select waits for when its app does not say


@dataclass(frozen=True, eq=False)
class Person:
    """Someone with a name and a time zone in one workspace; made by the workspaces."""

    _slack: LocalSlack = field(repr=False)
    team: Team = field(repr=False)
    id: str
    name: str
    real_name: str
    tz: str
    role: str  # "admin", "member" or "guest" (of a single channel)
    dm: Channel = field(repr=False)  # the conversation with the app

    def info(self) -> Json:
        """The person as users.info gives them to their own workspace."""
        now = datetime.now(ZoneInfo(self.tz))
        offset = now.utcoffset()
        return {
            "id": self.id,
            "team_id": self.team.id,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": False,
            "tz": self.tz,
            "tz_label": now.tzname(),
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "is_bot": False,
            "is_admin": self.role == "admin",
            "is_owner": False,
            "is_restricted": self.role == "guest",
            "is_ultra_restricted": self.role == "guest",
            "profile": {"real_name": self.real_name, "display_name": self.name, "team": self.team.id},
        }

    # Channels

    def types(self, channel: str | Channel, said: str) -> Ack:
        """Send what was typed: a slash command to the app, anything else as a message.

        What the app acks with is shown as an ephemeral message, or to all with `response_type: in_channel`. Without
        an ack in three seconds, or with a bad one, Slackbot says so to this person.
        """
        place = self._channel(channel)
        world = self._slack.world
        if not said.startswith("/"):
            world.post(Message(world.new_ts(), place.id, self.team.id, self.id, said))
            return LOCAL
        name, _, rest = said.partition(" ")
        manifest = self._slack.manifest
        if manifest and name not in manifest.commands:
            self._slackbot(
                place, f"{name} is not a valid command. In Slack, all commands start with a slash."
            )
            return LOCAL
        rest = rest.strip()
        if manifest is None or name in manifest.escaped:
            rest = text.escaped(rest, self._mentions())
        url = self._slack.url + world.new_response_url("commands", self.team.id, place.id, self.id)
        token = self._slack.verification_token
        payload = payloads.command(world, token, self, place, name, rest, url)
        ack = self._slack.send("slash_commands", payload, self.team)
        self._show_command_answer(place, name, ack)
        return ack

    def _show_command_answer(self, place: Channel, name: str, ack: Ack) -> None:
        failed = {"timeout": "operation_timeout", "error": "dispatch_failed"}.get(ack.status)
        if failed is None and ack.body:
            body = ack.body if isinstance(ack.body, dict) else {"text": str(ack.body)}
            reader = None if body.get("response_type") == "in_channel" else self.id
            try:
                content = chat.checked(body, self.team, self._slack.world, self._slack.faults)
                chat.post_from_bot(self._slack.world, self.team, place, content, reader)
            except Refused:
                failed = "invalid_command_response"
        if failed:
            self._slackbot(place, f"{name} failed with the error “{failed}”")

    def _slackbot(self, place: Channel, said: str) -> None:
        world = self._slack.world
        world.post(Message(world.new_ts(), place.id, self.team.id, SLACKBOT, said, reader=self.id))

    def sees(self, channel: str | Channel) -> list[Message]:
        """What stands in a channel for this person, in order: public messages, and ephemeral ones for them."""
        return self._slack.world.seen_by(self.id, self._channel(channel).id)

    def wait_for(
        self,
        channel: str | Channel,
        predicate: Callable[[Message], bool],
        timeout: float = 10.0,
        *,
        after: str = "",
    ) -> Message:
        """The newest message that matches, as soon as there is one; only those with a later `ts` than `after`.

        Raises AssertionError, with all that was seen, when none comes in `timeout` seconds.
        """
        found: list[Message] = []

        def look() -> bool:
            found[:] = [each for each in self.sees(channel) if each.ts > after and predicate(each)]
            return bool(found)

        changed = self._slack.world.changed
        with changed:
            if changed.wait_for(look, timeout):
                return found[-1]
            seen = "\n---\n".join(self.reads(each) for each in self.sees(channel))
        raise AssertionError(f"{self.name} saw no such message in {timeout} s, but:\n{seen or '(nothing)'}")

    def reads(self, shown: Message | View, width: int = 100) -> str:
        """The message or view as text for a terminal, with names and this person's time zone."""
        return text.render(shown, width, tz=self.tz, names=self._names())

    # Touching messages and views

    def clicks(
        self, target: Message | View, action_id: str, *, block_id: str | None = None, value: str | None = None
    ) -> Ack:
        """Press a button (and confirm, when it asks); `value` picks one of several with the same action_id.

        Raises AssertionError, naming what is there, when there is no such button or more than one.
        """
        surface, place = self._find(target, action_id, block_id, value)
        if place.kind not in ("button", "icon_button", "workflow_button"):
            raise AssertionError(f"{action_id} is a {place.kind}, not a button")
        return self._act(surface, place, {})

    def picks(
        self,
        target: Message | View,
        action_id: str,
        value: str | Sequence[str] | None,
        *,
        block_id: str | None = None,
    ) -> Ack:
        """Choose by value: in selects, radio buttons, checkboxes, overflow menus and date pickers.

        Several values where several can be chosen, None to choose nothing. An external select takes what
        `suggestions` has offered. Raises AssertionError for a value that is not offered.
        """
        surface, place = self._find(target, action_id, block_id)
        with self._slack.world.changing():
            change = inputs.picked(place.element, value, surface.offered.get(place.key, ()))
            if place.kind != "overflow":
                surface.typed[place.key] = change
        return self._act(surface, place, change) if place.dispatches else LOCAL

    def suggestions(
        self, target: Message | View, action_id: str, typed: str = "", *, block_id: str | None = None
    ) -> list[Json]:
        """What an external select offers for what was typed: none for too few letters, or when no answer comes."""
        surface, place = self._find(target, action_id, block_id)
        if len(typed) < place.element.get("min_query_length", MIN_QUERY):
            return []
        payload = self._interaction("block_suggestion", surface) | {
            "block_id": place.key[0],
            "action_id": action_id,
            "value": typed,
        }
        ack = self._slack.send("interactive", payload, surface.team)
        entry = self._slack.note("block_suggestion", surface.team, ack.body)
        entry.faults = suggestion_faults(ack.body)
        found = [] if entry.faults or ack.status != "acked" else inputs.options(ack.body)
        with self._slack.world.changing():
            surface.offered[place.key] = found
        return found

    def keeps(self, target: Message | View, typed: Mapping[Key, str]) -> None:
        """What stands typed in text inputs now, untold until the next payload; inputs that are gone don't matter."""
        with self._slack.world.changing():
            surface = self._surface(target)
            for place in inputs.placed(surface.blocks):
                if place.key in typed and inputs.is_text(place.element):
                    surface.typed[place.key] = inputs.filled(place.element, typed[place.key])

    def fills(
        self,
        target: Message | View,
        answers: Mapping[str, str | Sequence[str] | None],
        *,
        block_id: str | None = None,
    ) -> None:
        """Type into text inputs and pick in others, by action_id; inputs with dispatch_action tell the app."""
        for action_id, answer in answers.items():
            surface, place = self._find(target, action_id, block_id)
            if not inputs.is_text(place.element):
                self.picks(target, action_id, answer, block_id=block_id)
                continue
            if answer is not None and not isinstance(answer, str):
                raise AssertionError(f"{action_id} takes text")
            with self._slack.world.changing():
                surface.typed[place.key] = inputs.filled(place.element, answer)
            if place.dispatches:
                self._act(surface, place, surface.typed[place.key])

    def _act(self, surface: Surface, place: inputs.Placed, change: Json) -> Ack:
        payload = self._interaction("block_actions", surface) | {
            "trigger_id": self._slack.world.new_trigger(
                surface.team.id, self.id, surface.record.id if surface.record else None
            ),
            "actions": [inputs.action(place, change)],
        }
        if surface.message:
            message = surface.message
            path = self._slack.world.new_response_url(
                "actions", surface.team.id, message.channel_id, self.id, message.ts
            )
            payload["response_url"] = self._slack.url + path
            payload["state"] = {"values": inputs.values(surface.blocks, surface.typed)}
        return self._slack.send("interactive", payload, surface.team)

    # Views

    @property
    def view(self) -> View | None:
        """The modal that is on top, or None."""
        with self._slack.world.changed:
            stack = self._slack.world.stacks.get(self.id)
            return View.of(stack[-1]) if stack else None

    def wait_view(self, predicate: Callable[[View], bool], timeout: float = 10.0) -> View:
        """The modal on top, as soon as it matches. Raises AssertionError with what was shown instead."""
        found: list[View] = []

        def look() -> bool:
            found[:] = [view for view in [self.view] if view and predicate(view)]
            return bool(found)

        changed = self._slack.world.changed
        with changed:
            if changed.wait_for(look, timeout):
                return found[0]
            view = self.view
        shown = self.reads(view) if view else "(no modal)"
        raise AssertionError(f"{self.name} saw no such modal in {timeout} s, but:\n{shown}")

    def submits(self, view: View) -> Ack:
        """Press the submit button. What Slack finds wrong by itself is shown and not sent (status `local`).

        Then the app's answer is done: errors, update, push, clear, or the modal closes.
        """
        record = self._record(view)
        if "submit" not in record.content:
            raise AssertionError(f"“{view.title}” has no submit button")
        world = self._slack.world
        with world.changing():
            record.notice = None
            record.errors = inputs.problems(record.content["blocks"], record.typed)
            if record.errors:
                return replace(LOCAL, body={"response_action": "errors", "errors": dict(record.errors)})
            surface = Surface.of_view(world, record)
            payload = self._interaction("view_submission", surface) | {
                "trigger_id": world.new_trigger(record.team_id, self.id, record.id),
                "response_urls": [],
            }

        def answered(ack: Ack) -> None:
            with world.changing():
                if ack.status != "acked":
                    record.notice = views.TROUBLE
                elif not record.closed:
                    entry = self._slack.note("response_action", surface.team, ack.body)
                    entry.faults = views.answered(world, self._slack.faults, record, ack.body)

        return self._slack.send("interactive", payload, surface.team, answered)

    def closes(self, view: View, *, everything: bool = False) -> Ack:
        """Press the close button; `everything` is the ✕, which closes the modals below too."""
        record = self._record(view)
        cleared = everything or record.content.get("clear_on_close") is True
        with self._slack.world.changing():
            views.close(self._slack.world, record, cleared)
        if not record.content.get("notify_on_close"):
            return LOCAL
        surface = Surface.of_view(self._slack.world, record)
        payload = self._interaction("view_closed", surface) | {"is_cleared": cleared}
        return self._slack.send("interactive", payload, surface.team)

    @property
    def home(self) -> list[Json] | None:
        """The blocks of the app's Home tab, or None when nothing was published for this person."""
        view = self.home_view
        return view.blocks if view else None

    @property
    def home_view(self) -> View | None:
        """The app's Home tab as something to click in."""
        with self._slack.world.changed:
            record = self._slack.world.homes.get(self.id)
            return View.of(record) if record else None

    def opens_home(self) -> Ack | None:
        """Open the app's Home tab, which the app hears of; None when it does not subscribe to that."""
        record = self._slack.world.homes.get(self.id)
        event: Json = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.dm.id,
            "tab": "home",
            "event_ts": self._slack.world.new_ts(),
        }
        if record:
            event["view"] = views.shown(self._slack.world, record)
        return self._slack.event(self.team, event)

    # Otherwise

    def replays(self, entry: Entry) -> Ack:
        """Send a payload of the log again, as it was: the same ids, trigger and response_url."""
        if entry.direction != "out":
            raise AssertionError(f"{entry.kind} did not go to the app")
        return self._slack.deliver(entry.kind, entry.payload)

    def decides(self, authorize_url: str, *, allow: bool = True) -> str:
        """Allow or deny an install on OAuth's page; gives the address the browser is sent on to."""
        decision = urlencode({"decision": "allow" if allow else "deny", "user": self.id})
        return self._slack.redirect_of(f"{authorize_url}&{decision}")

    # Finding

    def _channel(self, channel: str | Channel) -> Channel:
        place = self.team.channel(channel if isinstance(channel, str) else channel.id)
        if self.id not in place.members:
            raise AssertionError(f"{self.name} is not in #{place.name}")
        return place

    def _record(self, view: View) -> ViewRecord:
        record = self._slack.world.views[view.id]
        if record.closed or record.user_id != self.id:
            raise AssertionError(f"“{view.title}” is not open for {self.name}")
        return record

    def _surface(self, target: Message | View) -> Surface:
        world = self._slack.world
        if isinstance(target, View):
            return Surface.of_view(world, self._record(target))
        message = next((each for each in self.sees(target.channel_id) if each.ts == target.ts), None)
        if message is None:
            raise AssertionError(f"{self.name} does not see that message any more")
        return Surface.of_message(world, message, self.id)

    def _find(
        self, target: Message | View, action_id: str, block_id: str | None = None, value: str | None = None
    ) -> tuple[Surface, inputs.Placed]:
        with self._slack.world.changed:
            surface = self._surface(target)
            return surface, surface.element(action_id, block_id, value)

    def _interaction(self, kind: str, surface: Surface) -> Json:
        return surface.payload(self._slack.world, self._slack.verification_token, kind, self)

    def _names(self) -> dict[str, str]:
        teams = self._slack.teams
        people = {person.id: f"@{person.name}" for team in teams for person in team.people}
        bots = {team.bot_user_id: "@eks-chatops" for team in teams}
        return people | bots | {channel.id: f"#{channel.name}" for channel in self.team.channels}

    def _mentions(self) -> dict[str, str]:
        people = {f"@{person.name}": f"<@{person.id}|{person.name}>" for person in self.team.people}
        return people | {f"#{each.name}": f"<#{each.id}|{each.name}>" for each in self.team.channels}
