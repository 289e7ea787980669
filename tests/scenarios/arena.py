"""What a hostile workspace's try comes to, measured: what the bot said, and whether the other one was seen or touched.

"Nothing seen" is more than that no name of theirs turns up. Each try goes to two bots: one has lived a day with both
workspaces, the other's database has the attacker's day alone. Both must say the same.
"""

import copy
import json
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot
from bot.settings import Settings
from connector.workspaces import WorkspaceKey
from playground.fleet import Cluster
from playground.slack import Entry
from tests.connector.api_server import wait_until
from tests.scenarios.conftest import WAIT, place_of
from tests.scenarios.transplants import Loot
from tests.scenarios.two_workspaces import Day, Json, Side

# What differs from one answer to the next whoever asks: references, times, ages, durations, and what was sealed.
_PASSING = re.compile(
    r"\b[0-9a-f]{8}\b|\b1[789]\d{8}(\.\d+)?\b|\b\d+[smhd](\d+[smh])?\b|\b\d+\.\d+\b|(under )?\b[\d,]+ ms\b|gAAAA[\w=-]+"
    r'|"value": [\d.]+|"(trigger|view)_id": "[^"]+"|\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?|"sn\\*":\\*"[\w-]{22}'
)
_WORD = re.compile(r"[\w:/.@+-]+")
# Words that say nothing of anybody.
_ANYBODYS = re.compile(r".{0,4}|kube-\w+|default|[\d.]+|[a-z]+|(aws|kube|coredns|ebs|cluster)-.*")
_PROGRESS = re.compile(r'"🟡 [^"]*…')
_OURS = ("channel", "user", "verb", "cluster", "namespace", "principal", "outcome")


@dataclass
class Answer:
    """What one bot made of one try: its acknowledgement, what it sent and as whose bot, and what its trail says.

    `words` are all that it said, times and references too.
    """

    status: int
    ack: str
    sent: list[str]
    teams: set[str | None]
    trail: list[tuple[Any, ...]]
    words: set[str] = field(compare=False, repr=False)


@dataclass
class Instance:
    """A bot of this process on a database of its own."""

    bot: Bot
    database: Path
    heard: list[Entry]

    def __post_init__(self) -> None:
        kept = ("connections", "channel_defaults", "claims", "audit", "list_snapshots")
        self._began = {table: self.rows(table) for table in kept}

    def rows(self, table: str, team: str = "%", columns: str = "*") -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute(
                f"SELECT {columns} FROM {table} WHERE team_id LIKE ? ORDER BY rowid",
                (team,),
            ).fetchall()

    def restore(self) -> None:
        """Undoes all that was done since the start."""
        with closing(sqlite3.connect(self.database)) as database, database:
            for table, rows in self._began.items():
                if self.rows(table) != rows:
                    places = ", ".join("?" * len(rows[0]))
                    database.execute(f"DELETE FROM {table}")
                    database.executemany(f"INSERT INTO {table} VALUES ({places})", rows)

    def gives(self, payload: Json) -> Answer:
        """Has the bot work on a payload to the end."""
        lines, heard = len(self.rows("audit")), len(self.heard)
        response, after = self.bot.answer(payload)
        after()
        trail = self.bot.desk.trail
        assert trail is not None
        keeping = self.bot.desk.snapshots.lanes
        wait_until(
            lambda: not any((*self.bot.desk.load().values(), *keeping.load().values(), trail.waiting())), WAIT
        )
        told = [entry for entry in self.heard[heard:] if entry.direction == "in"]
        sent = [_text(content) for entry in told if (content := _content(entry.payload))]
        return Answer(
            response.status,
            _PASSING.sub("~", _text(response.body)),
            # An answer and what goes with it, like the end of a modal, may come in any order.
            sorted(_PASSING.sub("~", text) for text in sent if not _PROGRESS.search(text)),
            {entry.team for entry in told},
            self.rows("audit", columns=f"team_id, {', '.join(_OURS)}".replace("user", '"user"'))[lines:],
            set(_WORD.findall("\n".join([_text(response.body), *sent]))),
        )


def _text(said: Any) -> str:
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def _content(sent: Any) -> Json:
    """What people see of what was sent; by which road it came depends on how long the answer took."""
    kept = ("text", "blocks", "view", "view_id", "delete_original")
    return {name: value for name, value in sent.items() if name in kept} if isinstance(sent, dict) else {}


