"""How an answer reaches the person: one reply for each command, through whatever road Slack leaves open.

Slack's rules that shape this file (see docs/slack.md): a response_url takes 5 posts in 30 minutes and works where the
bot is no member; a slash command's cannot change an earlier post, a click's can; a message's audience never changes;
chat.postMessage and chat.update work only where the bot is a member.
"""

import json
import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from connector.errors import Failure
from connector.workspaces import WorkspaceKey
from handlers.blocks import limits, notices
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block, Draw, Message, Rung
from handlers.clients import Hook
from handlers.retries import LONG, SHORT, UNREACHABLE, retries

log = logging.getLogger(__name__)

# Nothing is said under a second; then at most one change in this many seconds (chat.update allows about 50 a minute).
FIRST_PROGRESS = 1.0
NEXT_PROGRESS = 1.5
# Of a response_url's 5 uses, those that progress may take; the others are for the answer and its way down.
_PROGRESS_USES = 2


# A workspace that refused a block may take it tomorrow: Slack brings new blocks out bit by bit.
_RUNG_SECONDS = 24 * 3600.0


class Rungs:
    """The rung each workspace takes, learnt from refusals and kept for a day.

    Safe under threads: a write that is lost costs one more refusal.
    """

    def __init__(self) -> None:
        self._known: dict[WorkspaceKey, tuple[float, Rung]] = {}

    def of(self, workspace: WorkspaceKey) -> Rung:
        until, rung = self._known.get(workspace, (0.0, Rung.CHART))
        return rung if time.monotonic() < until else Rung.CHART

    def learn(self, workspace: WorkspaceKey, rung: Rung) -> None:
        self._known[workspace] = (time.monotonic() + _RUNG_SECONDS, rung)


@dataclass(frozen=True)
class Place:
    """Where an answer goes: the channel and person, and the response_url that came with the command or click."""

    workspace: WorkspaceKey
    channel: str
    user: str
    response_url: str = field(default="", repr=False)
    # The message that was clicked and may be replaced: its blocks where Slack sent them.
    original: tuple[Block, ...] | None = None
    # The ts of the message whose thread it goes to; empty for the channel itself.
    thread: str = ""


Above = Callable[[Rung], Sequence[Block]]
"""Blocks that stand above what is being done, on the rung that the workspace takes."""


class Refused(Exception):  # noqa: N818
    """Slack does not take these blocks."""


class Lost(Exception):  # noqa: N818
    """This road is closed: the response_url is used up, or the bot is no member of the channel."""


class Reply(ABC):
    """What a conversation answers through. Progress and answer come from different threads, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done = False
        self._words = ""
        self._shown = ""
        self._above: Above | None = None

    @property
    def standing(self) -> str:
        """The ts of the progress message that stands in the channel, for others, should this process die; mostly ""."""
        return ""

    def progress(self, text: str, above: Above | None = None) -> None:
        """What is being done now, and what is known `above` it; shown when the answer takes longer than a second."""
        self._above = above
        self._words = text

    def tick(self) -> None:
        """Shows the newest progress, if there is any and no answer yet."""
        with self._lock:
            if not self._done and self._words and self._words != self._shown:
                self._shown = self._words
                self._show_progress(self._words)

    @abstractmethod
    def _show_progress(self, words: str) -> None:
        """Shows `words` where the answer will stand; raises nothing when that can't be."""

    @abstractmethod
    def fail(self, failure: Failure, ref: str, ways: Sequence[Block] = ()) -> None:
        """Tells the person what failed, why, and what to do; to them alone. `ways` are buttons for what may help."""


