"""The bot's HTTP side on a free port, and what a client may ask of it."""

import http.client
import socket
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from bot.app import Bot
from playground.slack import LocalSlack, Message
from playground.slack.delivery import sign

EVENTS = "/slack/events"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: dict[str, str]


@dataclass
class Site:
    """The server, and what a client may ask of it."""

    slack: LocalSlack
    bot: Bot
    address: str
    ready: threading.Event = field(default_factory=threading.Event)
    # Counts as they stood when the test began, by metric.
    before: dict[str, float] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            got = connection.getresponse()
            return Answer(got.status, got.read().decode(), {k.lower(): v for k, v in got.getheaders()})
        finally:
            connection.close()

    def sends(self, body: bytes, content_type: str = FORM, timestamp: str = "", **headers: str) -> Answer:
        """A request as Slack signs it; `headers` with underscores replace its own."""
        timestamp = timestamp or str(int(time.time()))
        sent = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self.slack.signing_secret, timestamp, body),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.ask("POST", EVENTS, body, {name: value for name, value in sent.items() if value})

    def raw(self, *headers: bytes, length: int = 0) -> int:
        """The status of a request with headers of any bytes, that announces a body of some length."""
        parts = urlsplit(self.address)
        lines = [b"POST /slack/events HTTP/1.1", b"Host: x", b"Connection: close", *headers]
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as sock:
            sock.sendall(b"\r\n".join([*lines, b"Content-Length: %d" % length, b"", b""]))
            return int(sock.makefile("rb").readline().split()[1])

    def counted(self, name: str) -> float:
        """How much a metric has grown since the test began."""
        return self.total(name) - self.before.get(name, 0)

    def total(self, name: str) -> float:
        lines = self.ask("GET", "/metrics").body.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))

    def command(self, text: str = "help") -> dict[str, str]:
        """A slash command of Ada's, as Slack would send it now."""
        team, world = self.slack.team("akme"), self.slack.world
        ada, ops = team.person("ada"), team.channel("ops")
        return {
            "command": "/eks",
            "text": text,
            "team_id": team.id,
            "user_id": ada.id,
            "channel_id": ops.id,
            "trigger_id": world.new_trigger(team.id, ada.id),
            "response_url": self.slack.url + world.new_response_url("commands", team.id, ops.id, ada.id),
        }

    def only_answer(self) -> list[Message]:
        """What Ada sees once a good command, sent now, has its answer: anything before it would have come by then."""
        ada = self.slack.team("akme").person("ada")
        assert self.sends(urlencode(self.command("help pods")).encode()).status == 200
        ada.wait_for("ops", lambda message: message.text.startswith("/eks pods:"))
        return ada.sees("ops")
