"""What is sent back at once where no work can begin: the one who asked hears why, and loses nothing they typed."""

import json
import logging
from collections.abc import Callable
from typing import Any

from slack_bolt import BoltResponse

from connector.errors import Failure
from handlers.clients import Hook
from handlers.retries import SHORT, UNREACHABLE, retries

log = logging.getLogger(__name__)

NOT_SET_UP = "This bot is not set up for this workspace. Ask whoever runs it to install it here."
_SECONDS = 10


def in_words(failure: Failure) -> str:
    """A failure as one line of text."""
    return " ".join(
        f"{text.removesuffix('.')}." for text in (failure.what, failure.why, failure.hint) if text
    )


def refusal(body: dict[str, Any], said: str) -> tuple[BoltResponse, Callable[[], None]]:
    """The acknowledgement for a payload, and what to call once it is sent.

    Only a command's acknowledgement is shown by Slack; a form stays open with the sentence beside its first input; to
    a click the sentence goes by its response_url, which needs no token.
    """
    kind = body.get("type")
    if "command" in body:
        return BoltResponse(status=200, body=said), nothing
    if kind == "block_suggestion":
        return _json({"options": []}), nothing
    if kind == "view_submission" and (first := _first_input(body.get("view"))):
        return _json({"response_action": "errors", "errors": {first: said}}), nothing
    response_url = body.get("response_url")
    if kind in ("block_actions", "message_action") and response_url:
        return BoltResponse(status=200), lambda: _tell(response_url, said)
    return BoltResponse(status=200), nothing


def _first_input(view: Any) -> str:
    """The block_id of a form's first input; empty when there is none. What a view holds is not checked at the door."""
    blocks = view.get("blocks") if isinstance(view, dict) else None
    inputs = [
        block
        for block in (blocks if isinstance(blocks, list) else ())
        if isinstance(block, dict) and block.get("type") == "input"
    ]
    return str(inputs[0].get("block_id") or "") if inputs else ""


def _tell(response_url: str, said: str) -> None:
    hook = Hook.to(response_url, _SECONDS, retries(SHORT))
    try:
        hook.send(text=said, response_type="ephemeral", replace_original=False)
    except UNREACHABLE as error:
        log.warning("a click was not answered: %s", type(error).__name__)


def _json(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body), headers={"content-type": "application/json"})


def nothing() -> None:
    """What to call after a payload that asks for nothing more."""
