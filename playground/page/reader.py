"""What one person sees of the local Slack, as JSON: all of it at first, then only what has changed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from playground.slack import Channel, LocalSlack, Message, Person, View, inputs
from playground.slack.records import File

APP = "app"  # what the app is called when no manifest says

Json = dict[str, Any]


class Reader:
    """One person's eyes in one tab. What is not theirs to see is in nothing that it gives."""

    def __init__(self, slack: LocalSlack, person: Person) -> None:
        self.person = person
        self._slack = slack
        self._shown: dict[str, dict[str, tuple[Message, Json]]] = {}
        self._views: list[Json] = []
        self._home: Json | None = None

    def frame(self) -> Json:
        """Who they are, the channels they are in, and what to show for the ids of people and channels."""
        person = self.person
        return {
            "type": "frame",
            "person": {"id": person.id, "name": person.name, "tz": person.tz, "team": person.team.id},
            "channels": [_channel(channel) for channel in self._channels()],
            "names": self._names(),
        }

    def news(self) -> list[Json]:
        """What has changed since the last call, as the messages that tell a tab so."""
        with self._slack.world.changed:
            found = [self._messages(channel) for channel in self._channels()]
            stack = self._slack.world.stacks.get(self.person.id, ())
            views = [asdict(View.of(record)) for record in stack]
            home = self.person.home_view
        news = [each for each in found if each]
        if views != self._views:
            self._views = views
            news.append({"type": "views", "views": [_without_metadata(view) for view in views]})
        shown = _without_metadata(asdict(home)) if home else None
        if shown != self._home:
            self._home = shown
            news.append({"type": "home", "home": shown})
        return news

    def _channels(self) -> list[Channel]:
        return [each for each in self.person.team.channels if self.person.id in each.members]

    def _messages(self, channel: Channel) -> Json | None:
        first = channel.id not in self._shown
        before = self._shown.get(channel.id, {})
        now: dict[str, tuple[Message, Json]] = {}
        changed = []
        for message in self.person.sees(channel):
            state = self._state(message)
            now[message.ts] = (message, state)
            old = before.get(message.ts)
            if old is None or old[0] is not message or old[1] != state:
                changed.append(_message(message, state))
        self._shown[channel.id] = now
        gone = sorted(before.keys() - now.keys())
        if not changed and not gone:
            return None
        return {
            "type": "messages",
            "channel": channel.id,
            "first": first,  # what was said before they looked
            "changed": changed,
            "gone": gone,
        }

    def _state(self, message: Message) -> Json:
        picked = self._slack.world.picked.get((self.person.id, message.ts), {})
        return inputs.values(message.blocks, picked) if message.blocks else {}

    def _names(self) -> dict[str, str]:
        teams = self._slack.teams
        people = {person.id: person.name for team in teams for person in team.people}
        people |= {group.id: group.handle for group in self.person.team.usergroups}
        manifest = self._slack.manifest
        bots = {team.bot_user_id: manifest.name if manifest else APP for team in teams}
        return people | bots | {channel.id: channel.name for channel in self._channels() if not channel.is_im}


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "private": channel.is_private,
        "direct": channel.is_im,
        "shared": bool(channel.shared_with),
        "app": channel.is_member,
        "people": len(channel.members),
    }


def _file(file: File) -> Json:
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "pretty_type": file.pretty_type,
        "size": file.size,
        "alt_txt": file.alt_txt,
    }


def _message(message: Message, state: Json) -> Json:
    return {
        "ts": message.ts,
        "user": message.user,
        "bot": message.bot_id is not None,
        "text": message.text,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "files": [_file(each) for each in message.files],
        "ephemeral": message.ephemeral,
        "edited": message.edited,
        "thread_ts": message.thread_ts,
        "state": state,
    }


def _without_metadata(view: Json) -> Json:
    return {name: value for name, value in view.items() if name != "private_metadata"}