class MessageReply(Reply):
    """One answer as a message: new in the channel, new for one person, or in place of the message clicked."""

    def __init__(
        self,
        slack: WebClient,
        place: Place,
        rungs: Rungs,
        *,
        private: bool = False,
        replace: bool = False,
        standing: str = "",
        note: str = "",
    ) -> None:
        """`standing` is the ts of a progress message that this reply takes over; `note` is said below every answer."""
        super().__init__()
        self._slack = slack
        self._place = place
        self._rungs = rungs
        self._private = private
        self._replace = replace
        self._ts = standing
        self._note_below = note
        self._uses = 0
        self._noted = False

    @property
    def standing(self) -> str:
        return self._ts

    def show(self, draw: Draw | Message, *, private: bool | None = None) -> None:
        """The answer. `private` overrides what the command asked for: errors, menus and forms are for one person."""
        private = self._private if private is None else private
        with self._lock:
            self._done = True
            if self._ts and private:
                self._delete_progress()
            if isinstance(draw, Message):
                self._send(draw, private)
                return
            self._descend(draw, private)

    def remove_original(self) -> None:
        """Takes away the message that was clicked, a question that is answered."""
        with self._lock:
            self._try({"delete_original": True})

    def fail(self, failure: Failure, ref: str, ways: Sequence[Block] = ()) -> None:
        with self._lock:
            self._done = True
            if self._ts:
                self._delete_progress()
            if self._replace and self._shown and self._place.original:
                # The progress stands in place of a list that is still good.
                self._try({"replace_original": True, "text": "", "blocks": list(self._place.original)})
            text, blocks = notices.failure(failure, ref, ways)
            # Slack does not say what an ephemeral list held, so it can't be put back: the mistake, with its button
            # to try again, stands where the progress stood.
            self._replace = self._replace and bool(self._shown) and self._place.original is None
            self._send(Message(text, blocks), private=True)

    def _show_progress(self, words: str) -> None:
        above = self._above
        rung = self._rungs.of(self._place.workspace)
        try:
            try:
                self._say_so(*notices.progress(words, above(rung) if above else ()))
            except Refused:
                # The answer finds out which rung it is; here the plainest will do.
                self._say_so(*notices.progress(words, above(Rung.SECTIONS) if above else ()))
        except (Refused, Lost, *UNREACHABLE) as error:
            log.warning("progress not shown: %s", _named(error))

    def _say_so(self, text: str, blocks: list[Block]) -> None:
        if self._replace:
            if self._uses < _PROGRESS_USES:
                kept = list(self._place.original or ())[: numbers.MESSAGE_BLOCKS - len(blocks)]
                self._respond({"replace_original": True, "text": text, "blocks": [*kept, *blocks]})
            return
        if self._noted:
            return
        if self._private:
            self._note()
            return
        try:
            if self._ts:
                self._web("chat.update", channel=self._place.channel, ts=self._ts, text=text, blocks=blocks)
            else:
                said = self._web(
                    "chat.postMessage",
                    channel=self._place.channel,
                    text=text,
                    blocks=blocks,
                    **self._in_thread,
                )
                self._ts = str(said["ts"])
        except Lost:
            self._note()

    def _note(self) -> None:
        # An ephemeral post can't be changed later, so there is one, and the answer follows it.
        self._noted = True
        text, blocks = notices.progress(self._words.partition("…")[0] + "…")
        self._respond(
            {"response_type": "ephemeral", "replace_original": False, "text": text, "blocks": blocks}
        )

    def _descend(self, draw: Draw, private: bool) -> None:
        start = self._rungs.of(self._place.workspace)
        refused: Message | None = None
        for rung in (rung for rung in Rung if rung >= start):
            message = draw(rung)
            if message == refused:
                # Without a chart the first two rungs are one.
                continue
            try:
                self._send(message, private)
            except Refused as refusal:
                refused = message
                log.warning("Slack refused %s: %s", rung.name.lower(), refusal)
                continue
            if rung > start:
                self._rungs.learn(self._place.workspace, rung)
            return
        self._send(Message(message.text, []), private)

    def _send(self, message: Message, private: bool) -> None:
        body: dict[str, Any] = {"text": message.text, "blocks": notices.noted(message, self._note_below)}
        try:
            self._deliver(body, private)
        except Refused:
            # Slack names one fault at most. To look for them in each message would take as long as drawing it.
            if faults := limits.message_faults(body):
                log.error(  # noqa: TRY400
                    "a message of ours breaks Slack's limits: %s", "; ".join(faults[:5])
                )
            raise

    def _deliver(self, body: dict[str, Any], private: bool) -> None:
        if self._ts:
            try:
                self._web("chat.update", channel=self._place.channel, ts=self._ts, **body)
            except Lost as lost:
                # Somebody took the progress away, or Slack takes no more changes now: the answer is said anew.
                if "ratelimited" in str(lost):
                    self._delete_progress()
                self._ts = ""
            else:
                return
        how = {"replace_original": True} if self._replace else {"replace_original": False}
        try:
            self._respond({**body, **how, "response_type": "ephemeral" if private else "in_channel"})
        except Lost:
            self._post(body, private)

    def _post(self, body: dict[str, Any], private: bool) -> None:
        """The road behind the response_url: the channel, and where the bot is no member, the person's own messages."""
        place = self._place
        try:
            if not place.channel:
                raise Lost("no channel")
            if private:
                self._web(
                    "chat.postEphemeral", channel=place.channel, user=place.user, **body, **self._in_thread
                )
            else:
                self._web("chat.postMessage", channel=place.channel, **body, **self._in_thread)
        except Lost:
            self._web("chat.postMessage", channel=place.user, **body)

    @property
    def _in_thread(self) -> dict[str, str]:
        return {"thread_ts": self._place.thread} if self._place.thread else {}

    def _delete_progress(self) -> None:
        try:
            self._web("chat.delete", channel=self._place.channel, ts=self._ts)
        except (Lost, Refused, *UNREACHABLE) as error:
            log.warning("progress left standing: %s", _named(error))
        self._ts = ""

    def _try(self, body: dict[str, Any]) -> None:
        # Tidying up must not hide the answer that follows it.
        try:
            self._respond(body)
        except (Lost, Refused, *UNREACHABLE) as error:
            log.warning("the message clicked was left as it is: %s", _named(error))

    def _respond(self, body: dict[str, Any]) -> None:
        """Posts to the response_url. Raises Refused, Lost, or what slack_sdk raises when Slack is out of reach."""
        if not self._place.response_url:
            raise Lost("no response_url")
        self._uses += 1
        # What is there already stays in its thread; what is new says which one it is for.
        if not (body.get("replace_original") or body.get("delete_original")):
            body = {**body, **self._in_thread}
        hook = Hook.to(self._place.response_url, 10, retries(LONG if self._done else SHORT))
        answer = hook.post(body)
        code = _code(answer.body)
        if answer.status_code == 200 and code in ("", "ok"):
            return
        raise (Refused if _about_blocks(code) else Lost)(f"{answer.status_code} {code}")

    def _web(self, method: str, **arguments: Any) -> dict[str, Any]:
        try:
            return self._slack.api_call(method, json=arguments).data  # type: ignore[return-value]
        except SlackApiError as error:
            code = str(error.response.get("error", ""))
            if _about_blocks(code):
                raise Refused(code) from error
            if code in _CLOSED:
                raise Lost(code) from error
            raise


# Slack's words for a road that leads nowhere now: no member, no such message, too many of them.
_CLOSED = frozenset(
    {
        "not_in_channel",
        "channel_not_found",
        "user_not_in_channel",
        "is_archived",
        "restricted_action",
        "no_permission",
        "restricted_action_read_only_channel",
        "message_not_found",
        "cant_update_message",
        "missing_scope",
        "ratelimited",
    }
)


def _about_blocks(code: str) -> bool:
    return "blocks" in code or code in ("unsupported_type", "only_one_table_allowed", "msg_too_long")


def _code(body: str) -> str:
    """Slack's error word in a response_url's answer, which is plain text or JSON."""
    body = body.strip()
    if not body.startswith("{"):
        return body[:80]
    try:
        said = json.loads(body)
    except ValueError:
        return "unreadable"
    return "" if said.get("ok") else str(said.get("error", "unreadable"))[:80]


def _named(error: Exception) -> str:
    # The text of slack_sdk's errors may hold a whole response.
    return f"{type(error).__name__} {error}" if isinstance(error, Refused | Lost) else type(error).__name__
