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

    def __init__(self, build: Callable[[WorkspaceKey], EKSConnector] = lambda _key: EKSConnector()) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._connectors: dict[WorkspaceKey, EKSConnector] = {}

    def connector(self, key: WorkspaceKey) -> EKSConnector:
        """The same connector for the same key, always."""
        with self._lock:
            if key not in self._connectors:
                self._connectors[key] = self._build(key)
            return self._connectors[key]

    def forget(self, key: WorkspaceKey) -> None:
        """Forget a workspace's connections and credentials; a key without a team: of the whole organisation.

        Raises StateAway when that cannot be had now; doing it again is no harm.
        """
        connector = self.connector(key)
        with self._lock:
            gone = [one for one in self._connectors if one == key or _is_within(one, key)]
            connectors = [self._connectors.pop(one) for one in gone]
        for one in connectors:
            one.close()
        connector.forget()

    def tidy(self) -> None:
        """Close what this process holds of connections that are gone, or have ended. Raises StateAway.

        A look at a workspace's connections does the same for it; this is for those that nobody looks at.
        """
        with self._lock:
            connectors = list(self._connectors.values())
        for connector in connectors:
            connector.tidy()

    def load(self) -> dict[str, int]:
        """Over all workspaces: how many connections are held `open`, how many jobs for AWS are `running`, `waiting`."""
        with self._lock:
            loads = [connector.load() for connector in self._connectors.values()]
        return {name: sum(one[name] for one in loads) for name in ("open", "running", "waiting")}

    def close(self) -> None:
        """Close all that this process holds of every workspace; what is remembered stays."""
        with self._lock:
            connectors = list(self._connectors.values())
            self._connectors.clear()
        for connector in connectors:
            connector.close()


def _is_within(one: WorkspaceKey, organisation: WorkspaceKey) -> bool:
    return (
        organisation.team_id is None
        and organisation.enterprise_id is not None
        and one.enterprise_id == organisation.enterprise_id
    )
