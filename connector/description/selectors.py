"""Label selectors, from the forms they have in objects to the one that the API and `kubectl -l` take."""

import msgspec

from connector.description.fields import Json, pairs
from connector.resources.workload import NONE, Selector


def selector(value: Json) -> str:
    """Of a workload's selector; "" for one that is not formed like one, or selects nothing."""
    try:
        shown = msgspec.convert(value, Selector).shown
    except (msgspec.ValidationError, TypeError):
        return ""
    return "" if shown == NONE else shown


def either(value: Json) -> str:
    """Of whichever form a selector has."""
    workload = isinstance(value, dict) and ("matchLabels" in value or "matchExpressions" in value)
    return selector(value) if workload else plain(value)


def plain(labels: Json) -> str:
    """Of a service's selector, which is labels alone."""
    return ",".join(f"{key}={value}" for key, value in pairs(labels).items())
