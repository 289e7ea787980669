"""Payloads of one workspace into which the other's ids and values are put, for hypothesis to draw."""

import copy
import json
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from connector.errors import Failure
from connector.resources import KINDS
from handlers.command import LONGEST_TEXT, Command, decoded
from handlers.grammar import COMMAND, VERBS, WORDS
from tests.scenarios.two_workspaces import Json, Side

Way = tuple[Any, ...]
Draw = Callable[[st.SearchStrategy[Any]], Any]

# Every id that a button or select of the bot has; what Slack adds to it is a number.
CLICKS = (
    *("ask.clusters", "ask.connect", "ask.disconnect", "choose.cluster", "choose.connection"),
    *("choose.found_cluster", "choose.namespace", "choose.profile", "choose.region", "choose.sign_in"),
    *("confirm.disconnect", "connect.0", "correct.form", "dismiss.question", "list.deployments"),
    *("list.daemonsets", "list.events", "list.horizontalpodautoscalers", "list.ingresses", "list.nodes"),
    *("list.persistentvolumeclaims", "list.pods", "list.replicasets", "list.services", "newer.audit"),
    *("newest.audit", "next.clusters"),
    *("next.connections", "next.page", "older.audit", "previous.clusters", "previous.connections"),
    *("previous.page", "refresh.clusters", "refresh.connections", "refresh.list", "run.suggestion"),
    *("show.connections", "toggle.role", "try.again", "use.0", "widen.audit", "widen.list"),
    *("more.ways", "refresh.changes", "refresh.file", "refresh.yaml", "send.kubeconfig", "show.list"),
    *("take.list", "what.changed"),
    *("change.default", "clear.default", "default.0", "open.events", "open.logs", "open.object"),
    *("again.0", "all.logs", "choose.container", "choose.swept_cluster", "connect.examined", "container.at0"),
    *("current.logs", "describe.owner", "file.logs", "follow.answer", "follow.logs", "follow.rollout"),
    *(
        "home.next",
        "home.previous",
        "home.refresh",
        "less.object",
        "list.configmaps",
        "list.jobs",
        "list.kind",
        "list.secrets",
    ),
    *(
        "list.cronjobs",
        "list.namespaces",
        "list.statefulsets",
        "list.serviceaccounts",
        "meant.0",
        "more.object",
    ),
    *(
        "near.0",
        "near.namespace",
        "open.describe",
        "open.history",
        "open.rollout",
        "open.status",
        "open.yaml",
    ),
    *("owner.0", "previous.logs", "refresh.answer", "refresh.doctor", "refresh.logs", "refresh.object"),
    *("refresh.rollout", "refresh.usage", "show.help", "show.rights", "sort.usage", "stop.following"),
    *("top.other", "way.csv", "way.kubectl", "way.share", "way.yaml", "widen.logs"),
)
SUBMITS = ("ask.anything", "connect.cluster", "find.clusters")
OPTIONS = ("ask.connection", "ask.kind", "ask.name", "ask.namespace", "choose.cluster", "choose.namespace")
SHORTCUTS = ("eks.ask", "eks.lookup")
# What comes along when its form is sent, and is told at no other time.
INPUTS = (
    "ask.action",
    "ask.audience",
    "ask.connection",
    "ask.kind",
    "ask.name",
    "ask.namespace",
    "ask.where",
)
HANDLERS = (
    *(f"command {verb}" for verb in VERBS),
    *(f"click {action_id}" for action_id in CLICKS),
    *(f"submit {callback_id}" for callback_id in SUBMITS),
    *(f"options {action_id}" for action_id in OPTIONS),
    *(f"shortcut {callback_id}" for callback_id in SHORTCUTS),
)
# What an action's value is taken from, where it is a select.
_SELECTS = frozenset(name for name in CLICKS if name.startswith(("choose.", "more.")))

# What stands before a name, where a verb wants more than that.
_KINDS = ("pods", "deploy", "svc", "nodes", "ev", "cm")
_SHAPED = {
    **dict.fromkeys(("get", "describe", "yaml"), _KINDS),
    "top": ("pods", "nodes"),
    "rollout": ("status", "history", "status deploy", "history ds"),
    "logs": ("", "deploy", "svc"),
}

