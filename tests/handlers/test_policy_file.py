"""A policy file that changes under a running bot: the new one holds, a broken one does not, and that is said loudly."""

import logging
import os
import threading
from pathlib import Path

import pytest

from connector.workspaces import WorkspaceKey
from handlers.policy import BadPolicy, PolicyFile
from handlers.policy.values import Who

TEXT = 'workspaces: {{"*": {{rules: [{{name: {0}, who: everyone, may: [read]}}]}}}}\n'


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(TEXT.format("first"))
    return path


def holds(file: PolicyFile) -> str:
    """The name of the one rule that holds."""
    (rule,) = file.current().rights(WorkspaceKey(None, "T1"), Who("U1")).rules
    return rule.name


def test_a_change_holds_after_a_second_at_most(path: Path, clock: Clock) -> None:
    file = PolicyFile(path, clock)
    path.write_text(TEXT.format("second"))
    clock.now += 0.9
    assert holds(file) == "first"
    clock.now += 0.2
    assert holds(file) == "second"
    assert not file.current().broken


def test_a_file_put_in_its_place_holds_even_when_it_looks_alike(path: Path, clock: Clock) -> None:
    # As a mounted ConfigMap does it: another file of the same size and time behind the same name.
    file = PolicyFile(path, clock)
    other = path.with_name("other.yaml")
    other.write_text(TEXT.format("other"))
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    clock.now += 2
    assert holds(file) == "other"


@pytest.mark.parametrize("text", ["workspaces: [", "", "workspaces: {T1: {}}", "\0"])
def test_a_broken_file_leaves_the_one_before_and_says_so(
    path: Path, clock: Clock, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = PolicyFile(path, clock)
    path.write_text(text)
    with caplog.at_level(logging.INFO, "handlers.policy"):
        for _ in range(3):
            clock.now += 2
            assert holds(file) == "first"
    assert file.current().broken.startswith("policy.yaml")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert file.current().broken in caplog.text
    path.write_text(TEXT.format("mended"))
    clock.now += 2
    assert holds(file) == "mended"
    assert not file.current().broken


def test_a_file_that_goes_away_leaves_what_was_in_it(path: Path, clock: Clock) -> None:
    file = PolicyFile(path, clock)
    path.unlink()
    clock.now += 2
    assert holds(file) == "first"
    assert "cannot be read" in file.current().broken
    path.write_text(TEXT.format("back"))
    clock.now += 2
    assert holds(file) == "back"


def test_a_bot_does_not_start_with_a_broken_file(path: Path) -> None:
    path.write_text("workspaces: [")
    with pytest.raises(BadPolicy):
        PolicyFile(path)


def test_many_threads_have_one_whole_policy_each(path: Path, clock: Clock) -> None:
    file = PolicyFile(path, clock)
    start = threading.Barrier(8)
    seen: list[str] = []

    def ask() -> None:
        start.wait(10)
        for _ in range(50):
            clock.now += 2
            seen.append(holds(file))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for at in range(20):
        path.with_suffix(".new").write_text(TEXT.format(f"n{at}"))
        path.with_suffix(".new").replace(path)
    for thread in threads:
        thread.join(10)
    assert len(seen) == 400
    clock.now += 2
    assert holds(file) == "n19"
    assert not file.current().broken
