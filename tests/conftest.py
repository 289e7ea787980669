"""What all tests share: properties are not timed, because machines are shared and noisy; and who runs them."""

import gc
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# A world of the scenarios is on one of the transports; what two workspaces try goes in one of two directions.
_APART = ("socket", "http", "akme", "globex")


class Units(LoadScopeScheduling):  # type: ignore[misc]
    """A file's tests stay with one worker, which starts what they share once; the browser's files stay together.

    Workers take the files in their order, so that none comes back to a room: moto's state is the process's, and what
    resets it must not meet another room that uses it. xdist's own groups go by marks that it writes into an attribute
    which pytest does not read any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        path, _, test = nodeid.partition("::")
        if path.startswith("tests/browser/"):
            return "tests/browser"
        first = test.partition("[")[2].removesuffix("]").partition("-")[0]
        return f"{path} {first}" if first in _APART and "/scenarios/" in path else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Units:
    # In the order below, and not those with the most tests first.
    config.option.loadscopereorder = False
    return Units(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The longest first, so that none of them is left for the end.
    items.sort(key=lambda item: "scenarios" not in item.path.parts)


def pytest_collection_finish() -> None:
    # Thousands of tests stay to the end. To look through them all, again and again, stops every thread of the process
    # for half a second and more, servers of the playground and whoever has three seconds to answer them.
    gc.collect()
    gc.freeze()
