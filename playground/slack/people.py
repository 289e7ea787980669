"""The people at their Slack: they type, click, fill in, and see what is theirs to see.

A person is a client: it keeps what is typed in a modal, checks inputs before it sends them, and shows what the app
or Slack has to say. Every method waits for the app's ack and may run on many threads at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from handlers.blocks.limits import suggestion_faults
from playground.slack import chat, files, inputs, payloads, text, views
from playground.slack.calls import Refused
from playground.slack.delivery import LOCAL, Ack
from playground.slack.log import Entry
from playground.slack.records import SLACKBOT, Channel, Json, Key, Message
from playground.slack.sight import Sight
from playground.slack.surfaces import Surface, View

MIN_QUERY = 3  # what an external select waits for when its app does not say


@dataclass(frozen=True, eq=False)
class Person(Sight):
    """Someone in one workspace who types and clicks; made by the workspaces."""

    # Channels

    def types(self, channel: str | Channel, said: str, *, thread: str | None = None) -> Ack:
        """Send what was typed: a slash command to the app, anything else as a message.

        `thread` is the `ts` of the message in whose thread it is typed; commands do not work there, as in Slack.
        What the app acks with is shown as an ephemeral message, or to all with `response_type: in_channel`. Without
        an ack in three seconds, or with a bad one, Slackbot says so to this person.
        """
        place = self._channel(channel)
        world = self._slack.world
        world.current[self.id] = place.id
        if not said.startswith("/"):
            shown = text.escaped(said, self._mentions())
            world.post(Message(world.new_ts(), place.id, self.team.id, self.id, shown, thread_ts=thread))
            return LOCAL
        name, _, rest = said.partition(" ")
        if thread:
            self._slackbot(place, f"{name} is not supported in threads. Sorry!", thread)
            return LOCAL
        manifest = self._slack.manifest
        if (manifest and name not in manifest.commands) or not world.installed(self.team):
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

    def _slackbot(self, place: Channel, said: str, thread: str | None = None) -> None:
        world = self._slack.world
        ts = world.new_ts()
        world.post(Message(ts, place.id, self.team.id, SLACKBOT, said, reader=self.id, thread_ts=thread))

    def dismisses(self, message: Message) -> None:
        """Take away an ephemeral message, which only its reader can. Raises AssertionError for any other."""
        if message.reader != self.id:
            raise AssertionError(f"{self.name} can dismiss only what nobody else sees")
        self._slack.world.change(message, deleted=True)

    # Shortcuts

    def shortcut(self, callback_id: str, channel: str | Channel | None = None) -> Ack:
        """Choose a shortcut of the app from Slack's own menu, while looking at `channel`, or at what they last did.

        Raises AssertionError for one that is not in it.
        """
        self._offered(callback_id, "global")
        if channel is not None:
            self._slack.world.current[self.id] = self._channel(channel).id
        payload = payloads.shortcut(self._slack.world, self._slack.verification_token, self, callback_id)
        return self._slack.send("interactive", payload, self.team)

    def message_shortcut(self, message: Message, callback_id: str) -> Ack:
        """Choose a shortcut of the app from a message's menu, which an ephemeral message does not have."""
        self._offered(callback_id, "message")
        shown = self._surface(message).message
        if shown is None or shown.ephemeral:
            raise AssertionError("an ephemeral message has no menu")
        world, place = self._slack.world, self._channel(message.channel_id)
        url = self._slack.url + world.new_response_url("app", self.team.id, place.id, self.id)
        token = self._slack.verification_token
        payload = payloads.message_shortcut(world, token, self, shown, place, callback_id, url)
        return self._slack.send("interactive", payload, self.team)

    def _offered(self, callback_id: str, kind: str) -> None:
        """Raises AssertionError when the app has no such shortcut, or is not here."""
        manifest, here = self._slack.manifest, self._slack.world.installed(self.team)
        offered = [each.callback_id for each in manifest.shortcuts if each.kind == kind] if manifest else None
        if not here or (offered is not None and callback_id not in offered):
            raise AssertionError(f"no {kind} shortcut {callback_id} here, only {offered if here else []}")

    # Touching messages and views

    def clicks(
        self, target: Message | View, action_id: str, *, block_id: str | None = None, value: str | None = None
    ) -> Ack:
        """Press a button (and confirm, when it asks); `value` picks one of several with the same action_id.

        Feedback buttons are two of one action_id. Raises AssertionError, naming what is there, when there is no such
        button or more than one.
        """
        surface, place = self._find(target, action_id, block_id, value)
        if place.kind == "feedback_buttons":
            return self._act(surface, place, inputs.feedback(place.element, value))
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
        ack = self.looks_up(target, action_id, typed, block_id=block_id)
        return inputs.options(ack.body) if ack.status == "acked" else []

    def looks_up(
        self, target: Message | View, action_id: str, typed: str = "", *, block_id: str | None = None
    ) -> Ack:
        """Have an external select ask the app. `local`: too few letters; `error`: also for options Slack refuses."""
        surface, place = self._find(target, action_id, block_id)
        if len(typed) < place.element.get("min_query_length", MIN_QUERY):
            return LOCAL
        payload = self._interaction("block_suggestion", surface) | {
            "block_id": place.key[0],
            "action_id": action_id,
            "value": typed,
        }
        ack = self._slack.send("interactive", payload, surface.team)
        entry = self._slack.note("block_suggestion", surface.team, ack.body)
        entry.faults = suggestion_faults(ack.body) if ack.status == "acked" else []
        if entry.faults:
            ack = replace(ack, status="error")
        with self._slack.world.changing():
            surface.offered[place.key] = inputs.options(ack.body) if ack.status == "acked" else []
        return ack

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

    def attaches(
        self,
        target: Message | View,
        action_id: str,
        added: Sequence[tuple[str, bytes]],
        *,
        keep: Sequence[str] = (),
        block_id: str | None = None,
    ) -> list[Json]:
        """Put files, as (name, content), into a file input, beside those it holds whose ids are in `keep`.

        Gives those it holds then. Raises AssertionError for more or others than the input takes.
        """
        surface, place = self._find(target, action_id, block_id)
        if place.kind != "file_input":
            raise AssertionError(f"{action_id} is a {place.kind}, not a file input")
        world = self._slack.world
        with world.changing():
            held = surface.typed.get(place.key, {}).get("files", [])
            kept = [each for each in held if each["id"] in keep]
            inputs.check_files(place.element, len(kept), added)
            new = [files.attached(world, self.team, self.id, name, content) for name, content in added]
            kept += [payloads.file(each, world.url) for each in new]
            surface.typed[place.key] = {"type": place.kind, "files": kept}
        if place.dispatches:
            self._act(surface, place, surface.typed[place.key])
        return kept

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
                "response_urls": [
                    self._destination(key, channel)
                    for key, channel in inputs.destinations(record.content["blocks"], record.typed)
                ],
            }

        def answered(ack: Ack) -> None:
            with world.changing():
                if ack.status != "acked":
                    record.notice = views.TROUBLE
                elif not record.closed:
                    entry = self._slack.note("response_action", surface.team, ack.body)
                    entry.faults = views.answered(world, self._slack.faults, record, ack.body)

        return self._slack.send("interactive", payload, surface.team, answered)

    def _destination(self, key: Key, channel: str) -> Json:
        """A response_url for a conversation that was chosen in a modal; it replaces nothing."""
        place = self._channel(self.team.channel(channel))
        url = self._slack.world.new_response_url("app", self.team.id, place.id, self.id)
        return {
            "block_id": key[0],
            "action_id": key[1],
            "channel_id": place.id,
            "response_url": self._slack.url + url,
        }

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

    def decides(self, authorize_url: str, *, allow: bool = True, org: bool = False) -> str:
        """Allow or deny an install on OAuth's page, `org` for all of the organisation.

        Gives the address the browser is sent on to. Raises AssertionError with what the page says instead.
        """
        decision = {"decision": "allow" if allow else "deny", "user": self.id} | ({"org": "1"} if org else {})
        return self._slack.redirect_of(f"{authorize_url}&{urlencode(decision)}")

    def _interaction(self, kind: str, surface: Surface) -> Json:
        return surface.payload(self._slack.world, self._slack.verification_token, kind, self)

    def _mentions(self) -> dict[str, str]:
        people = {f"@{person.name}": f"<@{person.id}|{person.name}>" for person in self.team.people}
        groups = {
            f"@{each.handle}": f"<!subteam^{each.id}|@{each.handle}>"
            for each in self.team.usergroups
            if not each.disabled
        }
        return groups | people | {f"#{each.name}": f"<#{each.id}|{each.name}>" for each in self.team.channels}
