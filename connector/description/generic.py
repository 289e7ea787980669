"""Any kind that has no rules of its own here, custom ones too: all that it says, each with its path."""

from itertools import islice

from connector.description.facts import anything
from connector.description.fields import Json, leaves, part
from connector.description.selectors import selector
from connector.description.told import Further, Told
from connector.description.values import Fact

MOST_FACTS = 60
_DEEPEST = 5
_TOLD_ELSEWHERE = {"apiVersion", "kind", "metadata"}
_NEVER = {"conditions", "managedFields"}


def tell(obj: Json, _further: Further, _now: float) -> Told:
    """Its scalars, spec and status and whatever else is there, to a depth and a number that a person can read."""
    found = [
        (path, value)
        for key, top in (obj.items() if isinstance(obj, dict) else ())
        if key not in _TOLD_ELSEWHERE
        for path, value in leaves(_without(top), key, _DEEPEST)
    ]
    facts: list[Fact] = []
    for path, value in islice(found, MOST_FACTS):
        facts += anything(path, value)
    left = len(found) - MOST_FACTS
    return Told(
        facts=tuple(facts),
        selector=selector(part(obj, "spec", "selector")) or selector(part(obj, "spec", "podSelector")),
        notes=(f"{left} more fields: see its YAML",) if left > 0 else (),
    )


def _without(value: object) -> object:
    if isinstance(value, dict):
        return {key: one for key, one in value.items() if key not in _NEVER}
    return value
