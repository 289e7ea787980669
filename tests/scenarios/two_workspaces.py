"""A day of two workspaces with one bot, all that Slack sent and the bot kept of it: what a hostile one could know."""

import base64
import re
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from playground import Playground
from playground.demo import environment, manifest
from playground.process import Process
from playground.slack import Entry, Message, Person, Team
from tests.redis_server import RedisServer, redis_server
from tests.scenarios.conftest import WAIT, World, place_of

Json = dict[str, Any]

# Of actions that come by the row: use.3 and use.4 are one to the bot.
_NUMBER = re.compile(r"\.\d+$")
# Buttons that change what the day goes on with, and those that open a form.
_LATER = frozenset(
    {
        *(
            "clear.default",
            "confirm.disconnect",
            "connect",
            "connect.examined",
            "dismiss.question",
            "list.pods",
        ),
        *("follow.answer", "follow.logs", "follow.rollout", "use"),
    }
)
_OPENING = frozenset({"ask.clusters", "ask.connect", "correct.form"})


@dataclass(frozen=True)
class Plan:
    """What a workspace has: how it may sign in, what it connects to, and what nobody else could know."""

    domain: str
    admin: str
    member: str
    policy: Json
    # Connected by a line; by another, and disconnected again; by the form (region, profile, cluster); and more.
    line: str
    passing: str
    form: tuple[str, str, str]
    connection: str
    more: tuple[str, ...] = ()
    by_keys: bool = False


# Sign-in is all that the policies limit: which connections there are is for the workspace to decide, not for them.
AKME = Plan(
    "akme",
    "ada",
    "dev",
    {
        "profiles": ["payments-prod"],
        "roles": ["arn:aws:iam::111122223333:role/eks-readonly"],
        "default_chain": False,
        "aws_keys": True,
    },
    "prod-payments --region eu-west-1 --profile payments-prod"
    " --role-arn arn:aws:iam::111122223333:role/eks-readonly",
    "staging-payments --region eu-west-1 --profile payments-prod",
    ("eu-west-1", "payments-prod", "staging-payments"),
    "eu-west-1_prod-payments",
    by_keys=True,
)
GLOBEX = Plan(
    "globex",
    "hana",
    "leo",
    {"profiles": ["web-prod", "sandbox"], "roles": [], "default_chain": False, "aws_keys": False},
    "edge-sydney --region ap-southeast-2 --profile web-prod",
    "prod-web --region us-east-1 --profile web-prod",
    ("us-east-1", "web-prod", "prod-web"),
    "ap-southeast-2_edge-sydney",
    # Another account's cluster under the id that one of Akme's has.
    ("staging-payments --region eu-west-1 --profile sandbox",),
)


@dataclass
class Side:
    """One workspace after its day."""

    plan: Plan
    team: Team
    admin: Person
    member: Person
    # By what takes them, as `handler_of` names it; in the order they were sent.
    payloads: dict[str, list[Json]] = field(default_factory=dict)
    # What the bot sent to its people: buttons that nobody clicked are in there.
    answers: list[Any] = field(default_factory=list)


def handler_of(payload: Json) -> str:
    """Which of the bot's handlers a payload is for."""
    if "command" in payload:
        return f"command {(payload['text'].split() or ['help'])[0]}"
    if payload["type"] == "block_actions":
        return f"click {_NUMBER.sub('', payload['actions'][0]['action_id'])}"
    if payload["type"] == "view_submission":
        return f"submit {payload['view']['callback_id']}"
    if payload["type"] in ("shortcut", "message_action"):
        return f"shortcut {payload['callback_id']}"
    return f"options {payload['action_id']}"


@dataclass
class Day:
    """Both workspaces, what there is around them, and what the bot has kept."""

    playground: Playground
    redis: RedisServer
    credentials_key: bytes
    policy: Path
    database: Path
    akme: Side
    globex: Side

    def sides(self, attacker: str) -> tuple[Side, Side]:
        """The one of that name, and the other."""
        both = (self.akme, self.globex)
        return both if self.akme.plan.domain == attacker else both[::-1]


@contextmanager
def lived() -> Iterator[Day]:
    """A day of both with a bot that is a process of its own; it has ended, and what it kept is there."""
    with ExitStack() as stack:
        playground = stack.enter_context(Playground.start(manifest=manifest()))
        redis = stack.enter_context(redis_server())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        slack = playground.slack
        akme, globex = (
            Side(plan, team, team.person(plan.admin), team.person(plan.member))
            for plan in (AKME, GLOBEX)
            for team in [slack.team(plan.domain)]
        )
        key = secrets.token_bytes(32)
        day = Day(playground, redis, key, folder / "policy.yaml", folder / "state.db", akme, globex)
        day.policy.write_text(yaml.safe_dump({"workspaces": _rules(akme) | _rules(globex)}), encoding="utf-8")
        own = environment(playground, socket_mode=False) | {
            "EKS_CHATOPS_POLICY": str(day.policy),
            "DATABASE_URL": f"sqlite:///{day.database}",
            "CREDENTIALS_URL": redis.url,
            "CREDENTIALS_KEY": base64.b64encode(key).decode(),
        }
        with Process([sys.executable, "-m", "bot", "run"], own) as bot:
            slack.request_url = f"{bot.wait_for('listening on http').split()[-1]}/slack/events"
            bot.wait_for("ready for")
            world = World(playground, bot, "http", folder, Path.cwd())
            for side in (akme, globex):
                _live(world, side)
            assert bot.stop() == 0, bot.output
            assert "Traceback" not in bot.output, bot.output
        _sort(slack.log, akme, globex)
        yield day