# Slack's own word for who asks and where, and where it takes the answer: all that the bot has to go by.
_SLACKS_WORD = re.compile(
    r"team|team/id|team_id|user|user/id|user_id|type|command|response_url|response_urls.*|view|view/type"
    r"|view/app_installed_team_id"
)


@dataclass(frozen=True)
class Loot:
    """What stands in a workspace's payloads and in the bot's answers: by the name it stands under, and as words."""

    named: dict[str, list[Any]]
    words: list[str]
    commands: list[Command]

    @property
    def word(self) -> st.SearchStrategy[str]:
        """A word, and half of the time the id of one of their connections, which most is asked by."""
        connections = sorted({command.connection for command in self.commands if command.connection})
        return st.one_of(st.sampled_from(connections), st.sampled_from(self.words))

    @classmethod
    def of(cls, side: Side, words: set[str]) -> "Loot":
        """`words`: what else names something of theirs."""
        whole = [*(each for many in side.payloads.values() for each in many), *side.answers]
        named: dict[str, dict[str, Any]] = {}
        for way, value in (found for each in whole for found in leaves(each)):
            name = next((part for part in reversed(way) if isinstance(part, str)), "")
            named.setdefault(name, {})[repr(value)] = value
        carried = {value: None for name in ("value", "block_id") for value in named[name].values()}
        commands = [command for value in carried if (command := _command(value))]
        ids = {value for value in named["id"].values() if isinstance(value, str)}
        return cls(
            {name: list(values.values()) for name, values in named.items()},
            sorted(words | ids),
            commands,
        )


def _command(value: Any) -> Command | None:
    with suppress(Failure):
        return decoded(value) if isinstance(value, str) else None
    return None


def leaves(value: Any, way: Way = ()) -> Iterator[tuple[Way, Any]]:
    """Every value inside that holds no other, with the way to it."""
    inside = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if inside is None:
        yield way, value
        return
    for name, each in list(inside):
        yield from leaves(each, (*way, name))


def put(payload: Json, way: Way, value: Any) -> None:
    """Puts `value` there, making what is missing on the way."""
    inner: Any = payload
    for name in way[:-1]:
        if isinstance(inner, dict) and not isinstance(inner.get(name), dict | list):
            inner[name] = {}
        inner = inner[name]
    inner[way[-1]] = value


@dataclass(frozen=True)
class Try:
    """A payload; a `plain` one has the shape that Slack gives it, so that something must come of it."""

    payload: Json
    plain: bool


@st.composite
def hostile(draw: Draw, handler: str, attacker: Side, victim: Side, loot: Loot) -> Try:
    """A payload for one handler, in which what counts there is the victim's; further places may be."""
    payload = _mine(draw, handler, attacker)
    kind, _, name = handler.partition(" ")
    if kind == "command":
        payload["text"] = draw(_lines(name, loot))
    elif draw(st.integers(0, 3)) == 0:
        payload = _theirs(draw, handler, attacker, victim)
    elif kind == "click":
        _reload(draw, payload, loot)
    else:
        _refill(draw, payload, loot)
    _speak_as(payload, draw(st.sampled_from([attacker.admin, attacker.admin, attacker.member])).id)
    moved = draw(st.lists(_transplants(payload, loot), max_size=2))
    # A command comes as a form, which holds nothing but strings.
    forged = [] if kind == "command" else draw(st.lists(st.sampled_from(_forgeries(victim)), max_size=2))
    for way, value in (*moved, *forged):
        put(payload, way, copy.deepcopy(value))
    return Try(payload, plain=not moved and not forged)


def _mine(draw: Draw, handler: str, side: Side) -> Json:
    """A payload of one's own for the handler; where none was sent, another with the id changed."""
    kind, _, name = handler.partition(" ")
    known = re.sub(r"\.\d+$", "", handler)
    if kind == "command":
        known = "command whoami"
    elif known not in side.payloads:
        in_form = name in ("choose.cluster", "choose.profile", "choose.region")
        in_message = "click choose.connection" if name in _SELECTS else "click refresh.list"
        known = "click toggle.role" if in_form else in_message
    payload: Json = copy.deepcopy(draw(st.sampled_from(side.payloads[known])))
    if kind == "click":
        payload["actions"][0]["action_id"] = name
    return payload


