"""One open tab: whom it is at the moment, what it still has to be told, and what it asks for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any

from aiohttp import web

from playground import Playground
from playground.page.deeds import RefusalError, deed, text
from playground.page.journal import Journal, Record
from playground.page.reader import APP, Reader
from playground.page.switches import Switches

Json = dict[str, Any]

# Changes come in bursts: a tab hears of them together, at most so often.
_PAUSE_SECONDS = 0.02
# How often a payload is looked at again that has no answer yet, and a fault that ends by itself.
_LOOK_SECONDS = 0.1


class Tab:
    """The server's end of one WebSocket; used as a context manager, on the server's loop.

    A tab asks `{"ask": number, "do": …}` and gets `{"type": "reply", "ask": number, "ok": …}`; what it is told
    besides is in `Reader.news`, `Switches.json` and `{"type": "log", "records": […]}`.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        playground: Playground,
        journal: Journal,
        switches: Switches,
        workers: Executor,
        wake_all: Callable[[], None],
    ) -> None:
        self._socket = socket
        self._slack = playground.slack
        self._journal = journal
        self._switches = switches
        self._workers = workers
        self._wake_all = wake_all
        self._changed = asyncio.Event()
        self._asks: set[asyncio.Task[None]] = set()
        self._reader: Reader | None = None
        self._frames: list[Json] = []
        self._inspects = False
        self._everywhere = False  # also what is of other workspaces
        self._told = 0
        self._open: list[Record] = []
        self._faults: Json = {}
        self._teller: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Tab:
        await self._socket.send_json(self._hello())
        self._teller = asyncio.create_task(self._tell())
        self.wake()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (self._teller, *self._asks):
            if task:
                task.cancel()

    def wake(self) -> None:
        """There may be something new to tell."""
        self._changed.set()

    def asked(self, said: str) -> None:
        """Do what the tab asks for, without waiting; the reply comes when it is done."""
        task = asyncio.create_task(self._answer(said))
        self._asks.add(task)
        task.add_done_callback(self._asks.discard)

    def _hello(self) -> Json:
        manifest = self._slack.manifest
        commands = zip(manifest.commands, manifest.hints, strict=True) if manifest else ()
        return {
            "type": "hello",
            "app": manifest.name if manifest else APP,
            "commands": [
                {"command": command, "description": description, "usage": usage}
                for command, (description, usage) in commands
            ],
            "teams": [
                {
                    "id": team.id,
                    "name": team.name,
                    "people": [
                        {
                            "id": person.id,
                            "name": person.name,
                            "real_name": person.real_name,
                            "role": person.role,
                            "tz": person.tz,
                        }
                        for person in team.people
                    ],
                }
                for team in self._slack.teams
            ],
        }

    # Telling

    async def _tell(self) -> None:
        with suppress(ConnectionError):  # the tab is gone; so is this task, soon
            while True:
                with suppress(TimeoutError):
                    looks = self._open or self._switches.counting
                    await asyncio.wait_for(self._changed.wait(), _LOOK_SECONDS if looks else None)
                self._changed.clear()
                for each in self._news():
                    await self._socket.send_json(each)
                await asyncio.sleep(_PAUSE_SECONDS)

    def _news(self) -> list[Json]:
        # Whom the tab is comes before what they see.
        news, self._frames = self._frames, []
        news += self._reader.news() if self._reader else []
        if self._faults != (faults := self._switches.json()):
            self._faults = faults
            news.append(faults)
        if self._inspects and (records := self._records()):
            news.append({"type": "log", "records": records})
        return news

    def _records(self) -> list[Json]:
        fresh = self._journal.after(self._told)
        if fresh:
            self._told = fresh[-1].number
        if not self._everywhere:
            here = self._reader.person.team.id if self._reader else None
            fresh = [record for record in fresh if record.team in (None, here)]
        done = [record for record in self._open if record.final]
        self._open = [record for record in (*self._open, *fresh) if not record.final]
        return [record.json() for record in (*done, *fresh)]

    # Doing

    async def _answer(self, said: str) -> None:
        ask: Any = None
        try:
            message = json.loads(said)
            if not isinstance(message, dict):
                raise RefusalError("that is not an object")
            ask = message.get("ask")
            result = await self._done(message)
            reply = {"ok": True, "result": result}
        # What the local Slack's people cannot do they say with AssertionError; the rest is malformed.
        except (RefusalError, AssertionError, LookupError, ValueError, RecursionError) as error:
            reply = {"ok": False, "error": str(error)}
        with suppress(ConnectionError):
            await self._socket.send_json({"type": "reply", "ask": ask} | reply)

    async def _done(self, message: Json) -> Any:
        match message.get("do"):
            case "be":
                self._be(text(message, "person"))
            case "inspect":
                self._inspects = message.get("on") is True
                self._everywhere = message.get("everywhere") is True
                self._told, self._open = 0, []
                self.wake()
            case "fault":
                name, arn, on = text(message, "name"), text(message, "cluster"), message.get("on") is True
                pod = text(message, "pod") if "pod" in message else ""
                about = await self._elsewhere(lambda: self._switches.turn(name, arn, on, pod))
                self._journal.switched(f"{'turned on' if on else 'turned off'}: {about}")
                self._wake_all()
            case "pods":
                arn, typed = text(message, "cluster"), text(message, "typed")
                return await self._elsewhere(lambda: self._switches.pods(arn, typed))
            case _:
                if self._reader is None:
                    raise RefusalError("nobody is chosen")
                person = self._reader.person
                done = deed(self._slack, person, message)
                self._journal.act(person, done.told)
                return await self._elsewhere(done.run)
        return None

    def _be(self, person_id: str) -> None:
        person = self._slack.world.person(person_id)
        if person is None:
            raise RefusalError("there is nobody of that id")
        if self._reader is None or self._reader.person.team is not person.team:
            self._told, self._open = 0, []  # another workspace is looked at
        self._reader = reader = Reader(self._slack, person)
        self._frames.append(reader.frame())
        self.wake()

    async def _elsewhere(self, work: Callable[[], Any]) -> Any:
        """Run what waits for the app on a thread of its own."""
        return await asyncio.get_running_loop().run_in_executor(self._workers, work)