def _rules(side: Side) -> Json:
    name = side.plan.domain
    rules = [
        {"name": f"{name} platform rule", "who": {"users": [side.admin.id]}, "may": "everything"},
        {"name": f"{name} members rule", "who": "everyone", "may": ["discover", "read"]},
    ]
    return {
        side.team.id: side.plan.policy | {"ask": f"<@{side.admin.id}> of {name} decides.", "rules": rules}
    }


def _live(world: World, side: Side) -> None:
    """A day: each handler that the bot has is given something, by the workspace's admin."""
    plan, person = side.plan, side.admin
    place = place_of(person)
    pressed: set[str] = set()

    def said(line: str, words: str) -> Message:
        shown = world.ask(person, line, lambda message: words in f"{message.text}{message.blocks}")
        _press(person, place, shown, pressed)
        return shown

    said("/eks", "Your EKS clusters")
    said(f"/eks connect {plan.line}", "Connected")
    said(f"/eks connect {plan.passing}", "Connected")
    said(f"/eks clusters --region {plan.form[0]} --profile {plan.form[1]}", "clusters · ")
    said(f"/eks connect nosuch --region {plan.form[0]} --profile {plan.form[1]}", "🔴")
    said(f"/eks pods -c {plan.connection} -n kube-system", "pods · ")
    # One that no button changes meanwhile.
    listed = world.ask(
        person, f"/eks pods -c {plan.connection}", lambda message: "choose.namespace" in str(message.blocks)
    )
    person.suggestions(listed, "choose.namespace", "")
    assert person.picks(listed, "choose.namespace", "kube-system").status == "acked"
    said(f"/eks svc -c {plan.connection} -n nosuch-namespace", "There is no namespace")
    which = world.ask(person, "/eks get nodes --private", lambda message: "Which" in message.text)
    world.answer(person, lambda: person.picks(which, "choose.connection", plan.connection))
    said(f"/eks pods {' '.join(f'longword{at:02}' for at in range(30))}", "Which cluster")
    said("/eks conections", "Did you mean")
    said("/eks connections", "connected to")
    _disconnect(world, person, plan.passing)
    _connect_by_form(world, side)
    _find_by_form(world, side)
    for line in plan.more:
        said(f"/eks connect {line}", "Connected")
    said("/eks whoami", f"{plan.domain} platform rule")
    said("/eks help pods", "--selector")
    said(f"/eks audit --user @{person.name} --cluster neverthere", "There is no line")
    said("/eks audit", "the newest first")
    _look_up(world, side)
    _ask_by_form(world, side)
    _look_deeper(world, side, said)
    said(f"/eks use {plan.connection} -n kube-system", "now mean")
    said("/eks use", "commands mean")


def _look_deeper(world: World, side: Side, said: Callable[[str, str], Message]) -> None:
    """Each way to look at more than a list, and the Home tab."""
    person, there = side.admin, f"-n kube-system --connection {side.plan.connection}"
    said(f"/eks describe deploy coredns {there}", "coredns")
    said(f"/eks describe deploy coredsn {there}", "There is no")
    said(f"/eks yaml deploy coredns {there}", "coredns.yaml")
    said(f"/eks logs deploy/coredns --tail 5 {there}", "coredns")
    said(f"/eks logs deploy/coredns -c nosuch {there}", "There is no container")
    said(f"/eks logs deploy/coredns --grep nosuchtext --since 1m {there}", "o")
    said(f"/eks logs deploy/coredns --tail 2 --follow {there}", "following until")
    said(f"/eks rollout status coredns {there}", "rolled out")
    said(f"/eks rollout history coredns {there}", "revision")
    # One of the two has a metrics server.
    said(f"/eks top pods {there}", "pods")
    said(f"/eks top nodes --connection {side.plan.connection}", "nodes")
    said(f"/eks get pods coredns -n kube-system --clusters {side.plan.connection}", "coredns")
    said(f"/eks get pods -n kube-system -c {side.plan.connection} -o csv", "pods")
    said(f"/eks kubeconfig --connection {side.plan.connection}", "terminal")
    said(f"/eks doctor --connection {side.plan.connection}", "refresh.doctor")
    said(f"/eks clusters --all-regions --profile {side.plan.form[1]}", "region")
    changed = world.playground.slack.world.changed
    opened = person.opens_home()
    assert opened is not None
    assert opened.status == "acked"
    with changed:
        assert changed.wait_for(lambda: "as of" in str(person.home), WAIT), person.home
    view = person.home_view
    assert view is not None
    assert person.clicks(view, "home.refresh").status == "acked"


