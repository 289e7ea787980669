"""A load balancer for tests, as stands before replicas: each ready one in turn, and another where one is gone."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from types import TracebackType

from aiohttp import ClientConnectionError, ClientSession, ClientTimeout, web

_ASKED_EVERY = 0.2
_TAKEN_ALONG = (
    "Content-Type",
    "X-Slack-Signature",
    "X-Slack-Request-Timestamp",
    "X-Slack-Retry-Num",
    "X-Slack-Retry-Reason",
)


class Balancer:
    """Listens on a free port of 127.0.0.1; `backends` are addresses like http://127.0.0.1:3000, and may change."""

    def __init__(self) -> None:
        self.backends: list[str] = []
        self._ready: list[str] = []
        self._turn = itertools.count()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="balancer", daemon=True)
        self._thread.start()
        self.url = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result()

    def settled(self, timeout: float) -> None:
        """Returns once every backend, and no other, has said that it is ready."""
        until = time.monotonic() + timeout
        while self._ready != self.backends:
            assert time.monotonic() < until, (self._ready, self.backends)
            time.sleep(_ASKED_EVERY / 4)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Balancer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _serve(self) -> str:
        self._client = ClientSession(timeout=ClientTimeout(total=10), auto_decompress=False)
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._forward)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._probe = asyncio.create_task(self._probing())
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _close(self) -> None:
        self._probe.cancel()
        await self._runner.cleanup()
        await self._client.close()

    async def _probing(self) -> None:
        while True:
            answers = await asyncio.gather(*(self._is_ready(each) for each in self.backends))
            self._ready = [each for each, ready in zip(self.backends, answers, strict=False) if ready]
            await asyncio.sleep(_ASKED_EVERY)

    async def _is_ready(self, backend: str) -> bool:
        try:
            async with self._client.get(f"{backend}/readyz", timeout=ClientTimeout(total=10)) as answer:
                return answer.status == 200
        except (ClientConnectionError, TimeoutError):
            return False

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {name: request.headers[name] for name in _TAKEN_ALONG if name in request.headers}
        ready = self._ready
        first = next(self._turn)
        for place in range(len(ready)):
            backend = ready[(first + place) % len(ready)]
            try:
                async with self._client.request(
                    request.method,
                    backend + request.path_qs,
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                ) as answer:
                    told = {
                        name: answer.headers[name] for name in ("Content-Type",) if name in answer.headers
                    }
                    return web.Response(status=answer.status, body=await answer.read(), headers=told)
            except ClientConnectionError:
                # It ended while it was asked: the next one may answer, as a balancer's retry does.
                continue
        return web.Response(status=503, text="no replica is ready\n")
