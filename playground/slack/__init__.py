"""A local Slack: the other end of the bot's tests and of `eks-chatops demo`.

It talks to the bot over sockets as Slack does and knows nothing of the bot but Block Kit's limits.
"""

from playground.slack.delivery import Ack
from playground.slack.log import Entry
from playground.slack.people import Person
from playground.slack.records import Channel, Enterprise, File, Message, Team, Usergroup
from playground.slack.server import LocalSlack
from playground.slack.surfaces import View

__all__ = [
    "Ack",
    "Channel",
    "Enterprise",
    "Entry",
    "File",
    "LocalSlack",
    "Message",
    "Person",
    "Team",
    "Usergroup",
    "View",
]
