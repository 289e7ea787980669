"""The two workspaces the app is installed in, and who is in them; the same from the same seed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.slack.people import Person
from playground.slack.state import Channel, Team, Token, World

if TYPE_CHECKING:
    from playground.slack.server import LocalSlack

# What the bot may do when no manifest says otherwise.
SCOPES = ("commands", "chat:write", "users:read")


@dataclass(frozen=True)
class _Who:
    """A person to be, and the channels they are in."""

    name: str
    real_name: str
    tz: str
    channels: tuple[str, ...]
    role: str = "member"


_AKME = (
    _Who("ada", "Ada Marsh", "Europe/Berlin", ("ops", "payments", "secrets", "ops-shared"), "admin"),
    _Who("dev", "Devi Anand", "America/New_York", ("ops", "payments", "ops-shared")),
    _Who("gus", "Gus Okafor", "Asia/Kolkata", ("ops",), "guest"),
)
_GLOBEX = (
    _Who("hana", "Hana Sato", "Asia/Tokyo", ("platform", "vault", "ops-shared"), "admin"),
    _Who("leo", "Leo Brandt", "America/Los_Angeles", ("platform", "ops-shared")),
)


def people_of(slack: "LocalSlack", world: World, scopes: tuple[str, ...]) -> tuple[Team, Team]:
    """Akme and Globex with their channels and people, the app installed in both."""
    akme = _team(world, "Akme", "akme", scopes)
    globex = _team(world, "Globex", "globex", scopes)
    shared = world.new_id("C")
    akme.channels = (
        _channel(world, akme, "ops", is_member=True),
        _channel(world, akme, "payments"),
        _channel(world, akme, "secrets", is_private=True),
        Channel(shared, "ops-shared", akme.id, shared_with=(globex.id,)),
    )
    globex.channels = (
        _channel(world, globex, "platform", is_member=True),
        _channel(world, globex, "vault", is_private=True),
        Channel(shared, "ops-shared", globex.id, shared_with=(akme.id,)),
    )
    for team, crowd in ((akme, _AKME), (globex, _GLOBEX)):
        team.people = tuple(_person(slack, world, team, who) for who in crowd)
        team.channels += tuple(person.dm for person in team.people)
    everyone = akme.channel("ops-shared").members | globex.channel("ops-shared").members
    for team in (akme, globex):
        team.channel("ops-shared").members = set(everyone)
    return akme, globex


def _team(world: World, name: str, domain: str, scopes: tuple[str, ...]) -> Team:
    number = world.secret(12, "123456789")
    token = f"xoxb-{number}-{number[::-1]}-{world.secret(24)}"
    team = Team(world.new_id("T"), name, domain, world.new_id("U"), world.new_id("B"), token)
    world.tokens[token] = Token(team.id, scopes)
    return team


def _channel(
    world: World, team: Team, name: str, *, is_member: bool = False, is_private: bool = False
) -> Channel:
    return Channel(world.new_id("C"), name, team.id, is_member, is_private)


def _person(slack: "LocalSlack", world: World, team: Team, who: _Who) -> Person:
    person_id, dm_id = world.new_id("U"), world.new_id("D")
    dm = Channel(dm_id, dm_id, team.id, is_member=True, is_im=True, members={person_id})
    for name in who.channels:
        team.channel(name).members.add(person_id)
    return Person(slack, team, person_id, who.name, who.real_name, who.tz, who.role, dm)