def _press(person: Person, place: str, shown: Message, pressed: set[str]) -> None:
    """Each button that is new, where it still stands; what the bot answers is for later."""
    for element in _elements(shown.blocks):
        name = _NUMBER.sub("", element["action_id"])
        if element["type"] != "button" or name in pressed or name in _LATER:
            continue
        pressed.add(name)
        still = next(one for one in person.sees(place) if one.ts == shown.ts)
        # A button before it may have had the message changed, and the value with it.
        alike = [one for one in _elements(still.blocks) if one["action_id"] == element["action_id"]]
        value = element["value"] if len(alike) > 1 else None
        assert person.clicks(still, element["action_id"], value=value).status == "acked"
        if name in _OPENING:
            person.closes(person.wait_view(lambda view: True, WAIT))


def _elements(blocks: list[Json]) -> list[Json]:
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def _disconnect(world: World, person: Person, passing: str) -> None:
    cluster, region = re.findall(r"[^ ]+(?= --region)|(?<=--region )[^ ]+", passing)
    for button, words in (("dismiss.question", ""), ("confirm.disconnect", "Disconnected")):
        asked = world.ask(
            person,
            f"/eks disconnect -c {region}_{cluster}",
            lambda message: f"Disconnect `{region}_{cluster}`" in message.text,
        )
        assert person.clicks(asked, button).status == "acked"
        person.wait_for(place_of(person), lambda message, words=words: words in message.text, WAIT)  # type: ignore[misc]


def _connect_by_form(world: World, side: Side) -> None:
    """With each thing that a form can do; by AWS keys where the workspace may."""
    region, profile, cluster = side.plan.form
    person, keys = side.admin, world.playground.keys
    view = world.form(person, f"/eks connect --region {region}")
    person.clicks(view, "toggle.role")
    view = person.wait_view(lambda view: "role_arn" in str(view.blocks), WAIT)
    person.fills(view, {"choose.profile": f"profile:{profile}"})
    person.suggestions(view, "choose.cluster", cluster[:3])
    # The other way to sign in, where there is one; the same one again where not.
    person.fills(view, {"choose.sign_in": "keys" if side.plan.by_keys else "profile"})
    if side.plan.by_keys:
        view = person.wait_view(lambda view: "access_key_id" in str(view.blocks), WAIT)
        typed = {"access_key_id": keys.access_key_id, "secret_access_key": keys.secret_access_key}
        person.fills(view, {f"type.{name}": value for name, value in typed.items()})
    person.suggestions(view, "choose.cluster", cluster)
    person.fills(view, {"choose.cluster": cluster})
    world.answer(person, lambda: person.submits(view), lambda message: "Connected" in message.text)
    done = person.wait_view(lambda view: view.title == "Connected", WAIT)
    world.answer(person, lambda: person.clicks(done, "list.nodes"))
    person.closes(done, everything=True)


def _find_by_form(world: World, side: Side) -> None:
    region, profile, _ = side.plan.form
    view = world.form(side.admin, f"/eks clusters --region {region} --private")
    side.admin.fills(view, {"choose.profile": f"profile:{profile}"})
    world.answer(side.admin, lambda: side.admin.submits(view), lambda message: "cluster" in message.text)
    side.admin.closes(side.admin.wait_view(lambda view: view.submit is None, WAIT), everything=True)


def _look_up(world: World, side: Side) -> None:
    """The message shortcut, for what their cluster has, and a look at it from there."""
    person, place = side.admin, place_of(side.admin)
    region, _, cluster = side.plan.connection.partition("_")
    held = next(one for one in world.playground.fleet.clusters if (one.region, one.name) == (region, cluster))
    person.types(place, f"pod/{held.names('pods')[0]} on {cluster}")
    assert person.message_shortcut(person.sees(place)[-1], "eks.lookup").status == "acked"
    view = person.wait_view(lambda view: "open.events" in str(view.blocks), WAIT)
    events = next(one["value"] for one in _elements(view.blocks) if one["action_id"] == "open.events")
    world.answer(person, lambda: person.clicks(view, "open.events", value=events))
    person.closes(person.wait_view(lambda view: "Asked" in str(view.blocks), WAIT))


def _ask_by_form(world: World, side: Side) -> None:
    person, place = side.admin, place_of(side.admin)
    assert person.shortcut("eks.ask", place).status == "acked"
    view = person.wait_view(lambda view: view.title == "EKS", WAIT)
    for name, typed in (("connection", ""), ("kind", "pod"), ("namespace", "kube"), ("name", "core")):
        offered = [one["value"] for one in person.suggestions(view, f"ask.{name}", typed)]
        person.picks(view, f"ask.{name}", side.plan.connection if name == "connection" else offered[0])
    world.answer(person, lambda: person.submits(view))


def _sort(log: list[Entry], *sides: Side) -> None:
    for side in sides:
        for entry in log:
            if entry.team != side.team.id:
                continue
            if entry.direction == "in":
                side.answers.append(entry.payload)
            elif entry.kind in ("slash_commands", "interactive"):
                side.payloads.setdefault(handler_of(entry.payload), []).append(entry.payload)
