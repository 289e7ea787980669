"""Slack's side of a load: people who type at an app in a process of its own, and how long they wait.

The local Slack runs in this process, AWS and the clusters in another, and so does the app: what is measured shares no
interpreter with what measures it.
"""

import gc
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.world import World
from playground import policy
from playground.process import Process
from playground.slack import Entry, LocalSlack, Person

_READY = "ready for"
_LISTENING = "listening on http"
LOST = 3.0
"""Seconds that stand for an acknowledgement that never came: Slack waits no longer."""
# How long answers that are due may take to come in after the last command, where nothing else is said.
LATE_SECONDS = 20.0
_PAGE = resource.getpagesize()


@dataclass(frozen=True)
class Load:
    """What came of some commands."""

    acks: tuple[float, ...]
    """Seconds each, in order; LOST for one that never came."""
    answered: int
    seconds: float
    """From the first command to the last answer."""

    def percentile(self, part: float) -> float:
        """Of the acknowledgements."""
        return self.acks[min(len(self.acks) - 1, int(len(self.acks) * part))]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds


class Slackside:
    """A Slack, and one app that runs against it."""

    def __init__(self, slack: LocalSlack, start: Callable[[], Process]) -> None:
        self.slack = slack
        self._start = start
        self.app = start()
        self._answers = 0
        self._answered_at = 0.0
        self._words = ""
        self._changed = threading.Condition()
        slack.subscribe(self._hear)

    @property
    def people(self) -> Sequence[Person]:
        """All who may do everything."""
        return [one for one in self.slack.teams[0].people if one.role == "admin"]

    def channel(self, person: Person) -> str:
        return next(each.name for each in person.team.channels if person.id in each.members)

    def restart(self) -> None:
        """Has the app end as it is asked to, and start again on what it left."""
        self.stop()
        self.app = self._start()

    def stop(self) -> None:
        self.app.stop()

    def types(self, line: str, timeout: float = 30.0) -> None:
        """One command, until its answer has come."""
        person = self.people[0]
        with self._changed:
            due = self._answers + 1
        person.types(self.channel(person), line)
        self._wait(due, timeout)

    def answer(self, line: str, words: str, timeout: float = 30.0) -> float:
        """Seconds from typing a command to the next answer with those words in it, of which nobody else asks."""
        come = threading.Event()

        def hear(entry: Entry) -> None:
            if entry.direction == "in" and _is_answer(entry) and words in str(entry.payload.get("text", "")):
                come.set()

        forget = self.slack.subscribe(hear)
        began = time.perf_counter()
        try:
            self.people[0].types(self.channel(self.people[0]), line)
            come.wait(timeout)
        finally:
            forget()
        return time.perf_counter() - began

    def burst(
        self,
        line: str,
        people: int,
        each: int,
        pause: float,
        late: float = LATE_SECONDS,
        *,
        words: str = "",
        under_way: int | None = None,
        then: Callable[[], None] = lambda: None,
    ) -> Load:
        """So many people type the command so many times, each waiting `pause` seconds from one to the next.

        With `under_way` nobody types while so many commands wait for their answer. Only answers with `words` in them
        count: an apology is none. They are waited for until `late` seconds after the last command, and after `then`,
        which is called when all have their acknowledgement.
        """
        person = self.people[0]
        place = self.channel(person)
        acks: list[float] = []
        typed = 0
        with self._changed:
            self._words = words
            before = self._answers
            due = before + people * each

        def turn() -> None:
            nonlocal typed
            with self._changed:
                if under_way is not None:
                    self._changed.wait_for(lambda: typed - (self._answers - before) < under_way, late)
                typed += 1

        def type_on(at: int) -> None:
            for number in range(each):
                # Evenly over time: nobody waits for another one's answer.
                left = began + (number + at / people) * pause - time.perf_counter()
                time.sleep(max(0.0, left))
                turn()
                ack = person.types(place, line)
                acks.append(ack.seconds if ack.status == "acked" else LOST)

        crowd = [threading.Thread(target=type_on, args=(at,)) for at in range(people)]
        with _undisturbed():
            began = time.perf_counter()
            for one in crowd:
                one.start()
            for one in crowd:
                one.join()
            then()
            missing = self._wait(due, late)
        with self._changed:
            ended = self._answered_at
            self._words = ""
        return Load(tuple(sorted(acks)), people * each - missing, max(1e-6, ended - began))

    def rss(self) -> int:
        """Bytes that the app's process holds now."""
        return int(Path(f"/proc/{self.app.pid}/statm").read_text().split()[1]) * _PAGE

    def cpu(self) -> float:
        """Seconds of CPU that it has used."""
        used = Path(f"/proc/{self.app.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")

    def threads(self) -> int:
        return len(list(Path(f"/proc/{self.app.pid}/task").iterdir()))

    def sockets(self) -> int:
        count = 0
        for each in Path(f"/proc/{self.app.pid}/fd").iterdir():
            try:
                count += str(each.readlink()).startswith("socket:")
            except FileNotFoundError:
                # It was closed meanwhile.
                continue
        return count

    def _wait(self, due: int, timeout: float) -> int:
        """How many answers are missing in the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._answers >= due, timeout)
            missing = max(0, due - self._answers)
            self._answers = max(self._answers, due)
            return missing

    def _hear(self, entry: Entry) -> None:
        if (
            entry.direction == "in"
            and _is_answer(entry)
            and self._words in str(entry.payload.get("text", ""))
        ):
            with self._changed:
                self._answers += 1
                self._answered_at = time.perf_counter()
                self._changed.notify_all()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without the garbage collector: to look through all that Slack keeps would stop the clock of whoever waits."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _is_answer(entry: Entry) -> bool:
    """Whether it is a whole message, and not a note that one is under way."""
    return entry.kind in {"response_url", "chat.postMessage", "chat.postEphemeral", "chat.update"} and (
        "…" not in str(entry.payload.get("text", ""))
    )


@contextmanager
def slackside(transport: str, command: Sequence[str], there: World | None = None) -> Iterator[Slackside]:
    """An app of that command line, ready, on `socket` or `http`."""
    with LocalSlack.start() as slack, tempfile.TemporaryDirectory() as folder:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "AWS_"))}
        env |= there.env if there else {}
        env |= {
            "SLACK_BOT_TOKEN": ",".join(team.bot_token for team in slack.teams),
            "SLACK_API_URL": slack.api_url,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'state.db'}",
            "EKS_CHATOPS_POLICY": str(policy.written(slack, Path(folder))),
            "MALLOC_ARENA_MAX": "2",
        }
        if transport == "http":
            env |= {"SLACK_SIGNING_SECRET": slack.signing_secret, "PORT": "0"}
        else:
            env["SLACK_APP_TOKEN"] = slack.app_token

        def start() -> Process:
            app = Process(command, env)
            try:
                if transport == "http":
                    address = app.wait_for(_LISTENING).split()[-1]
                    slack.request_url = f"{address}/slack/events"
                app.wait_for(_READY)
                if transport == "socket":
                    slack.app_connected(30)
            except BaseException:
                app.stop()
                raise
            return app

        side = Slackside(slack, start)
        try:
            yield side
        finally:
            side.stop()


BOT = (sys.executable, "-m", "bot", "run")


def bare(transport: str, what: str) -> tuple[str, ...]:
    """The command line of a bare Bolt app, which only acknowledges (`ack`) or answers too (`respond`)."""
    return (sys.executable, "-m", "bench.cases.bare", transport, what)
