"""An answer that goes on changing after its turn: posted by the bot itself, so that it may change it.

A response_url takes five posts in thirty minutes, and nothing changes what is shown to one person alone. So such an
answer stands where the bot is a member, and else in the person's own messages with the bot.
"""

import logging
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from handlers.blocks import limits, notices
from handlers.blocks.message import Message
from handlers.reply import Lost, MessageReply, Refused
from handlers.retries import UNREACHABLE

log = logging.getLogger(__name__)

# Slack's words for a message that can be changed no more; whatever else it says may pass.
_GONE = frozenset(
    {
        "message_not_found",
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "cant_update_message",
        "edit_window_closed",
        "account_inactive",
        "invalid_auth",
        "token_expired",
        "token_revoked",
    }
)


class Standing:
    """A message of the bot's that stands in `channel`; `note` is said in it whatever it says."""

    def __init__(self, slack: WebClient, channel: str, ts: str, note: str = "") -> None:
        self._slack = slack
        self.channel = channel
        self.ts = ts
        self._note = note

    def change(self, message: Message) -> bool:
        """Puts `message` in its place, if Slack takes it now; False when it is gone, or not the bot's to change."""
        body = {"text": message.text, "blocks": notices.noted(message, self._note)}
        if faults := limits.message_faults(body):
            log.error("a message of ours breaks Slack's limits: %s", "; ".join(faults[:5]))
            return True
        try:
            self._slack.api_call("chat.update", json={"channel": self.channel, "ts": self.ts, **body})
        except SlackApiError as error:
            code = error.response.get("error")
            gone = code in _GONE
            # What is none of its words may be a whole answer.
            log.info("a message that is followed was not changed: %s", code if gone else "for now")
            return not gone
        except UNREACHABLE as error:
            log.info("a message that is followed was not changed: %s", type(error).__name__)
        return True


class StandingReply(MessageReply):
    """One answer as a message that can be changed afterwards."""

    def stand(self, message: Message, *, anywhere: bool = True) -> Standing | None:
        """Shows the answer so that it stands; None when Slack lets it stand nowhere, and nothing is shown.

        Without `anywhere` it stands in the channel or not at all.
        """
        body: dict[str, Any] = {"text": message.text, "blocks": notices.noted(message, self._note_below)}
        if faults := limits.message_faults(body):
            raise Refused(faults[0])
        place = self._place
        with self._lock:
            self._done = True
            if place.channel and not self._private:
                try:
                    return self._in_channel(body)
                except Lost as lost:
                    log.info("nothing can stand in the channel: %s", lost)
            if not anywhere:
                return None
            try:
                said = self._web("chat.postMessage", channel=place.user, **body)
            except Lost as lost:
                log.info("nothing can stand in the person's messages: %s", lost)
                return None
        return self._standing(said)

    def _in_channel(self, body: dict[str, Any]) -> Standing:
        channel = self._place.channel
        if self._ts:
            return self._standing(self._web("chat.update", channel=channel, ts=self._ts, **body))
        return self._standing(self._web("chat.postMessage", channel=channel, **body, **self._in_thread))

    def _standing(self, said: dict[str, Any]) -> Standing:
        return Standing(self._slack, str(said["channel"]), str(said["ts"]), self._note_below)
