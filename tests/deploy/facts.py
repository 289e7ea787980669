"""What there is to be configured, watched and explained, asked of the bot itself."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping

import pytest
from prometheus_client.parser import text_string_to_metric_families

import bot
import connector
import handlers
from bot.metrics import Metrics
from bot.settings import BadSettings, Settings
from connector.errors import Failure
from connector.lanes import Lanes
from connector.workspaces import WorkspaceKey
from handlers.access import Caller
from handlers.trail import Outcome
from tests.deploy.rendered import DEPLOY

ROOT = DEPLOY.parent
ROOMS = (bot, handlers, connector)
_LEVELS = {"log", "info", "warning", "error", "exception", "critical"}


class _Asked(Mapping[str, str]):
    """An environment that remembers which variables were asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("settings are read by name")

    def __len__(self) -> int:
        return 0


def variables() -> set[str]:
    """Every variable that the settings are made from."""
    asked = _Asked()
    with pytest.raises(BadSettings):
        Settings.from_environment(asked)
    return asked.names


def series() -> dict[str, set[str]]:
    """Every series that Prometheus is shown, with the labels it has."""
    metrics = Metrics()
    metrics.watch(lambda: {"running": 0, "waiting": 0})
    metrics.watch_pool("front", Lanes())
    metrics.watch_state(
        connections=lambda: 0,
        database_up=lambda: True,
        policy_broken=lambda: False,
        trail_waiting=lambda: 0,
        watching=lambda: {"watches": 0, "rows": 0},
    )
    metrics.arrived("new")
    metrics.acked(0.1)
    caller = Caller(WorkspaceKey(None, "T1"), "U1", "T1", "C1")
    metrics.ended(Outcome(caller, "pods", "ok", 0.1, "7f3a91c2"))
    metrics.called("aws:eks", "ListClusters", "ok", 0.1)
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(metrics.exposition().decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def outcomes() -> set[str]:
    """The name of every error that a command may end with."""
    for room in ROOMS:
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            # Alembic alone runs its environment.
            if module.name not in ("bot.__main__", "bot.migrations.env"):
                importlib.import_module(module.name)
    return set(_below(Failure))


def _below(of: type[Failure]) -> Iterator[str]:
    if of.__module__.partition(".")[0] in {room.__name__ for room in ROOMS}:
        yield of.__name__
    for one in of.__subclasses__():
        yield from _below(one)


def log_lines() -> Iterator[str]:
    """Every line that the bot may log; what is filled in is an ellipsis."""
    for path in sorted(path for room in ROOMS for path in (ROOT / room.__name__).rglob("*.py")):
        tree = ast.parse(path.read_text())
        named = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                whose, level = node.func.value, node.func.attr
                if level in _LEVELS and isinstance(whose, ast.Name) and whose.id.lower().strip("_") == "log":
                    said = node.args[1 if level == "log" else 0]
                    text = named[said.id] if isinstance(said, ast.Name) else said
                    assert isinstance(text, ast.Constant), f"{path}:{node.lineno}: nobody can quote this line"
                    yield re.sub(r"%[sdr]", "…", str(text.value))
