"""What one person sees at their Slack: the messages, files, modals and Home that are theirs, and how they read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from playground.slack import inputs, text
from playground.slack.records import Channel, File, Json, Message, Team, ViewRecord
from playground.slack.surfaces import Surface, View

if TYPE_CHECKING:
    from playground.slack.server import LocalSlack


@dataclass(frozen=True, eq=False)
class Sight:
    """Someone with a name and a time zone in one workspace, as far as they only look."""

    _slack: LocalSlack = field(repr=False)
    team: Team = field(repr=False)
    id: str
    name: str
    real_name: str
    tz: str
    role: str  # "admin", "member" or "guest" (of a single channel)
    dm: Channel = field(repr=False)  # the conversation with the app
    title: str = ""  # what they do, such as "Developer"

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
            "profile": {
                "real_name": self.real_name,
                "display_name": self.name,
                "title": self.title,
                "team": self.team.id,
            },
            **self._in_organisation(),
        }

    def _in_organisation(self) -> Json:
        organisation = self.team.enterprise
        if organisation is None:
            return {}
        user = {
            "id": self.id,
            "enterprise_id": organisation.id,
            "enterprise_name": organisation.name,
            "is_admin": self.role == "admin",
            "is_owner": False,
            "teams": [self.team.id],
        }
        return {"enterprise_user": user}

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

    def downloads(self, file: File) -> bytes:
        """What is in a file that stands in one of this person's conversations. Raises AssertionError for any other."""
        world = self._slack.world
        with world.changed:
            mine = [channel for channel in self.team.channels if self.id in channel.members]
            shown = (each for channel in mine for message in self.sees(channel) for each in message.files)
            if not any(each.id == file.id for each in shown):
                raise AssertionError(f"{self.name} does not see the file {file.name}")
            content = world.files[file.id].content
        return content or b""

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

    def _names(self) -> dict[str, str]:
        teams = self._slack.teams
        people = {person.id: f"@{person.name}" for team in teams for person in team.people}
        bots = {team.bot_user_id: "@eks-chatops" for team in teams}
        groups = {group.id: f"@{group.handle}" for team in teams for group in team.usergroups}
        return people | bots | groups | {channel.id: f"#{channel.name}" for channel in self.team.channels}
