"""Files as answers: what is too long for a message, or wanted on a disk.

A file is shared with a whole channel or not at all, so one that is for a person alone goes to their messages with the
bot, and so does one for a channel that the bot is no member of.
"""

from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from handlers.reply import Lost, Place


@dataclass(frozen=True)
class Document:
    """A text to be sent as a file; `name` has the ending that says what it is."""

    name: str
    text: str

    @property
    def size(self) -> str:
        """Like `12.3 kB`."""
        count = len(self.text.encode())
        if count < 1_000:
            return f"{count} bytes"
        return f"{count / 1_000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


# Slack's words for a channel that the bot cannot write to.
_NO_WAY = frozenset(
    {"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "invalid_channel"}
)


def send(slack: WebClient, place: Place, document: Document, comment: str, *, private: bool) -> bool:
    """Sends the file with a comment in mrkdwn; True when it stands in the channel, False in the person's messages.

    Needs the scope files:write, and im:write for a person's messages. Raises Lost when Slack takes no upload, and
    SlackApiError for what else it refuses.
    """
    if not private and place.channel:
        try:
            _upload(slack, place.channel, document, comment, place.thread)
        except SlackApiError as error:
            if str(error.response.get("error", "")) not in _NO_WAY:
                raise
        else:
            return True
    own = slack.conversations_open(users=place.user)["channel"]["id"]
    _upload(slack, own, document, comment)
    return False


def _upload(slack: WebClient, channel: str, document: Document, comment: str, thread: str = "") -> None:
    try:
        slack.files_upload_v2(
            channel=channel,
            filename=document.name,
            title=document.name,
            content=document.text.encode(),
            initial_comment=comment,
            thread_ts=thread or None,
        )
    except SlackRequestError as error:
        # Its text names the file and holds what the other end said.
        raise Lost("no upload") from error
