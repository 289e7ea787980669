"""The page's HTTP server: its files, and a WebSocket for each tab, for browsers of this machine only.

Whoever can reach it can type and click as anybody, so it listens on 127.0.0.1 alone and turns away requests that
another web page makes: a foreign Origin, or a Host that is a name somebody has pointed at this address.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from aiohttp import WSMsgType, web

from playground import Playground
from playground.page.journal import Journal
from playground.page.switches import Switches
from playground.page.tab import Tab

_STATIC = Path(__file__).parent / "static"
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
# A file of 10 MB in base64, the largest that a form's file input takes.
_LARGEST_ASK = 16 * 1024 * 1024
# Deeds wait for the app's ack, three seconds at most; so many may do so at once.
_WORKERS = 16

_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Page:
    """A running page; `url` is what to open. Made by `start`, ended by `stop`, which leaves the playground running."""

    def __init__(self, playground: Playground) -> None:
        self._world = playground.slack.world
        self._loop = asyncio.new_event_loop()
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="page")
        self._journal = Journal(playground, self._wake_soon)
        self._switches = Switches(playground)
        self._playground = playground
        self._tabs: set[Tab] = set()
        self._sockets: set[web.WebSocketResponse] = set()
        self._port = 0
        self._runner: web.AppRunner | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._loop.run_forever, name="page", daemon=True)
        self._watcher = threading.Thread(target=self._watch, name="page watcher", daemon=True)

    @classmethod
    def start(cls, playground: Playground, port: int = 0) -> Page:
        """Serves the page of a running playground on that port, or a free one. Raises OSError when it is taken."""
        page = cls(playground)
        page._thread.start()
        page._watcher.start()
        try:
            asyncio.run_coroutine_threadsafe(page._serve(port), page._loop).result()
        except OSError:
            page.stop()
            raise
        return page

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    def stop(self) -> None:
        """Closes every tab's connection and ends the threads; what is switched to fail works again."""
        self._stopping = True
        with self._world.changing():
            pass
        self._watcher.join()
        self._journal.close()
        self._switches.clear()
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._workers.shutdown(cancel_futures=True)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Page:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # What changes

    def _watch(self) -> None:
        """Tell the tabs of each change. The lock is let go in `wait` only, so that no change is missed."""
        with self._world.changed:
            while not self._stopping:
                self._world.changed.wait()
                self._wake_soon()

    def _wake_soon(self) -> None:
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for tab in self._tabs:
            tab.wake()

    # The server

    async def _serve(self, port: int) -> None:
        app = web.Application(middlewares=[self._guarded])
        app.router.add_get("/", self._file)
        app.router.add_get("/live", self._live)
        app.router.add_get("/files/{id}", self._stored)
        app.router.add_get("/{name}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self._port = self._runner.addresses[0][1]

    async def _close(self) -> None:
        for socket in tuple(self._sockets):
            await socket.close()
        if self._runner:
            await self._runner.cleanup()

    @web.middleware
    async def _guarded(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        hosts = (f"127.0.0.1:{self._port}", f"localhost:{self._port}")
        origin = request.headers.get("Origin")
        if request.host not in hosts or (origin is not None and origin != f"http://{request.host}"):
            raise web.HTTPForbidden(
                text="This page is for a browser on this machine that has opened it itself."
            )
        return await handler(request)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = _STATIC / request.match_info.get("name", "index.html")
        if path.parent != _STATIC or path.suffix not in _TYPES or not path.is_file():
            raise web.HTTPNotFound
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            f"connect-src 'self' ws://{request.host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return web.Response(
            body=path.read_bytes(),
            content_type=_TYPES[path.suffix],
            charset="utf-8",
            headers={
                "Content-Security-Policy": policy,
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
                "Cache-Control": "no-store",
            },
        )

    async def _stored(self, request: web.Request) -> web.StreamResponse:
        """A file that lies at Slack. Only pictures are shown as what they say they are; `?download` saves it."""
        upload = self._world.files.get(request.match_info["id"])
        if upload is None or upload.content is None:
            raise web.HTTPNotFound
        name, kind = upload.file.name, upload.file.mimetype
        return web.Response(
            body=upload.content,
            content_type=kind if kind in _PICTURES else "text/plain",
            charset=None if kind in _PICTURES else "utf-8",
            headers={
                "Content-Disposition": f"{'attachment' if 'download' in request.query else 'inline'}; "
                f"filename*=UTF-8''{quote(name, safe='')}",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cross-Origin-Resource-Policy": "same-origin",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
            },
        )

    async def _live(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=_LARGEST_ASK, heartbeat=30)
        if "Origin" not in request.headers or not socket.can_prepare(request):
            raise web.HTTPForbidden(text="Only the page itself opens this.")
        await socket.prepare(request)
        tab = Tab(socket, self._playground, self._journal, self._switches, self._workers, self._wake)
        self._tabs.add(tab)
        self._sockets.add(socket)
        try:
            async with tab:
                async for message in socket:
                    if message.type is WSMsgType.TEXT:
                        tab.asked(message.data)
        finally:
            self._tabs.discard(tab)
            self._sockets.discard(socket)
        return socket