def _theirs(draw: Draw, handler: str, attacker: Side, victim: Side) -> Json:
    """The victim's own payload, whole, with nothing but Slack's word for who asks put right."""
    payload = addressed_to(attacker, _mine(draw, handler, victim))
    if "user" in payload:
        payload["user"]["team_id"] = attacker.team.id
    return payload


def _speak_as(payload: Json, user: str) -> None:
    if "user" in payload:
        payload["user"]["id"] = user
    else:
        payload["user_id"] = user


def _lines(verb: str, loot: Loot) -> st.SearchStrategy[str]:
    """A line with the victim's words behind its flags and in its free places, or one that they typed."""
    words = loot.word
    typed = st.sampled_from(
        [text for text in loot.named["text"] if isinstance(text, str) and len(text) < 300]
    )
    flags = [flag for flag in VERBS[verb].flags if flag.value]
    given = st.lists(st.tuples(st.sampled_from(flags), words), max_size=3) if flags else st.just([])
    names = st.sampled_from([word for word, name in WORDS.items() if name == verb])

    def line(name: str, free: list[str], given: list[tuple[Any, str]], shaped: str) -> str:
        parts = [name, *([shaped] if shaped else []), *map(shlex.quote, free)]
        parts += [f"{flag.names[0]} {shlex.quote(value)}" for flag, value in given]
        return " ".join(parts)[:LONGEST_TEXT]

    lines = st.builds(
        line,
        names,
        st.lists(words, max_size=2),
        given,
        st.sampled_from(_SHAPED.get(verb, ("",))),
    )
    commands = st.sampled_from(loot.commands).map(
        lambda command: command.typed().removeprefix(f"{COMMAND} ")[:LONGEST_TEXT]
    )
    return st.one_of(lines, lines, lines, commands, typed)


def _commands(loot: Loot) -> st.SearchStrategy[str]:
    """What a button carries: one of the victim's, or one with their words in it."""
    word = loot.word
    changes = st.fixed_dictionaries(
        {"connection": word},
        optional={
            "verb": st.sampled_from(
                [verb for verb in VERBS if verb not in KINDS and verb not in ("help", "whoami")]
            ),
            "kind": st.sampled_from(["pods", "deployments", "services", "nodes", "events", "secrets"]),
            "words": st.lists(word, max_size=2).map(tuple),
            "namespace": word,
            "region": word,
            "profile": word,
            "user": word,
            "cluster": word,
            "ref": word,
            "owner": word,
            "offset": st.integers(0, 200),
            "backwards": st.booleans(),
            "private": st.booleans(),
            "form": st.booleans(),
            "confirmed": st.booleans(),
            "action": st.sampled_from(["status", "history", "get", "describe", "rollout status", "connect"]),
            "output": st.sampled_from(["", "wide", "yaml", "csv", "file"]),
            **dict.fromkeys(
                ("clusters", "about", "container", "grep", "sort_by", "field_selector", "thread"), word
            ),
            "seen": st.sampled_from([command.seen for command in loot.commands if command.seen] or [""]),
            "all_regions": st.booleans(),
            "whole": st.booleans(),
            "clear": st.booleans(),
            "default_chain": st.booleans(),
        },
    )
    made = st.builds(
        lambda base, changed: base.replaced(**changed).encoded(), st.sampled_from(loot.commands), changes
    )
    return st.one_of(made, made, st.sampled_from(loot.commands).map(Command.encoded), word)


def _reload(draw: Draw, payload: Json, loot: Loot) -> None:
    """Has a click carry the victim's: in its value, its block_id, or what was chosen."""
    action = payload["actions"][0]
    carried = _commands(loot)
    if action["action_id"] == "run.suggestion":
        carried = (
            st.sampled_from(sorted(set(VERBS)))
            .flatmap(lambda verb: _lines(verb, loot))
            .map(lambda line: f"{COMMAND} {line}")
        )
    if action["action_id"] in _SELECTS:
        chosen = draw(st.one_of(loot.word, carried))
        action["type"] = "static_select"
        action["selected_option"] = {
            "text": {"type": "plain_text", "text": chosen[:75] or "-"},
            "value": chosen,
        }
        action.pop("value", None)
        action["block_id"] = draw(carried)
    else:
        action["value"] = draw(carried)
        if draw(st.booleans()):
            action["block_id"] = draw(carried)
    if "view" in payload and draw(st.booleans()):
        _refill(draw, payload, loot)


