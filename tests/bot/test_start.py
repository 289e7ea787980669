"""A start imports what it needs, and not what comes later or never: that would be most of its time."""

import subprocess
import sys

import pytest

# What only some bots need, or none of them at the start.
LATER = (
    "alembic",
    "psycopg",
    "redis",
    "flask",
    "cheroot",
    "kubernetes",
    "slack_sdk.oauth.installation_store.sqlalchemy",
)


@pytest.fixture(scope="module")
def imported() -> set[str]:
    program = "import sys, bot.run; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", LATER)
def test_what_comes_later_is_not_imported_at_the_start(imported: set[str], name: str) -> None:
    assert "slack_bolt" in imported
    assert name not in imported


def test_what_a_cluster_takes_is_there_once_it_was_loaded() -> None:
    program = "import sys; from connector import kube; kube.load(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert {"kubernetes.client", "connector.client"} <= set(done.stdout.split())
