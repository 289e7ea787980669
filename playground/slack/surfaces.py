"""What a person sees and can touch: a View as it is at one moment, and the Surface of elements behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.slack import inputs, payloads, views
from playground.slack.records import Json, Key, Message, Team, ViewRecord
from playground.slack.state import World

if TYPE_CHECKING:
    from playground.slack.people import Person


@dataclass(frozen=True)
class View:
    """A modal or Home tab as the person sees it at one moment."""

    id: str
    hash: str
    type: str
    title: str
    blocks: list[Json]
    state: Json  # as `state.values` in a payload
    submit: str | None
    close: str | None
    callback_id: str
    private_metadata: str
    errors: dict[str, str]  # by block_id
    notice: str | None  # what Slack itself says, such as that the app cannot be reached
    closed: bool

    @classmethod
    def of(cls, record: ViewRecord) -> View:
        content = record.content

        def label(name: str) -> str | None:
            return content[name]["text"] if name in content else None

        return cls(
            id=record.id,
            hash=record.hash,
            type=content["type"],
            title=label("title") or "",
            blocks=content["blocks"],
            state=views.values(record),
            submit=label("submit"),
            close=label("close"),
            callback_id=content.get("callback_id", ""),
            private_metadata=content.get("private_metadata", ""),
            errors=dict(record.errors),
            notice=record.notice,
            closed=record.closed,
        )


@dataclass
class Surface:
    """A message or a view with its elements, and what one person has picked there and been offered."""

    team: Team  # where the app that made it is installed
    blocks: list[Json]
    typed: dict[Key, Json]
    offered: dict[Key, list[Json]]
    record: ViewRecord | None = None
    message: Message | None = None

    @classmethod
    def of_view(cls, world: World, record: ViewRecord) -> Surface:
        team = world.team(record.team_id)
        return cls(team, record.content["blocks"], record.typed, record.offered, record=record)

    @classmethod
    def of_message(cls, world: World, message: Message, user_id: str) -> Surface:
        key = (user_id, message.ts)
        typed, offered = world.picked.setdefault(key, {}), world.offered.setdefault(key, {})
        return cls(world.team(message.team_id), message.blocks, typed, offered, message=message)

    def element(self, action_id: str, block_id: str | None, value: str | None) -> inputs.Placed:
        """The one element meant. Raises AssertionError, with all that is there, for none or several."""
        every = list(inputs.placed(self.blocks))
        found = [
            each
            for each in every
            if each.key[1] == action_id
            and block_id in (None, each.key[0])
            and value in (None, *inputs.sendable(each.element))
        ]
        if len(found) != 1:
            there = [(each.key[1], each.kind, each.element.get("value")) for each in every]
            raise AssertionError(f"{len(found)} elements are {action_id} {value or ''}; there are {there}")
        return found[0]

    def payload(self, world: World, verification: str, kind: str, person: Person) -> Json:
        """What every interaction with this surface holds."""
        base = payloads.interaction(world, verification, kind, person, self.team)
        if self.message:
            channel = person.team.channel(self.message.channel_id)
            return base | payloads.in_message(self.message, channel, world.url)
        assert self.record  # noqa: S101 - a surface is one or the other
        # A view belongs to the person's workspace; where the app is installed stands in the view.
        base |= {"view": views.shown(world, self.record)}
        if base["team"]:
            base["team"] = payloads.workspace(person.team)
        if kind in ("block_actions", "block_suggestion"):
            base["container"] = {"type": "view", "view_id": self.record.id}
        return base
