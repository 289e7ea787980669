"""What all tests share: properties are not timed, because machines are shared and noisy; and who runs them."""

import zlib
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_HERE = Path(__file__).parent


# So many worlds of the scenarios are started for each transport.
_SHARDS = 3


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A package's tests stay with one worker, which starts what they share once.

    moto's state is the process's, so what resets it must not meet another package that uses it. The scenarios are many
    and mostly wait: those of a transport go to a few workers, each with a world of its own.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    # The longest first, so that none of them is left for the end.
    items.sort(key=lambda item: item.path.relative_to(_HERE).parts[0] != "scenarios")


def _group(item: pytest.Item) -> str:
    package, *rest = item.path.relative_to(_HERE).parts
    if package != "scenarios":
        return package
    case = getattr(item, "callspec", None)
    transport = case.params.get("running") if case else None
    name = "/".join(rest)
    # A number that is the same in all workers, as hash() of a text is not.
    return (
        f"{package}/{transport}/{zlib.crc32(name.encode()) % _SHARDS}" if transport else f"{package}/{name}"
    )
