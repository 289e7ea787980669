"""The things the local Slack knows of, as plain records: workspaces, channels, messages, files, tokens, views."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.slack.people import Person

Json = dict[str, Any]
Key = tuple[str, str]  # block_id, action_id

SLACKBOT = "USLACKBOT"


@dataclass
class Channel:
    """A conversation as one workspace sees it; a shared channel has the same id in both."""

    id: str
    name: str
    team_id: str
    is_member: bool = False  # whether the app's bot is in it
    is_private: bool = False
    is_im: bool = False
    members: set[str] = field(default_factory=set)  # user ids, of any workspace
    shared_with: tuple[str, ...] = ()  # ids of the other workspaces


@dataclass
class Usergroup:
    """People who are mentioned together; `users` and `disabled` may be changed while all runs."""

    id: str
    handle: str
    name: str
    users: set[str] = field(default_factory=set)
    disabled: int = 0  # when, in seconds since 1970


@dataclass
class Enterprise:
    """An organisation of several workspaces, in all of which the app can be installed at once."""

    id: str
    name: str
    domain: str
    bot_user_id: str
    bot_id: str
    bot_token: str = ""


@dataclass
class Team:
    """A workspace, and the app's bot in it; `bot_token` is empty until the app is installed for the first time."""

    id: str
    name: str
    domain: str
    bot_user_id: str
    bot_id: str
    bot_token: str = ""
    channels: tuple[Channel, ...] = ()
    people: tuple[Person, ...] = ()
    usergroups: tuple[Usergroup, ...] = ()
    enterprise: Enterprise | None = None
    org_wide: bool = False  # whether the app is here because its organisation has it

    def channel(self, name: str) -> Channel:
        """The channel of that name (with or without `#`) or id. Raises KeyError."""
        for channel in self.channels:
            if name.removeprefix("#") in (channel.name, channel.id):
                return channel
        raise KeyError(f"no channel {name} in {self.name}")

    def person(self, name: str) -> Person:
        """The person of that name or id. Raises KeyError."""
        for person in self.people:
            if name in (person.name, person.id):
                return person
        raise KeyError(f"nobody called {name} in {self.name}")

    def usergroup(self, handle: str) -> Usergroup:
        """The user group of that handle (with or without `@`) or id. Raises KeyError."""
        for group in self.usergroups:
            if handle.removeprefix("@") in (group.handle, group.id):
                return group
        raise KeyError(f"no user group {handle} in {self.name}")


@dataclass(frozen=True)
class File:
    """A file that an app has uploaded, without what is in it: that the people who see it may download."""

    id: str
    team_id: str
    user: str
    name: str
    title: str
    mimetype: str
    filetype: str
    pretty_type: str
    size: int
    created: int  # seconds since 1970
    alt_txt: str | None = None


@dataclass(frozen=True)
class Message:
    """A message as it is now; a later edit makes another value with the same `ts`."""

    ts: str
    channel_id: str
    team_id: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: tuple[File, ...] = ()
    reader: str | None = None  # the only one who sees it, when it is ephemeral
    bot_id: str | None = None
    thread_ts: str | None = None
    edited: bool = False
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        return self.reader is not None


@dataclass
class Trigger:
    """The right to open one view for one person, for three seconds."""

    team_id: str
    user_id: str
    created: float
    view_id: str | None = None  # the view it was given in
    used: bool = False


@dataclass
class ResponseUrl:
    """The right to answer an interaction five times in half an hour."""

    team_id: str
    channel_id: str
    user_id: str
    created: float
    message_ts: str | None = None  # the message that was clicked; None for a slash command
    uses: int = 0


@dataclass
class Token:
    """A bot's token and what has become of it: `gone` is the word Slack answers with."""

    team_id: str | None  # None: it is of a whole organisation
    scopes: tuple[str, ...]
    gone: str | None = None
    enterprise_id: str | None = None
    ends: float | None = None  # on Slack's clock, when the app rotates its tokens


@dataclass
class RefreshToken:
    """What a new token is given for, once."""

    team_id: str | None
    enterprise_id: str | None
    used: float | None = None  # when, on Slack's clock


@dataclass
class Upload:
    """A file on its way: announced by the app, then sent to the address that goes with it."""

    file: File
    content: bytes | None = None


@dataclass
class ViewRecord:
    """A modal or a Home tab as Slack keeps it, with what the person has typed into it."""

    id: str
    team_id: str  # where the app that opened it is installed
    user_id: str
    content: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    typed: dict[Key, Json] = field(default_factory=dict)
    offered: dict[Key, list[Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    notice: str | None = None
    closed: bool = False
