"""Conditions: what each says, and whether that is bad news, which its status alone does not tell."""

import re
from typing import Any

from connector.description.facts import short
from connector.description.fields import instant, parts, text
from connector.description.values import Condition

# Types are free words. Those that tell of trouble when True, and those that do when they are not:
_TROUBLE = re.compile(
    r".*(Pressure|Unavailable|Fail(ed|ure|ures|ing)|Errors?|Degraded|Stalled|Unhealthy|Deadlock|Corrupt\w*"
    r"|Frequent\w*|ReadonlyFilesystem|NonConformant|Conflict(s|ed)?|Expired|Lost|Denied|Rejected"
    r"|FailureTarget|DisruptionTarget|Violation|Blocked)"
)
_WANTED = re.compile(
    r"(.*(Ready|Available|Healthy|Synced|Established|Accepted|Programmed|Resolved\w*|Reconciled|Valid\w*)"
    r"|Initialized|PodScheduled|PodReadyToStartContainers|AbleToScale|ScalingActive|NamesAccepted|Scheduled"
    r"|DisruptionAllowed|Bound|Succeeded)"
)
# Of deployments alone: for others, to progress no more is to have arrived.
_PROGRESSING = "Progressing"


def conditions(obj: Any) -> tuple[Condition, ...]:
    """Those of its status, in the server's order."""
    return tuple(
        Condition(
            type=text(one, "type"),
            status=text(one, "status"),
            reason=text(one, "reason"),
            message=short(text(one, "message")),
            since=instant(one, "lastTransitionTime"),
            heard=instant(one, "lastHeartbeatTime")
            or instant(one, "lastProbeTime")
            or instant(one, "lastUpdateTime"),
            is_bad=_is_bad(text(one, "type"), text(one, "status"), text(one, "reason")),
        )
        for one in parts(obj, "status", "conditions")
    )


def _is_bad(kind: str, status: str, reason: str) -> bool:
    if reason in {"PodCompleted", "ScalingDisabled"}:
        # Nothing is to be ready any more; its owner scaled it to zero.
        return False
    if kind == _PROGRESSING:
        return reason == "ProgressDeadlineExceeded"
    if kind == "ScalingLimited":
        # To be held at the least is how most of them are at night.
        return status == "True" and reason == "TooManyReplicas"
    if _TROUBLE.fullmatch(kind):
        return status == "True"
    if not _WANTED.fullmatch(kind):
        return False
    # Others say Unknown while they are at it; of a node it says that nobody has heard of it.
    return status == "False" or (status == "Unknown" and reason.startswith("NodeStatus"))
