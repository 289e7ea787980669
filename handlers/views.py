"""Answers that stand in a view: in the modal that was submitted, or in somebody's Home tab."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from connector.errors import Failure
from handlers.blocks import limits
from handlers.blocks.message import Block
from handlers.reply import Lost, MessageReply, Reply
from handlers.retries import UNREACHABLE

log = logging.getLogger(__name__)


class ViewReply(Reply):
    """An answer inside the modal that was submitted: the same form with progress or the mistake, then the outcome.

    `draw(progress, failure, ref)` gives the form's view, and may be exchanged for another of the same form; inputs
    keep their block_id and action_id, so that what the person typed survives. When the modal is closed meanwhile, a
    failure goes to `otherwise`.
    """

    def __init__(
        self,
        slack: WebClient,
        view_id: str,
        draw: Callable[[str, Failure | None, str], dict[str, Any]],
        otherwise: MessageReply,
    ) -> None:
        super().__init__()
        self._slack = slack
        self._view_id = view_id
        self.draw = draw
        self._otherwise = otherwise

    def _show_progress(self, words: str) -> None:
        self._update(self.draw(words, None, ""))

    def show(self, view: dict[str, Any]) -> bool:
        """The outcome in the modal's place; False when the person has closed it."""
        with self._lock:
            self._done = True
            return self._update(view)

    def fail(self, failure: Failure, ref: str, ways: Sequence[Block] = ()) -> None:
        with self._lock:
            self._done = True
            shown = self._update(self.draw("", failure, ref))
        if not shown:
            self._otherwise.fail(failure, ref, ways)

    def _update(self, view: dict[str, Any]) -> bool:
        if faults := limits.view_faults(view):
            log.error("a view of ours breaks Slack's limits: %s", "; ".join(faults[:5]))
        try:
            self._slack.api_call("views.update", json={"view_id": self._view_id, "view": view})
        except SlackApiError as error:
            code = str(error.response.get("error", ""))
            if code != "not_found":
                log.warning("views.update answered %s", code)
            return False
        except UNREACHABLE as error:
            log.warning("views.update failed: %s", type(error).__name__)
            return False
        return True


class HomeReply(Reply):
    """What one person's Home tab shows; each `show` draws it anew.

    `broken(failure, ref)` gives the tab that tells of a mistake, with its own way on.
    """

    def __init__(self, slack: WebClient, user: str, broken: Callable[[Failure, str], dict[str, Any]]) -> None:
        super().__init__()
        self._slack = slack
        self._user = user
        self._broken = broken

    def _show_progress(self, words: str) -> None:
        """Nothing: the tab is drawn at once with what is known, and says itself what is still asked."""

    def show(self, view: dict[str, Any]) -> None:
        """Raises what slack_sdk raises."""
        if faults := limits.view_faults(view):
            log.error("a view of ours breaks Slack's limits: %s", "; ".join(faults[:5]))
        with self._lock:
            self._slack.api_call("views.publish", json={"user_id": self._user, "view": view})

    def fail(self, failure: Failure, ref: str, _ways: Sequence[Block] = ()) -> None:
        try:
            self.show(self._broken(failure, ref))
        except SlackApiError as error:
            raise Lost(str(error.response.get("error", ""))) from error