@contextmanager
def instance(day: Day, database: Path) -> Iterator[Instance]:
    """A bot on that database; Slack, the policy and the store of credentials are the day's."""
    slack = day.playground.slack
    with ExitStack() as stack:
        heard: list[Entry] = []
        stack.callback(slack.subscribe(heard.append))
        bot = Bot(
            Settings(
                bot_tokens=tuple(team.bot_token for team in slack.teams),
                signing_secret=slack.signing_secret,
                api_url=slack.api_url,
                database_url=f"sqlite:///{database}",
                credentials_url=day.redis.url,
                credentials_keys=(day.credentials_key,),
                policy_file=day.policy,
            )
        )
        stack.callback(bot.close, 5)
        yield Instance(bot, database, heard)


class Arena:
    """An attacker, a victim, a bot that both use, and one that has never heard of the victim."""

    def __init__(self, day: Day, attacker: Side, victim: Side, both: Instance, alone: Instance) -> None:
        self.day = day
        self.attacker = attacker
        self.victim = victim
        self.both = both
        self.alone = alone
        self._credentials = self._kept_in_store(attacker)
        views = [each["view"] for many in attacker.payloads.values() for each in many if "view" in each]
        # A form that was opened from nowhere carries none.
        self._roads = {json.loads(view["private_metadata"] or "{}").get("road", "") for view in views} - {""}
        words = self._words()
        self.loot = Loot.of(victim, words)
        inside = {name for cluster in self._clusters() for name in _names(cluster)}
        mine = json.dumps([attacker.payloads, attacker.answers], default=str)
        known = {*_WORD.findall(mine), *(each.id for each in attacker.team.channels)}
        # How something can end is no secret.
        known |= {outcome for (outcome,) in both.rows("audit", columns="outcome")}
        for cluster in day.playground.fleet.clusters:
            if cluster not in self._clusters():
                known |= _names(cluster)
        self.secrets = {word for word in (words | inside) - known if not _ANYBODYS.fullmatch(word)}
        self._warm()
        self._before = self.kept()

    def tries(self, payload: Json) -> tuple[Answer, Answer]:
        """What each bot makes of it, as Slack would send it now: the one that knows the victim first."""
        self.restore()
        first, second = (one.gives(self._fresh(payload, self.attacker)) for one in (self.both, self.alone))
        return first, second

    def seen(self, answer: Answer, payload: Json) -> set[str]:
        """What of the victim's the answer names and the payload did not."""
        given = json.dumps(payload, ensure_ascii=False)
        return {word for word in self.secrets & answer.words if word not in given}

    def stranger(self, payload: Json) -> Answer:
        """What the bot that knows both makes of it, with nothing left of what was tried before."""
        self.restore()
        return self.both.gives(self._fresh(payload, self.attacker))

    def changed(self, but: Sequence[str] = ()) -> list[str]:
        """What of the victim's is not as it was, and what was asked as them; `but` is not looked at."""
        now = self.kept()
        return [
            f"{name}: {was} became {now[name]}"
            for name, was in self._before.items()
            if was != now[name] and name not in but
        ]

    def _words(self) -> set[str]:
        """What names the victim, or something of theirs."""
        team, plan, keys = self.victim.team, self.victim.plan, self.day.playground.keys
        people = [self.victim.admin, self.victim.member]
        kept = [row for table in ("audit", "connections") for row in self.both.rows(table, team.id)]
        found = {value for row in kept for value in row if isinstance(value, str) and value}
        found |= {team.id, team.domain, team.bot_user_id, team.bot_id, *(one.id for one in team.channels)}
        found |= {name for person in people for name in (person.id, person.name, person.real_name)}
        found |= {f"{plan.domain} platform rule", plan.form[1], plan.form[2]}
        found |= {name for cluster in self._clusters() for name in cluster.names("namespaces")}
        return found | ({keys.access_key_id, keys.secret_access_key} if plan.by_keys else set())

    def _clusters(self) -> list[Cluster]:
        """Those that the victim is connected to."""
        held = self.both.rows("connections", self.victim.team.id, "region, cluster, account")
        every = self.day.playground.fleet.clusters
        return [one for one in every if (one.region, one.name, one.account) in held]

    def kept(self) -> dict[str, Any]:
        """What the victim has, and what was ever asked as them."""
        team, accounts = self.victim.team.id, {cluster.account for cluster in self._clusters()}
        calls = self.day.playground.aws.log
        tables = ("connections", "channel_defaults", "audit", "claims", "follows", "list_snapshots")
        return {
            **{table: self.both.rows(table, team) for table in tables},
            "credentials": self._kept_in_store(self.victim),
            "clusters": [(cluster.name, len(cluster.log)) for cluster in self._clusters()],
            "AWS": [call for call in calls if any(account in call.principal for account in accounts)],
        }

    def _kept_in_store(self, side: Side) -> dict[bytes, Any]:
        store = self.day.redis.client
        return {name: store.get(name) for name in store.scan_iter(f"*:{side.team.id}:*")}

    def restore(self) -> None:
        """Undoes what earlier tries did to the attacker's own things, the lines that quote them too; shuts modals."""
        for one in (self.both, self.alone):
            one.restore()
        for name, value in self._credentials.items():
            self.day.redis.client.set(name, value)
        for person in (self.attacker.admin, self.attacker.member):
            while view := person.view:
                person.closes(view, everything=True)

    def _warm(self) -> None:
        """Has the victim use the bot, so that whatever it keeps at hand is theirs."""
        used = ("list.nodes", "newest.audit", "refresh.clusters", "refresh.connections", "choose.connection")
        looked_up = ("options choose.cluster", "options choose.namespace", "command whoami")
        for name in (*(f"click {name}" for name in used), *looked_up):
            assert self.both.gives(self._fresh(self.victim.payloads[name][-1], self.victim)).status == 200
        self.restore()

    def _fresh(self, payload: Json, side: Side) -> Json:
        """The same as Slack would send it to that workspace anew: a trigger, and roads back, that were never used."""
        mine, team, world = copy.deepcopy(payload), side.team, self.day.playground.slack.world
        person, place = side.admin, team.channel(place_of(side.admin)).id
        path = world.new_response_url("commands", team.id, place, person.id)
        road = f"{self.day.playground.slack.url}{path}"
        if "trigger_id" in mine:
            mine["trigger_id"] = world.new_trigger(team.id, person.id)
        for place in (mine, *mine.get("response_urls", ())):
            if "response_url" in place:
                place["response_url"] = road
        with suppress(ValueError, KeyError, TypeError):
            carried = json.loads(mine["view"]["private_metadata"])
            if carried["road"] in self._roads:
                carried["road"] = self.both.bot.desk.seal.close(road, WorkspaceKey(None, team.id))
                mine["view"]["private_metadata"] = json.dumps(carried)
        return mine


