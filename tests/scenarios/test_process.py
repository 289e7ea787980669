"""The process: it starts with a clear word, stops in time, and loses no answer on the way."""

import ctypes
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from playground import Playground
from playground.demo import environment
from playground.process import Process
from playground.tour import table
from tests.scenarios.conftest import WAIT, World, start


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_stopping_lets_a_command_end_and_takes_less_than_ten_seconds(transport: str) -> None:
    with tempfile.TemporaryDirectory() as temporary, Playground.start() as playground:
        bot = start(playground, transport, Path(temporary))
        world = World(playground, bot, transport, Path(temporary), Path.cwd())
        world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
        playground.fleet.cluster("prod-web").faults.slow(0.5)
        before = {message.ts for message in world.ada.sees("ops")}
        world.ada.types("ops", "/eks pods")
        world.ada.wait_for("ops", lambda message: message.ts not in before, WAIT)
        started = time.monotonic()
        assert bot.stop() == 0, bot.output
        assert time.monotonic() - started < 10
        new = [message for message in world.ada.sees("ops") if message.ts not in before]
        assert [table(message) is not None for message in new] == [True]
        assert "stopped before" not in bot.output


def test_a_hanging_command_does_not_keep_the_process_from_stopping() -> None:
    with tempfile.TemporaryDirectory() as temporary, Playground.start() as playground:
        bot = start(playground, "socket", Path(temporary))
        world = World(playground, bot, "socket", Path(temporary), Path.cwd())
        world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
        playground.fleet.cluster("prod-web").faults.hang()
        before = {message.ts for message in world.ada.sees("ops")}
        world.ada.types("ops", "/eks pods")
        world.ada.wait_for("ops", lambda message: message.ts not in before, WAIT)
        started = time.monotonic()
        assert bot.stop() == 0, bot.output
        assert time.monotonic() - started < 10


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_whichever_thread_the_kernel_gives_it_to(number: signal.Signals) -> None:
    with tempfile.TemporaryDirectory() as temporary, Playground.start() as playground:
        with start(playground, "http", Path(temporary)) as bot:
            threads = [int(task.name) for task in Path(f"/proc/{bot.pid}/task").iterdir()]
            assert ctypes.CDLL(None).tgkill(bot.pid, max(threads), number) == 0
            assert bot.wait(10) == 0
        assert "stopped" in bot.output


def test_a_token_that_slack_does_not_take_ends_the_start_with_a_word() -> None:
    with Playground.start() as playground:
        wrong = environment(playground) | {"SLACK_BOT_TOKEN": "xoxb-1-2-nobody"}
        with Process([sys.executable, "-m", "bot", "run"], wrong) as bot:
            bot.wait_for("Slack does not accept the bot token: invalid_auth")
            assert bot.wait() == 2
        assert "Traceback" not in bot.output


def test_slack_replaces_the_socket_and_no_command_is_lost(running: World) -> None:
    if running.transport == "http":
        running.ask(running.ada, "/eks")
        address = str(running.playground.slack.request_url).removesuffix("/slack/events")
        assert urllib.request.urlopen(f"{address}/readyz").status == 200
        exposition = urllib.request.urlopen(f"{address}/metrics").read().decode()
        assert 'eks_chatops_commands_total{outcome="ok",verb="help"}' in exposition
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{address}/nothing-here")
        assert caught.value.code == 404
        return
    running.playground.slack.refresh_sockets(1.0)
    running.playground.slack.app_connected(WAIT)
    assert "EKS clusters" in str(running.ask(running.ada, "/eks").blocks)
