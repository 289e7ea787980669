"""Several processes of the bot on one PostgreSQL and one Redis, behind a balancer or on one app's sockets."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from playground import Playground
from playground.demo import environment, manifest
from playground.process import Process
from tests.databases import Postgres, postgres_server
from tests.redis_server import redis_server
from tests.scenarios.balancer import Balancer
from tests.scenarios.conftest import WAIT, People


@dataclass
class Replicas:
    """The replicas, each a process with an address of its own."""

    world: People
    transport: str
    own: dict[str, str]
    balancer: Balancer
    postgres: Postgres
    running: dict[str, Process] = field(default_factory=dict)

    def add(self) -> str:
        """Starts one, and gives its address once it is ready."""
        bot = Process([sys.executable, "-m", "bot", "run"], self.own)
        address = bot.wait_for("listening on http").split()[-1]
        bot.wait_for("ready for")
        self.running[address] = bot
        return address

    def only(self, *addresses: str) -> None:
        """Sends what comes over HTTP to these alone."""
        self.balancer.backends = list(addresses)
        self.balancer.settled(WAIT)

    def remove(self, address: str) -> None:
        """Ends one as a roll-out does: no more for it, SIGTERM, and it must end in order."""
        bot = self.running.pop(address)
        assert bot.stop() == 0, bot.output
        assert "Traceback" not in bot.output, bot.output

    def kill(self, address: str) -> None:
        """Ends one without a word."""
        bot = self.running.pop(address)
        os.kill(bot.pid, 9)
        bot.wait()


@contextmanager
def replicas(transport: str) -> Iterator[Replicas]:
    """A playground with a database and a credentials store, and no replica yet."""
    with ExitStack() as stack:
        playground = stack.enter_context(Playground.start(manifest=manifest()))
        postgres = stack.enter_context(postgres_server())
        redis = stack.enter_context(redis_server())
        balancer = stack.enter_context(Balancer())
        own = environment(playground, socket_mode=transport == "socket") | {
            "PORT": "0",
            "DATABASE_URL": postgres.new(),
            "CREDENTIALS_URL": redis.url,
            "CREDENTIALS_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
            "LOG_LEVEL": "DEBUG",
        }
        playground.slack.request_url = None if transport == "socket" else f"{balancer.url}/slack/events"
        group = Replicas(People(playground), transport, own, balancer, postgres)
        try:
            yield group
        finally:
            for bot in group.running.values():
                bot.stop()
