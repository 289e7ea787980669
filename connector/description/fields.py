"""Reading JSON whose shape nobody vouches for: what is not there, or is something else, reads as empty."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def at(value: Any, *path: str) -> Any:
    """What lies there, of whatever type; None for nothing."""
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def part(value: Any, *path: str) -> Json:
    found = at(value, *path)
    return found if isinstance(found, dict) else {}


def parts(value: Any, *path: str) -> list[Json]:
    """The objects of a list."""
    found = at(value, *path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def scalar(value: Any) -> str:
    """As kubectl would print it; "" for null, lists and objects."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def text(value: Any, *path: str) -> str:
    return scalar(at(value, *path))


def texts(value: Any, *path: str) -> tuple[str, ...]:
    """The scalars of a list."""
    found = at(value, *path)
    return tuple(filter(None, map(scalar, found))) if isinstance(found, list) else ()


def pairs(value: Any, *path: str) -> dict[str, str]:
    """The scalars of an object, in the order of their keys."""
    found = part(value, *path)
    return {key: scalar(one) for key, one in sorted(found.items()) if one is not None and not _nested(one)}


def _nested(value: Any) -> bool:
    return isinstance(value, dict | list)


def number(value: Any, *path: str) -> int | None:
    found = at(value, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def flag(value: Any, *path: str) -> bool:
    return at(value, *path) is True


def instant(value: Any, *path: str) -> float:
    """Epoch seconds of an RFC 3339 time; 0 for anything else."""
    return moment_of(at(value, *path))


def moment_of(value: Any) -> float:
    if not isinstance(value, str):
        return 0.0
    try:
        said = datetime.fromisoformat(value)
        said = (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return 0.0
    # Go's zero time is one of those that nobody means.
    return said.timestamp() if 1970 < said.year < 9999 else 0.0


def leaves(value: Any, path: str = "", depth: int = 8) -> Iterator[tuple[str, Any]]:
    """Every scalar in it with its path, like `spec.ports[0].name`; what lies deeper is told by its count alone."""
    if isinstance(value, dict) and value:
        if depth == 0:
            yield path, f"({len(value)} more fields)"
            return
        for key, one in value.items():
            yield from leaves(one, f"{path}.{key}" if path else str(key), depth - 1)
    elif isinstance(value, list) and value:
        if not any(map(_nested, value)):
            yield path, ", ".join(map(scalar, value))
        elif depth == 0:
            yield path, f"({len(value)} more items)"
        else:
            for index, one in enumerate(value):
                yield from leaves(one, f"{path}[{index}]", depth - 1)
    elif value is not None and not _nested(value):
        yield path, value