def _refill(draw: Draw, payload: Json, loot: Loot) -> None:
    """Puts the victim's values into a form's inputs and into what it carries, or into what a select asks about."""
    if "block_id" in payload:
        payload["block_id"] = draw(_commands(loot))
        payload["value"] = draw(st.sampled_from(["", *loot.words]))
    if payload["type"] == "message_action":
        payload["message"]["text"] = " ".join(draw(st.lists(st.sampled_from(loot.words), max_size=8)))
    view = payload.get("view")
    if not view:
        return
    for way, value in list(leaves(view["state"]["values"])):
        if way[-1] == "value" and value != "keys" and draw(st.booleans()):
            words = st.sampled_from([*loot.words, "profile:" + draw(st.sampled_from(loot.words))])
            put(view["state"]["values"], way, draw(words))
    carried = [value for value in loot.named["private_metadata"] if value]
    if draw(st.booleans()):
        view["private_metadata"] = draw(st.sampled_from(carried))
    if draw(st.booleans()):
        # Their road behind one's own form, and the other way round.
        for name in draw(st.lists(st.sampled_from(["road", "channel", "profile"]), min_size=1)):
            mine, theirs = (
                json.loads(view["private_metadata"] or "{}"),
                json.loads(draw(st.sampled_from(carried))),
            )
            view["private_metadata"] = json.dumps(mine | {name: theirs.get(name, "")})


def addressed_to(side: Side, payload: Json) -> Json:
    """The same, as for that workspace's app, with its sender left as they are: so comes a click in a shared channel."""
    mine = copy.deepcopy(payload)
    if "command" in mine:
        return mine | {"team_id": side.team.id}
    mine["team"] = {"id": side.team.id, "domain": side.team.domain}
    if isinstance(mine.get("view"), dict):
        mine["view"]["app_installed_team_id"] = side.team.id
    return mine


def _transplants(payload: Json, loot: Loot) -> st.SearchStrategy[tuple[Way, Any]]:
    """Any place, with what stands under that name at the victim's, or with any word of theirs."""
    ways = [way for way, _ in leaves(payload) if not _SLACKS_WORD.fullmatch("/".join(map(str, way)))]

    def there(way: Way) -> st.SearchStrategy[tuple[Way, Any]]:
        name = next((part for part in reversed(way) if isinstance(part, str)), "")
        alike = loot.named.get(name) or loot.words
        return st.tuples(st.just(way), st.one_of(st.sampled_from(alike), st.sampled_from(loot.words)))

    return st.sampled_from(ways).flatmap(there)


def _forgeries(victim: Side) -> list[tuple[Way, Any]]:
    """What would name the victim where Slack says something else, or nothing: not who asks, and not of where."""
    team, user, channel = victim.team, victim.admin, victim.team.channels[0]
    return [
        (("user", "team_id"), team.id),
        (("user", "username"), user.name),
        (("user", "name"), user.name),
        (("user_id",), user.id),
        (("team_id",), team.id),
        (("team", "domain"), team.domain),
        (("team", "enterprise_id"), team.id),
        (("enterprise",), {"id": team.id, "name": team.name}),
        (("enterprise_id",), team.id),
        (("is_enterprise_install",), True),
        (("authorizations",), [{"team_id": team.id, "user_id": team.bot_user_id, "is_bot": True}]),
        (("context_team_id",), team.id),
        (("event",), {"team": team.id, "team_id": team.id, "user": user.id}),
        (("is_ext_shared_channel",), True),
        (("channel",), {"id": channel.id, "name": channel.name}),
        (("container",), {"type": "message", "channel_id": channel.id, "message_ts": "1.2"}),
        (("message",), {"team": team.id, "user": user.id, "bot_id": team.bot_id, "blocks": []}),
    ]
