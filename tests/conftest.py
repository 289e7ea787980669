"""What all tests share: properties are not timed, because machines are shared and noisy; and who runs them."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A package's tests stay with one worker, which starts what they share once; the scenarios, long ones, go by file.

    moto's state is the process's, so what resets it must not meet another package that uses it.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    # The longest first, so that none of them is left for the end.
    items.sort(key=lambda item: item.path.relative_to(_HERE).parts[0] != "scenarios")


def _group(item: pytest.Item) -> str:
    package, *rest = item.path.relative_to(_HERE).parts
    if package != "scenarios":
        return package
    # What two workspaces try with each other is the longest of all: each direction goes by itself.
    case = getattr(item, "callspec", None)
    direction = case.params.get("between", "") if case else ""
    return "/".join([package, *rest, str(direction)])
