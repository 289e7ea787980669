"""The mark of each health, so that a colour means the same in every answer."""

from collections.abc import Mapping
from types import MappingProxyType

from connector.resources import Health

MARKS: Mapping[Health, str] = MappingProxyType(
    {
        Health.BROKEN: "🔴",
        Health.CHANGING: "🟡",
        Health.UNKNOWN: "⚪",
        Health.HEALTHY: "🟢",
        Health.OFF: "⚪",
    }
)
