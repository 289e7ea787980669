"""A person in a channel, what is answered to them, and how it is drawn."""

from dataclasses import dataclass

from slack_sdk import WebClient

from connector.errors import Unreachable
from connector.resources import Cell
from connector.workspaces import WorkspaceKey
from handlers.blocks.message import Message as Drawn
from handlers.blocks.message import Rung
from handlers.blocks.parts import section
from handlers.blocks.tables import Table
from handlers.blocks.tables import drawn as table
from handlers.reply import MessageReply, Place, Rungs
from playground.slack import LocalSlack, Message, Person

FAILURE = Unreachable("`prod` does not answer", "", "Try again")


@dataclass
class Corner:
    """A person in a channel, and the replies to them there."""

    slack: LocalSlack
    person: Person
    channel: str
    rungs: Rungs

    @property
    def client(self) -> WebClient:
        return WebClient(self.person.team.bot_token, base_url=self.slack.api_url, retry_handlers=[])

    def place(self, clicked: Message | None = None) -> Place:
        """Where a slash command came from, or a click on a message."""
        team, world = self.person.team, self.slack.world
        channel = team.channel(self.channel)
        kind = "actions" if clicked else "commands"
        ts = clicked.ts if clicked else None
        path = world.new_response_url(kind, team.id, channel.id, self.person.id, ts)
        key = WorkspaceKey(None, team.id)
        original = tuple(clicked.blocks) if clicked and not clicked.ephemeral else None
        return Place(key, channel.id, self.person.id, self.slack.url + path, original)

    def reply(self, *, private: bool = False, clicked: Message | None = None) -> MessageReply:
        return MessageReply(
            self.client, self.place(clicked), self.rungs, private=private, replace=clicked is not None
        )

    def seen(self, channel: str = "") -> list[Message]:
        return self.person.sees(channel or self.channel)

    def sent(self) -> list[str]:
        """What the bot has sent since the start of the test, by kind."""
        return [entry.kind for entry in self.slack.log[self.since :] if entry.direction == "in"]

    since: int = 0

    def __post_init__(self) -> None:
        self.since = len(self.slack.log)


def pods(rung: Rung) -> Drawn:
    rows = [(Cell("cart"), Cell("1/1"))]
    return Drawn("2 pods", [section("pods"), *table(Table("pods", ("NAME", "READY"), rows), rung)])


def kinds(message: Message) -> list[str]:
    return [block["type"] for block in message.blocks]
