"""Rollouts of deployments, stateful sets and daemon sets: how far one is, what keeps it, and which ones there were."""

from connector.rollouts.history import History, Revision, history
from connector.rollouts.progress import JUDGES, Progress, Stage
from connector.rollouts.status import Rollout, SickPod, check_kind, rollout

__all__ = [
    "JUDGES",
    "History",
    "Progress",
    "Revision",
    "Rollout",
    "SickPod",
    "Stage",
    "check_kind",
    "history",
    "rollout",
]
