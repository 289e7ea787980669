"""What Slack sends, as types: a payload that does not fit is refused at the door, and listeners read only these.

Only the fields we use are named; Slack may add others. Sources: the payload pages of Slack's reference
(slash commands, block_actions, view_submission, view_closed, block_suggestion, Events API).
"""

import re
from typing import Annotated, Any, TypeVar

import msgspec

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]

# Empty where Slack gives none, as in a modal.
Url = Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s/]+/\S*)?$", max_length=3000)]


class Malformed(Exception):  # noqa: N818 - a condition, as all our errors are named
    """The payload has not the shape that Slack documents."""


class Named(msgspec.Struct, frozen=True):
    """A team, an enterprise or a channel."""

    id: Id
    name: str | None = None


class User(msgspec.Struct, frozen=True):
    id: Id
    team_id: str = ""


class SlashCommand(msgspec.Struct, frozen=True):
    command: str
    user_id: Id
    channel_id: Id
    trigger_id: Id
    response_url: Url
    text: str = ""
    team_id: str = ""
    enterprise_id: str = ""


class Option(msgspec.Struct, frozen=True):
    value: str = ""


class Action(msgspec.Struct, frozen=True):
    action_id: Id
    type: str
    block_id: str = ""
    value: str | None = None
    selected_option: Option | None = None

    @property
    def chosen(self) -> str:
        """What a button carries or a select was set to; empty when it was cleared."""
        return self.selected_option.value if self.selected_option else self.value or ""


class Field(msgspec.Struct, frozen=True):
    """One input's content; `type` tells which of the others is set."""

    type: str = ""
    value: str | None = None
    selected_option: Option | None = None

    @property
    def content(self) -> str:
        return (self.selected_option.value if self.selected_option else self.value) or ""

    def __repr__(self) -> str:
        # What was typed may be a secret key.
        return f"Field({self.type})"


class State(msgspec.Struct, frozen=True):
    values: dict[str, dict[str, Field]] = {}


class View(msgspec.Struct, frozen=True):
    id: Id
    # "modal" or "home"; Bolt routes by it.
    type: Id
    callback_id: str = ""
    private_metadata: str = ""
    hash: str = ""
    state: State = msgspec.field(default_factory=State)
    blocks: list[dict[str, Any]] = []

    def content(self, block_id: str) -> str:
        """What stands in the input of that block; empty when there is none."""
        return next((field.content for field in self.state.values.get(block_id, {}).values()), "")


class Container(msgspec.Struct, frozen=True):
    type: str = ""
    is_ephemeral: bool = False
    message_ts: str = ""
    channel_id: str = ""
    # The message whose thread it is in.
    thread_ts: str | None = None


class Original(msgspec.Struct, frozen=True):
    """The message that was clicked; Slack sends none for an ephemeral one."""

    text: str | None = None
    blocks: list[dict[str, Any]] = []


class Looked(msgspec.Struct, frozen=True):
    """A message of anybody's, whose menu a shortcut was chosen from."""

    ts: Id
    text: str | None = None
    blocks: list[dict[str, Any]] | None = None
    attachments: list[dict[str, Any]] | None = None
    # Of a message in a thread, and of one that has a thread.
    thread_ts: str | None = None


class _Interaction(msgspec.Struct, frozen=True, kw_only=True):
    user: User
    team: Named | None = None
    enterprise: Named | None = None


class BlockActions(_Interaction, frozen=True, kw_only=True, tag="block_actions"):
    actions: Annotated[list[Action], msgspec.Meta(min_length=1)]
    trigger_id: Id
    container: Container = msgspec.field(default_factory=Container)
    channel: Named | None = None
    response_url: Url = ""
    message: Original | None = None
    view: View | None = None


class Road(msgspec.Struct, frozen=True):
    """Where an answer may go, for an input that lets the person choose it."""

    channel_id: Id
    response_url: Url


class ViewSubmission(_Interaction, frozen=True, kw_only=True, tag="view_submission"):
    view: View
    trigger_id: str = ""
    response_urls: list[Road] = []


class ViewClosed(_Interaction, frozen=True, kw_only=True, tag="view_closed"):
    view: View


class BlockSuggestion(_Interaction, frozen=True, kw_only=True, tag="block_suggestion"):
    action_id: Id
    block_id: str = ""
    value: str = ""
    channel: Named | None = None
    view: View | None = None


class GlobalShortcut(_Interaction, frozen=True, kw_only=True, tag="shortcut"):
    callback_id: Id
    trigger_id: Id


class MessageShortcut(_Interaction, frozen=True, kw_only=True, tag="message_action"):
    callback_id: Id
    trigger_id: Id
    channel: Named
    message: Looked
    response_url: Url = ""


Interaction = BlockActions | ViewSubmission | ViewClosed | BlockSuggestion | GlobalShortcut | MessageShortcut


class Revoked(msgspec.Struct, frozen=True):
    """Whose tokens have ended, by user id."""

    bot: list[str] | None = None


class Event(msgspec.Struct, frozen=True):
    type: Id
    user: Any = None
    # Of app_home_opened: which of the app's tabs.
    tab: Any = None
    # Of tokens_revoked only.
    tokens: Revoked | None = None


class EventCallback(msgspec.Struct, frozen=True, tag="event_callback"):
    event: Event
    event_id: Id
    team_id: str | None = None
    enterprise_id: str | None = None


class UrlVerification(msgspec.Struct, frozen=True, tag="url_verification"):
    challenge: str


Payload = SlashCommand | Interaction | EventCallback | UrlVerification


T = TypeVar("T")


def read(body: object) -> Payload:
    """The payload in `body`, the decoded JSON or form that Slack sent. Raises Malformed, naming the field."""
    if not isinstance(body, dict):
        raise Malformed("not an object")
    try:
        # JSON can hold half a character, which nothing behind here could send on.
        msgspec.json.encode(body)
    except (TypeError, UnicodeError, RecursionError) as error:
        raise Malformed(type(error).__name__) from None
    if "command" in body:
        return read_as(body, SlashCommand)
    kind: Any = Interaction | EventCallback | UrlVerification
    return read_as(body, kind)  # type: ignore[no-any-return]


def read_as(body: object, kind: type[T]) -> T:
    """`body` as that kind of payload. Raises Malformed, naming the field."""
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        # The text names the type and the path; where it quotes a value, that is left out.
        raise Malformed(re.sub(r"'.*'", "…", str(error), flags=re.DOTALL)) from None
    except (UnicodeError, RecursionError) as error:
        raise Malformed(type(error).__name__) from None


def identity(payload: Payload) -> tuple[str, ...] | None:
    """What is the same when Slack delivers the payload again; None when acting twice does no harm.

    A workspace's ids are its own: they take nothing from another.
    """
    match payload:
        case EventCallback():
            return (payload.enterprise_id or "", payload.team_id or "", payload.event_id)
        case SlashCommand(trigger_id=trigger) if trigger:
            return (payload.enterprise_id, payload.team_id, trigger)
        case (
            BlockActions(trigger_id=trigger)
            | ViewSubmission(trigger_id=trigger)
            | GlobalShortcut(trigger_id=trigger)
            | MessageShortcut(trigger_id=trigger)
        ) if trigger:
            places = (payload.enterprise, payload.team)
            return (*(place.id if place else "" for place in places), trigger)
        case _:
            return None
