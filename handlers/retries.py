"""How often and how long a call to Slack is repeated, and what it raises when Slack stays out of reach."""

from http.client import HTTPException
from typing import Any

from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry import RetryHandler
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler

# What slack_sdk lets through: its own errors, the socket's, and http.client's for an answer that breaks off.
UNREACHABLE = (SlackClientError, OSError, HTTPException)

# A call on the way to an answer: somebody waits, and there are other roads.
SHORT = 3.0
# The answer itself: late is better than never.
LONG = 30.0


class _RateLimit(RateLimitErrorRetryHandler):
    """slack_sdk's handler, which would sleep for as long as Slack says, in the thread that answers."""

    def __init__(self, most_seconds: float) -> None:
        super().__init__(max_retry_count=1)
        self._most_seconds = most_seconds

    def _can_retry(self, *, response: Any = None, **others: Any) -> bool:
        if response is None or not super()._can_retry(response=response, **others):
            return False
        named = {name.lower(): value for name, value in response.headers.items()}
        wait = named.get("retry-after", ["1"])
        text = str(wait[0] if isinstance(wait, list) else wait)
        return text.isdigit() and float(text) <= self._most_seconds


def retries(most_seconds: float) -> list[RetryHandler]:
    """Handlers for a slack_sdk client: one more try for a broken connection, one after a 429 if the wait is short."""
    return [ConnectionErrorRetryHandler(), _RateLimit(most_seconds)]
