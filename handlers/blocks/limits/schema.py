"""Checks that put together describe a JSON shape, so that Slack's limits can be written down as data.

Knows nothing of Slack. A check takes a value and the place it stands at and gives one sentence for each thing
wrong with it, in the manner of Slack's `response_metadata.messages`. No check raises, whatever the value is.

Every message goes through them, and nearly always nothing is wrong: the checks that most values meet give what is empty
then, which takes less time than a generator that gives nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import isfinite
from typing import Any

Check = Callable[[Any, str], Iterable[str]]


def fault(sentence: str, pointer: str) -> str:
    """The sentence as Slack writes it, with the place as a JSON pointer (RFC 6901)."""
    return f"[ERROR] {sentence} [json-pointer:{pointer or '/'}]"


def string(longest: int | None = None, shortest: int = 1) -> Check:
    """A string of so many characters."""

    def check(value: Any, at: str) -> Iterable[str]:
        if not isinstance(value, str):
            return (fault("must provide a string", at),)
        if len(value) < shortest:
            return (fault(f"must be more than {shortest - 1} characters", at),)
        if longest is not None and len(value) > longest:
            return (fault(f"must be less than {longest + 1} characters", at),)
        return ()

    return check


def one_of(*words: str) -> Check:
    """One of a few fixed words."""

    def check(value: Any, at: str) -> Iterable[str]:
        if not isinstance(value, str) or value not in words:
            return (fault(f"must be one of {', '.join(words)}", at),)
        return ()

    return check


def flag(value: Any, at: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield fault("must be a boolean", at)


def whole(least: int, most: int | None = None) -> Check:
    """A whole number between two bounds, both allowed."""

    def check(value: Any, at: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield fault("must be an integer", at)
        elif value < least:
            yield fault(f"must be at least {least}", at)
        elif most is not None and value > most:
            yield fault(f"must be at most {most}", at)

    return check


def number(value: Any, at: str) -> Iterator[str]:
    """A finite number."""
    if not is_number(value):
        yield fault("must be a number", at)


def is_number(value: Any) -> bool:
    """Whether JSON would call it a number; an infinity and NaN are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or isfinite(value)


def items(check: Check, longest: int | None = None, shortest: int = 1) -> Check:
    """A list of so many items that each pass `check`."""

    def check_all(value: Any, at: str) -> Iterable[str]:
        if not isinstance(value, list):
            return (fault("must provide an array", at),)
        found: list[str] = []
        if len(value) < shortest:
            found.append(fault(f"no fewer than {shortest} items allowed", at))
        if longest is not None and len(value) > longest:
            found.append(fault(f"no more than {longest} items allowed", at))
            value = value[:longest]
        for index, item in enumerate(value):
            found += check(item, f"{at}/{index}")
        return found

    return check_all


def shape(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, also: Check | None = None
) -> Check:
    """An object with these fields and no others; `also` sees it only when all fields are well."""
    known = {**required, **(optional or {})}

    def check(value: Any, at: str) -> Iterable[str]:
        if not isinstance(value, dict):
            return (fault("must provide an object", at),)
        found = [fault(f"missing required field: {name}", at) for name in required.keys() - value.keys()]
        for name, item in value.items():
            if name not in known:
                found.append(fault(f"invalid additional property: {str(name)[:40]}", at))
            else:
                found += known[name](item, f"{at}/{name}")
        return also(value, at) if also and not found else found

    return check


def by_type(shapes: Mapping[str, Check]) -> Check:
    """An object whose `type` says which of the shapes it must have."""

    def check(value: Any, at: str) -> Iterable[str]:
        if not isinstance(value, dict):
            return (fault("must provide an object", at),)
        kind = value.get("type")
        if not isinstance(kind, str):
            return (fault("missing required field: type", at),)
        if kind not in shapes:
            return (fault(f"unsupported type: {kind[:40]}", f"{at}/type"),)
        return shapes[kind](value, at)

    return check


def element(
    kind: str,
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    also: Check | None = None,
) -> tuple[str, Check]:
    """A named shape with its `type`, as an entry for `by_type`."""
    return kind, shape({"type": one_of(kind), **required}, optional, also)
