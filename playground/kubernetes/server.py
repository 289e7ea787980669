"""The sockets of the API servers: TLS with an own CA each, all on one thread with one event loop."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
import threading
import time
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import trustme
from aiohttp import web

from playground.feed import Feed
from playground.kubernetes.access import Access
from playground.kubernetes.api import Answer, Api, Call
from playground.kubernetes.faults import Faults
from playground.kubernetes.journal import Journal
from playground.kubernetes.pages import Clock
from playground.kubernetes.status import Refusal, on_demand, unauthorized
from playground.kubernetes.store import Store
from playground.principals import Keyring

# kube-apiserver compresses from 128 KiB on, at the lowest level.
_GZIP_FROM = 128 * 1024
_TRICKLE_SECONDS = 0.2

Result = TypeVar("Result")


class Loop:
    """An event loop on a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self.loop.run_forever, name="playground-kubernetes", daemon=True
        )
        self._thread.start()

    def run(self, job: Coroutine[Any, Any, Result]) -> Result:
        """Runs `job` over there and waits for its result."""
        return asyncio.run_coroutine_threadsafe(job, self.loop).result(timeout=30)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=10)
        self.loop.close()


@dataclass(frozen=True)
class Entry:
    """One request a server answered (status 0: it never did); `identity` is empty for a token it refused."""

    cluster: str
    method: str
    path: str
    query: str
    status: int
    milliseconds: float
    identity: str
    note: str
    bytes: int


class ApiServer:
    """A Kubernetes API server on a free port of 127.0.0.1; its CA is `certificate_authority` (PEM)."""

    def __init__(
        self,
        loop: Loop,
        *,
        cluster: str,
        region: str,
        minor: str,
        keyring: Keyring,
        access: Access,
        store: Store,
        log: Feed[Entry],
    ) -> None:
        clock = Clock(base=11_000_000)
        journal = Journal(clock)
        self._loop = loop
        self._cluster = cluster
        self._log = log
        self._api = Api(
            cluster=cluster,
            region=region,
            minor=minor,
            keyring=keyring,
            access=access,
            store=store,
            clock=clock,
            journal=journal,
        )
        self.faults = Faults(loop.loop, store, clock, journal)
        authority = trustme.CA(organization_name="kubernetes", organization_unit_name=cluster)
        self.certificate_authority = authority.cert_pem.bytes().decode()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(self._context)
        self._runner, self.port = loop.run(self._start())

    @property
    def endpoint(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.faults.clear()
        self._loop.run(self._runner.cleanup())

    async def _start(self) -> tuple[web.ServerRunner, int]:
        server = web.Server(self._handle, access_log=None, handler_cancellation=True)
        runner = web.ServerRunner(server, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._context).start()
        return runner, int(runner.addresses[0][1])

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        started = time.perf_counter()
        identity, note, status, size = "", "", 0, 0
        try:
            if self.faults.stall == "hang":
                await self.faults.pause(None)
            if self.faults.stall == "reset":
                return _reset(request)
            call = await _call(request)
            try:
                self._refuse_on_demand()
                caller = self._api.identify(call)
                identity = caller.user
                if self.faults.rejects_tokens:
                    raise unauthorized("tokens are rejected on demand")
                answer, retry_after = self._api.answer(call, caller), 0
                if answer.is_page and self.faults.seconds_per_page:
                    await self.faults.pause(self.faults.seconds_per_page)
            except Refusal as refused:
                note = refused.note
                answer = Answer(refused.code, refused.body, refused.content_type)
                retry_after = refused.retry_after
            status, size = answer.status, len(answer.body)
            return await self._send(request, answer, retry_after)
        finally:
            self._log.append(
                Entry(
                    cluster=self._cluster,
                    method=request.method,
                    path=request.path,
                    query=request.query_string,
                    status=status,
                    milliseconds=round((time.perf_counter() - started) * 1000, 2),
                    identity=identity,
                    note=note,
                    bytes=size,
                )
            )

    def _refuse_on_demand(self) -> None:
        fault = self.faults.next_status()
        if fault is not None:
            raise on_demand(*fault)

    async def _send(self, request: web.BaseRequest, answer: Answer, retry_after: int) -> web.StreamResponse:
        headers = {
            "Content-Type": answer.content_type,
            "Audit-Id": str(uuid.uuid4()),
            "Cache-Control": "no-cache, private",
        }
        if retry_after:
            headers["Retry-After"] = str(retry_after)
        body = answer.body
        if answer.stream is not None and not self.faults.stall:
            return await _stream(request, answer, body, headers)
        if len(body) > _GZIP_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
            body = await asyncio.get_running_loop().run_in_executor(None, gzip.compress, body, 1)
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        if self.faults.stall != "trickle":
            return web.Response(status=answer.status, body=body, headers=headers)
        response = web.StreamResponse(status=answer.status, headers=headers)
        await response.prepare(request)
        while self.faults.stall == "trickle" and body:
            await response.write(body[:1])
            body = body[1:]
            await self.faults.pause(_TRICKLE_SECONDS)
        await response.write(body)
        await response.write_eof()
        return response


async def _stream(
    request: web.BaseRequest, answer: Answer, body: bytes, headers: dict[str, str]
) -> web.StreamResponse:
    """Sends what there is, then what comes, until the caller goes away or the stream ends."""
    response = web.StreamResponse(status=answer.status, headers=headers)
    response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(body)
    if answer.stream is not None:
        async for piece in answer.stream:
            await response.write(piece)
    await response.write_eof()
    return response


def _reset(request: web.BaseRequest) -> web.StreamResponse:
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        # Zero linger turns the close into a RST.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


async def _call(request: web.BaseRequest) -> Call:
    return Call(
        method=request.method,
        path=request.path,
        query=dict(request.query),
        headers={name.lower(): value for name, value in request.headers.items()},
        groups=request.headers.getall("Impersonate-Group", []),
        body=await request.read(),
    )