def _names(cluster: Cluster) -> set[str]:
    kinds = ("namespaces", "pods", "deployments", "services", "nodes")
    return {name for kind in kinds for name in cluster.names(kind)} if cluster.has_server else set()


@contextmanager
def arena(day: Day, attacker: str) -> Iterator[Arena]:
    """The two bots for one direction, each on a copy of what the day left behind."""
    mine, theirs = day.sides(attacker)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        aws = stack.enter_context(pytest.MonkeyPatch.context())
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            aws.delenv(name)
        for name, value in day.playground.env().items():
            aws.setenv(name, value)
        for name in ("both.db", "alone.db"):
            shutil.copy(day.database, folder / name)
            _unlock(folder / name)
        _forget(folder / "alone.db", theirs)
        both, alone = (stack.enter_context(instance(day, folder / name)) for name in ("both.db", "alone.db"))
        yield Arena(day, mine, theirs, both, alone)


def _unlock(database: Path) -> None:
    """Lets the trail be changed, which the bot's own database refuses."""
    with closing(sqlite3.connect(database)) as kept, kept:
        for (name,) in kept.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            kept.execute(f"DROP TRIGGER {name}")


def _forget(database: Path, side: Side) -> None:
    """Takes a workspace out. Its lines of the trail become nobody's, so that the others keep their numbers."""
    with closing(sqlite3.connect(database)) as kept, kept:
        for table in ("connections", "channel_defaults", "claims", "list_snapshots"):
            kept.execute(f"DELETE FROM {table} WHERE team_id = ?", (side.team.id,))
        blank = ", ".join(f"\"{name}\" = ''" for name in (*_OURS, "ref"))
        kept.execute(f"UPDATE audit SET team_id = 'T0', {blank} WHERE team_id = ?", (side.team.id,))
