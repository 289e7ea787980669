"""`eks-chatops run`: the bot on its transport until it is told to stop, then an orderly end."""

import logging
import os
import signal
import threading
import time

from bot.app import Bot
from bot.http import Http
from bot.settings import Settings
from bot.socket_mode import SocketMode

log = logging.getLogger(__name__)

# Kubernetes and systemd kill after longer; what is under way then has had its chance.
STOP_SECONDS = 8.0


def run(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT, drains, and returns within 10 seconds. Raises NoWorkspace, PortTaken."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    bot = Bot(settings)
    socket = SocketMode(bot, settings) if settings.socket_mode else None
    http = None
    if socket is None or settings.port_given:
        http = Http(
            bot,
            settings,
            ready=lambda: not stop.is_set() and (socket is None or socket.ready),
            events=socket is None,
        )
        log.info("listening on %s", http.start())
    if socket:
        socket.start()
    teams = ", ".join(sorted(str(found.team) for found in bot.installations.by_team.values()))
    log.info("ready for %s", teams)
    stop.wait()
    until = time.monotonic() + STOP_SECONDS
    log.info("stopping: %s commands under way", bot.desk.load()["running"])
    if socket:
        socket.stop()
    if http:
        http.stop()
    if bot.close(until - time.monotonic()):
        log.info("stopped")
        return
    log.warning("stopped before every command had its answer")
    logging.shutdown()
    # Threads that hang in a call would abort the interpreter on its way out.
    os._exit(0)
