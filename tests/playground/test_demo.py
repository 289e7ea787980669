"""`eks-chatops demo`: the page opens, on another port when its own is taken, and lives as long as the bot."""

import os
import re
import signal
import socket
import sys
import urllib.request
from pathlib import Path

from playground.process import Process

DEMO = [sys.executable, "-m", "bot", "demo", "--port"]


def test_it_says_that_its_port_is_taken_and_opens_at_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Process([*DEMO, str(port)], os.environ) as demo:
            demo.wait_for("Ctrl-C ends it.")
            assert f"Port {port} is taken" in demo.output
            url = re.search(r"http://127\.0\.0\.1:(\d+)/", demo.output)
            assert url is not None
            assert int(url.group(1)) != port
            with urllib.request.urlopen(url.group()) as page:
                assert page.status == 200
                assert b"<title>" in page.read()
            assert demo.stop() == 0


def test_it_opens_at_the_port_it_was_given() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Process([*DEMO, str(port)], os.environ) as demo:
        demo.wait_for(f"http://127.0.0.1:{port}/")
        assert "taken" not in demo.output


def test_it_ends_with_the_bots_log_when_the_bot_ends() -> None:
    with Process([*DEMO, "0"], os.environ) as demo:
        demo.wait_for("Ctrl-C ends it.")
        children = Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split()
        bots = [
            int(pid) for pid in children if b"run" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        ]
        assert len(bots) == 1
        os.kill(bots[0], signal.SIGKILL)
        assert demo.wait() == 1
        assert "The bot ended with -9" in demo.output
        assert "Its log:" in demo.output
