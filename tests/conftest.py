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
        package, *rest = item.path.relative_to(_HERE).parts
        group = "/".join([package, *rest]) if package == "scenarios" else package
        item.add_marker(pytest.mark.xdist_group(group))
    # The longest first, so that none of them is left for the end.
    items.sort(key=lambda item: item.path.relative_to(_HERE).parts[0] != "scenarios")
