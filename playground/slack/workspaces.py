"""The workspaces there are, and who is in them; the same from the same seed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.slack.people import Person
from playground.slack.records import Channel, Enterprise, Team, Token, Usergroup
from playground.slack.state import World

if TYPE_CHECKING:
    from playground.slack.server import LocalSlack

# What the bot may do when no manifest says otherwise.
SCOPES = ("commands", "chat:write", "users:read")


@dataclass(frozen=True)
class _Who:
    """A person to be: their role in the workspace, their title, and the channels and user groups they are in."""

    name: str
    real_name: str
    tz: str
    role: str
    title: str
    channels: tuple[str, ...]
    groups: tuple[str, ...] = ()


_AKME = (
    _Who(
        "ada",
        "Ada Marsh",
        "Europe/Berlin",
        "admin",
        "Platform engineer",
        ("ops", "payments", "secrets", "ops-shared"),
        ("sre",),
    ),
    _Who(
        "dev",
        "Devi Anand",
        "America/New_York",
        "member",
        "Developer",
        ("ops", "payments", "ops-shared"),
        ("developers",),
    ),
    _Who("gus", "Gus Okafor", "Asia/Kolkata", "guest", "Contractor", ("ops",)),
)
_GLOBEX = (
    _Who(
        "hana",
        "Hana Sato",
        "Asia/Tokyo",
        "admin",
        "Platform engineer",
        ("platform", "vault", "ops-shared"),
        ("sre",),
    ),
    _Who(
        "leo",
        "Leo Brandt",
        "America/Los_Angeles",
        "member",
        "Developer",
        ("platform", "ops-shared"),
        ("developers",),
    ),
    _Who("mia", "Mia Costa", "America/Sao_Paulo", "guest", "Contractor", ("platform",)),
)
_RETAIL = (
    _Who("ira", "Ira Novak", "Europe/Prague", "admin", "Platform engineer", ("shops",), ("sre",)),
    _Who("ned", "Ned Ryan", "Europe/Dublin", "member", "Developer", ("shops",), ("developers",)),
    _Who("pia", "Pia Lind", "Europe/Stockholm", "guest", "Contractor", ("shops",)),
)
_LABS = (
    _Who("sol", "Sol Reyes", "America/Bogota", "admin", "Platform engineer", ("bench",), ("sre",)),
    _Who("uma", "Uma Iyer", "Asia/Singapore", "member", "Developer", ("bench",), ("developers",)),
    _Who("wes", "Wes Boone", "America/Denver", "guest", "Contractor", ("bench",)),
)


def people_of(slack: "LocalSlack", world: World, scopes: tuple[str, ...]) -> tuple[Team, Team]:
    """Akme and Globex with their channels and people, the app installed in both."""
    akme, globex = _team(world, "Akme", "akme"), _team(world, "Globex", "globex")
    for team in (akme, globex):
        number = world.secret(12, "123456789")
        team.bot_token = f"xoxb-{number}-{number[::-1]}-{world.secret(24)}"
        world.tokens[team.bot_token] = Token(team.id, scopes)
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
    _settle(slack, world, akme, _AKME)
    _settle(slack, world, globex, _GLOBEX)
    everyone = akme.channel("ops-shared").members | globex.channel("ops-shared").members
    for team in (akme, globex):
        team.channel("ops-shared").members = set(everyone)
    return akme, globex


def organisation(slack: "LocalSlack", world: World) -> tuple[Team, Team]:
    """Umbra Retail and Umbra Labs, the workspaces of one organisation, the app installed in neither.

    Where it is, it has one bot with one id, as users of an organisation have one.
    """
    umbra = Enterprise(world.new_id("E"), "Umbra", "umbra", world.new_id("W"), world.new_id("B"))
    teams = []
    for name, channel, crowd in (("Umbra Retail", "shops", _RETAIL), ("Umbra Labs", "bench", _LABS)):
        domain = name.lower().replace(" ", "-")
        team = Team(world.new_id("T"), name, domain, umbra.bot_user_id, umbra.bot_id, enterprise=umbra)
        team.channels = (_channel(world, team, channel, is_member=True),)
        _settle(slack, world, team, crowd)
        teams.append(team)
    return teams[0], teams[1]


def _team(world: World, name: str, domain: str) -> Team:
    return Team(world.new_id("T"), name, domain, world.new_id("U"), world.new_id("B"))


def _channel(
    world: World, team: Team, name: str, *, is_member: bool = False, is_private: bool = False
) -> Channel:
    return Channel(world.new_id("C"), name, team.id, is_member, is_private)


def _settle(slack: "LocalSlack", world: World, team: Team, crowd: tuple[_Who, ...]) -> None:
    """Put people into a workspace, with their direct messages and their user groups."""
    team.people = tuple(_person(slack, world, team, who) for who in crowd)
    team.channels += tuple(person.dm for person in team.people)
    team.usergroups = tuple(
        Usergroup(
            world.new_id("S"),
            handle,
            name,
            {team.person(who.name).id for who in crowd if handle in who.groups},
        )
        for handle, name in (("sre", "Site reliability"), ("developers", "Developers"))
    )


def _person(slack: "LocalSlack", world: World, team: Team, who: _Who) -> Person:
    person_id, dm_id = world.new_id("W" if team.enterprise else "U"), world.new_id("D")
    dm = Channel(dm_id, dm_id, team.id, is_member=True, is_im=True, members={person_id})
    for name in who.channels:
        team.channel(name).members.add(person_id)
    return Person(slack, team, person_id, who.name, who.real_name, who.tz, who.role, dm, who.title)
