"""How long a version of Kubernetes is supported, as a line of mrkdwn."""

from datetime import date

from connector.versions import EXTENDED, OVER, Support
from handlers.blocks.notices import BROKEN
from handlers.blocks.text import counted

# Two months' notice is what AWS gives; an upgrade wants planning.
_SOON = 60


def line(support: Support, today: date) -> str:
    """Until when, and how many days that is, with a mark where something is to be done; "" when nobody knows.

    Days count as AWS bills them, in UTC. What was not told by EKS itself is said to be from AWS's pages.
    """
    said = _said(support, today)
    if not said or support.published is None:
        return said
    return f"{said} (as AWS's pages had it on {support.published.isoformat()})"


def _said(support: Support, today: date) -> str:
    left = support.days_left(today)
    if support.status == OVER:
        since = f" since {support.extended_ends.isoformat()}" if support.extended_ends else ""
        return f"{BROKEN} not supported{since}: EKS upgrades it by itself, at a time of its own"
    if support.ends is None or left is None:
        return ""
    until = support.ends.isoformat()
    if support.status == EXTENDED or left <= 0:
        extended = f" until {support.extended_ends.isoformat()}" if support.extended_ends else ""
        return f"🟡 extended support{extended}, at extra cost: standard support ended {until}, {_ago(left)}"
    mark = "🟡 " if left <= _SOON else ""
    return f"{mark}standard support until {until}, {counted(left, 'day')} left"


def _ago(left: int) -> str:
    return f"{counted(-left, 'day')} ago" if left else "today"
