"""`eks-chatops run`: the bot on its transport until it is told to stop, then an orderly end."""

import gc
import logging
import os
import signal
import threading
import time
from socket import socketpair
from typing import NoReturn

from bot.app import Bot
from bot.manifest import INSTALL_PATH
from bot.settings import Settings
from bot.socket_mode import SocketMode
from connector import kube

log = logging.getLogger(__name__)

# Kubernetes and systemd kill after longer; what is under way then has had its chance.
STOP_SECONDS = 8.0
# Objects made between two looks of the garbage collector.
_COLLECTED_EACH = 10_000


def run(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT, drains, and returns within 10 seconds.

    Raises NoWorkspace, PortTaken, and a Failure where the database cannot be used.
    """
    stop = _told_to_stop()
    bot = Bot(settings)
    socket = SocketMode(bot, settings) if settings.socket_mode else None
    http = None
    if socket is None or settings.port_given or settings.oauth:
        # A bot without a page does without what serves one.
        from bot.http import Http  # noqa: PLC0415

        http = Http(
            bot,
            settings,
            ready=lambda: not stop.is_set() and (socket is None or socket.ready),
            events=socket is None,
        )
        log.info("listening on %s", http.start())
    if socket:
        socket.start()
    teams = ", ".join(sorted(found.name for found in bot.installations.installed()))
    log.info("ready for %s", teams or f"workspaces that install the app at {INSTALL_PATH}")
    # What is here by now is here for good: the collector, at rest since the start, need not look at it any more.
    gc.freeze()
    gc.enable()
    # A message is thousands of objects and no garbage in cycles: the collector looks less often than it would.
    gc.set_threshold(_COLLECTED_EACH)
    threading.Thread(target=kube.load, name="import", daemon=True).start()
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
    _exit()


def _told_to_stop() -> threading.Event:
    """What is set once SIGTERM or SIGINT has come.

    The kernel hands a signal to any thread, and Python runs its handlers on the main one alone, which waits and is not
    woken then: the signal would be lost. So a thread waits for the byte that Python writes for each signal.
    """
    stop = threading.Event()
    told, telling = socketpair()
    telling.setblocking(False)
    signal.set_wakeup_fd(telling.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)

    def wait() -> None:
        with told, telling:
            told.recv(1)
            stop.set()
            # Whatever hangs, at the start or at the end, the process does not outlive its time.
            time.sleep(STOP_SECONDS + 1)
            log.warning("stopped while something hung")
            _exit()

    threading.Thread(target=wait, name="signals", daemon=True).start()
    return stop


def _exit() -> NoReturn:
    logging.shutdown()
    # Threads that hang in a call would abort the interpreter on its way out.
    os._exit(0)
