"""Workspaces: which EKSConnector belongs to whom. What one workspace holds, another cannot name."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from connector.connector import EKSConnector


@dataclass(frozen=True)
class WorkspaceKey:
    """What tells workspaces apart: an Enterprise Grid organisation's id, and a team's within it."""

    enterprise_id: str | None
    team_id: str | None


class Workspaces:
    """The connector of each workspace, made when it is first asked for. Safe under threads."""

    def __init__(self, build: Callable[[], EKSConnector] = EKSConnector) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._connectors: dict[WorkspaceKey, EKSConnector] = {}

    def connector(self, key: WorkspaceKey) -> EKSConnector:
        """The same connector for the same key, always."""
        with self._lock:
            if key not in self._connectors:
                self._connectors[key] = self._build()
            return self._connectors[key]

    def close(self) -> None:
        """Disconnect every workspace from everything."""
        with self._lock:
            connectors = list(self._connectors.values())
            self._connectors.clear()
        for connector in connectors:
            connector.close()
