"""The addresses beside the Web API that Slack hands out: response_urls, where uploads go, and where files lie."""

import asyncio
import html
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from playground.slack import chat, installs
from playground.slack.calls import Refused
from playground.slack.faults import Faults
from playground.slack.log import Log
from playground.slack.records import Upload
from playground.slack.state import World


class Hooks:
    """Serves them; all of it runs on the event loop's thread."""

    def __init__(self, world: World, faults: Faults, log: Log) -> None:
        self._world = world
        self._faults = faults
        self._log = log

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_post("/{kind:commands|actions|app}/{rest:.+}", self.respond)
        router.add_post("/upload/v1/{ticket}", self.receive)
        router.add_get("/files-pri/{ids}/{name:.+}", self.download)
        router.add_get("/", self.sign_in)

    async def respond(self, request: web.Request) -> web.Response:
        """A post to a response_url. Slack answers `ok` as text, and errors with a 4xx and JSON.

        For blocks it does not take, sources tell of 400 with the bare word and of JSON; this is 400 with JSON, so a
        client has to look at the status and may look for the word.
        """
        url = self._world.response_urls.get(request.path)
        await asyncio.sleep(self._faults.seconds_for("response_url"))
        try:
            body = json.loads(await request.read())
        except (ValueError, RecursionError):
            body = None
        entry = self._log.add("in", "response_url", url.team_id if url else None, body)
        try:
            if planned := self._faults.next_for("response_url"):
                error, retry_after = planned
                entry.answer = error
                headers = {"Retry-After": str(retry_after)} if retry_after else {}
                return web.json_response(
                    {"ok": False, "error": error}, status=429 if retry_after else 500, headers=headers
                )
            if url is None:
                raise Refused("no_service")
            with self._world.changing():
                chat.respond(url, body, self._world, self._faults)
        except Refused as refused:
            entry.faults = refused.more.get("response_metadata", {}).get("messages", [])
            entry.answer = refused.error
            gone = refused.error in ("expired_url", "used_url", "no_service")
            return web.json_response({"ok": False, "error": refused.error}, status=404 if gone else 400)
        entry.answer = "ok"
        return web.Response(text="ok")

    async def receive(self, request: web.Request) -> web.Response:
        """The bytes of a file, bare or as a form's first part. Slack answers a good upload with 200 and a text."""
        upload = self._world.uploads.get(request.path)
        if upload is None:
            return web.Response(status=404, text="no such upload")
        entry = self._log.add("in", "upload", upload.file.team_id, {"file": upload.file.id})
        content = await _content(request, upload.file.size)
        if content is None or len(content) != upload.file.size:
            entry.answer = f"not the {upload.file.size} bytes that were announced"
            return web.Response(status=400, text=entry.answer)
        upload.content = content
        self._world.uploads.pop(request.path, None)
        entry.answer = f"OK - {len(content)}"
        return web.Response(text=entry.answer)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file, for a token of its workspace with files:read; anybody else is led to the page to sign in."""
        upload = self._meant(request)
        if upload is None or upload.content is None:
            return web.Response(status=404, text="no such file")
        way = "attachment" if "/download/" in request.path else "inline"
        return web.Response(
            body=upload.content,
            content_type=upload.file.mimetype,
            headers={"Content-Disposition": f"{way}; filename*=UTF-8''{quote(upload.file.name, safe='')}"},
        )

    def _meant(self, request: web.Request) -> Upload | None:
        """The file of an address. Raises HTTPFound for who may not have it."""
        token = self._world.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        upload = self._world.files.get(request.match_info["ids"].rpartition("-")[2])
        if (
            token is None
            or installs.gone(self._world, token)
            or "files:read" not in token.scopes
            or (upload and not self._world.reaches(token, upload.file.team_id))
        ):
            raise web.HTTPFound(f"/?redir={quote(request.path, safe='')}")
        return upload

    async def sign_in(self, request: web.Request) -> web.Response:
        where = html.escape(request.query.get("redir", ""))
        return web.Response(
            text=f"<!doctype html><title>Sign in | Slack</title><p>Sign in to see {where}",
            content_type="text/html",
        )


async def _content(request: web.Request, most: int) -> bytes | None:
    """The body, or the first part of a form; None when it is longer than that."""
    read: Callable[[int], Awaitable[bytes]] = request.content.read
    if request.content_type == "multipart/form-data":
        with suppress(ValueError):  # no boundary, or none where it should be
            part = await (await request.multipart()).next()
            if isinstance(part, BodyPartReader):
                read = part.read_chunk
    content = bytearray()
    while len(content) <= most and (chunk := await read(65_536)):
        content += chunk
    return bytes(content) if len(content) <= most else None
