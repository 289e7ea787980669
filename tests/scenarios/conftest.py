"""The whole bot as a process of its own, at LOG_LEVEL=DEBUG, with the playground around it; once for each transport."""

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from playground import Playground
from playground.demo import environment, manifest
from playground.process import Process
from playground.slack import Ack, Message, Person, View

WAIT = 30.0
PAYMENTS = "eu-west-1_prod-payments"
WEB = "us-east-1_prod-web"


@dataclass
class People:
    """Those who talk to the bot, and what they do until they have its answer."""

    playground: Playground

    @property
    def ada(self) -> Person:
        return self.playground.slack.team("akme").person("ada")

    @property
    def dev(self) -> Person:
        return self.playground.slack.team("akme").person("dev")

    @property
    def gus(self) -> Person:
        return self.playground.slack.team("akme").person("gus")

    @property
    def hana(self) -> Person:
        return self.playground.slack.team("globex").person("hana")

    def ask(
        self,
        person: Person,
        line: str,
        expected: Callable[[Message], bool] = lambda message: not waiting(message),
        channel: str = "",
    ) -> Message:
        """The answer to a command: the first new message that is as expected."""
        place = channel or place_of(person)
        return self.answer(person, lambda: person.types(place, line), expected, place)

    def answer(
        self,
        person: Person,
        act: Callable[[], Ack],
        expected: Callable[[Message], bool] = lambda message: not waiting(message),
        channel: str = "",
    ) -> Message:
        """The new message that follows on an act."""
        place = channel or place_of(person)
        last = max((message.ts for message in person.sees(place)), default="")
        ack = act()
        # Within Slack's three seconds, else it would be a timeout.
        assert ack.status in ("acked", "local"), ack
        return person.wait_for(place, expected, WAIT, after=last)

    def changed(
        self, person: Person, message: Message, act: Callable[[], Ack], expected: Callable[[Message], bool]
    ) -> Message:
        """The same message, once an act has changed it."""
        ack = act()
        assert ack.status == "acked", ack
        return person.wait_for(
            message.channel_id,
            lambda seen: seen.ts == message.ts and not waiting(seen) and expected(seen),
            WAIT,
        )

    def connect(self, person: Person, line: str) -> None:
        self.ask(person, f"/eks connect {line}", lambda message: "Connected" in message.text)

    def form(self, person: Person, line: str, channel: str = "") -> View:
        """The form that a command opens."""
        ack = person.types(channel or place_of(person), line)
        assert ack.status == "acked"
        return person.wait_view(lambda view: True, WAIT)

    def calm(self) -> None:
        """Ends every fault, and every connection."""
        self.playground.slack.faults.clear()
        self.playground.aws.faults.clear()
        for cluster in self.playground.fleet.clusters:
            if cluster.plan.answers and cluster.plan.status == "ACTIVE":
                cluster.faults.clear()
        for person in (self.ada, self.hana):
            self._leave(person)

    def _leave(self, person: Person) -> None:
        shown = self.ask(
            person, "/eks connections --private", lambda message: "This workspace" in message.text
        )
        for name in re.findall(r"\*`([\w-]+)`\*", str(shown.blocks)):
            asked = self.ask(
                person, f"/eks disconnect -c {name}", lambda message: "Disconnect" in message.text
            )
            self.answer(
                person,
                partial(person.clicks, asked, "confirm.disconnect"),
                lambda message: "Disconnected" in message.text,
            )


@dataclass
class World(People):
    """A bot and everything around it."""

    bot: Process
    transport: str
    # A folder of the bot's own for temporary files, and where it was started.
    temporary: Path
    here: Path


def waiting(message: Message) -> bool:
    """Whether a message only says that the answer is under way."""
    return "…" in message.text and "🟡" in str(message.blocks[-1:])


def place_of(person: Person) -> str:
    names = [channel.name for channel in person.team.channels if person.id in channel.members]
    return "ops" if "ops" in names else names[0]


def start(playground: Playground, transport: str, temporary: Path) -> Process:
    """A bot, ready, on one of the two transports."""
    own = environment(playground, socket_mode=transport == "socket")
    bot = Process(
        [sys.executable, "-m", "bot", "run"],
        {**own, "LOG_LEVEL": "DEBUG", "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    if transport == "http":
        address = bot.wait_for("listening on http").split()[-1]
        playground.slack.request_url = f"{address}/slack/events"
    bot.wait_for("ready for")
    return bot


def a_world(transport: str) -> Iterator[World]:
    """A playground and a bot on that transport, until it is done with."""
    with tempfile.TemporaryDirectory() as temporary, Playground.start(manifest=manifest()) as playground:
        bot = start(playground, transport, Path(temporary))
        try:
            yield World(playground, bot, transport, Path(temporary), Path.cwd())
        finally:
            output = bot.output
            assert bot.stop() == 0, output
            assert "Traceback" not in output, output


@pytest.fixture(scope="package", params=["socket", "http"])
def running(request: pytest.FixtureRequest) -> Iterator[World]:
    yield from a_world(request.param)


@pytest.fixture
def world(running: World) -> Iterator[World]:
    """The running world, with nothing connected and nothing broken, before and after."""
    yield running
    running.calm()
