"""The container's lock: what the bot imports, by hash, in the versions that the tests ran with, and nothing else."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deploy.rendered import DEPLOY

ROOT = DEPLOY.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@dataclass(frozen=True)
class Pin:
    version: str
    hashes: frozenset[str]
    marker: str


def pins(path: Path) -> dict[str, Pin]:
    """The packages of a lock, by name; fails on a line that is neither a pin nor a comment."""
    text = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("#"))
    found: dict[str, Pin] = {}
    for line in text.replace("\\\n", " ").splitlines():
        parts = re.fullmatch(r"([\w.-]+)==([\w.+!]+)( ; [^\n]*?)?((?: +--hash=sha256:[0-9a-f]{64})+) *", line)
        assert parts, line
        hashes = re.findall(r"sha256:[0-9a-f]{64}", parts[4])
        found[canonicalize_name(parts[1])] = Pin(parts[2], frozenset(hashes), parts[3] or "")
    return found


EVERYTHING = pins(ROOT / "requirements.lock")
CONTAINER = pins(DEPLOY / "requirements.lock")
BUILD = pins(DEPLOY / "build.lock")


def needed(requirements: list[str]) -> set[str]:
    """The names that these bring onto this machine, by what the installed packages say they need."""
    waiting = [Requirement(one) for one in requirements]
    found: set[tuple[str, str]] = set()
    while waiting:
        one = waiting.pop()
        for extra in ("", *one.extras):
            key = (canonicalize_name(one.name), extra)
            if key in found:
                continue
            found.add(key)
            for text in metadata.requires(one.name) or []:
                further = Requirement(text)
                if further.marker is None or further.marker.evaluate({"extra": extra}):
                    waiting.append(further)
    return {name for name, _ in found}


def test_the_container_runs_what_the_tests_ran_with() -> None:
    for name, pin in CONTAINER.items():
        assert pin.version == EVERYTHING[name].version, name
        assert pin.hashes == EVERYTHING[name].hashes, name


def test_it_holds_what_the_bot_needs_and_nothing_else() -> None:
    wanted = needed(PROJECT["project"]["dependencies"])
    assert wanted <= set(CONTAINER)
    # What has a marker may be for another machine than this one.
    assert {name for name, pin in CONTAINER.items() if not pin.marker} <= wanted


def test_nothing_of_development_and_of_the_demo_is_in_it() -> None:
    assert {"pytest", "mypy", "moto", "trustme", "playwright"} <= set(EVERYTHING)
    assert not {"pytest", "mypy", "moto", "trustme", "playwright"} & set(CONTAINER)


def test_what_builds_the_wheel_is_locked_too() -> None:
    wanted = {
        canonicalize_name(Requirement(one).name): Requirement(one)
        for one in PROJECT["build-system"]["requires"]
    }
    assert set(BUILD) == set(wanted)
    for name, requirement in wanted.items():
        assert requirement.specifier.contains(BUILD[name].version)


def test_no_lock_names_an_address() -> None:
    for path in (ROOT / "requirements.lock", DEPLOY / "requirements.lock", DEPLOY / "build.lock"):
        assert "://" not in path.read_text()
        assert "--index-url" not in path.read_text()


def test_the_project_declares_all_that_the_bot_imports() -> None:
    # boto3 is botocore with a door in front, in one version each.
    homes = {**metadata.packages_distributions(), "botocore": ["boto3"]}
    ours = {"bot", "connector", "handlers", "playground"}
    declared = {canonicalize_name(Requirement(one).name) for one in PROJECT["project"]["dependencies"]}
    for path in sorted(
        path for room in ("bot", "connector", "handlers") for path in (ROOT / room).rglob("*.py")
    ):
        for module in imported(path) - ours - sys.stdlib_module_names:
            homes_of = {canonicalize_name(name) for name in homes[module]}
            assert homes_of & declared, f"{path.relative_to(ROOT)} imports {module}"


# Imports every module of the bot, where nothing can be imported that is not in the container.
_ALONE = """
import importlib, json, pkgutil, sys
class Absent:
    names = set(json.loads(sys.argv[1]))
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
for room in ("bot", "connector", "handlers"):
    for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
        if module.name not in ("bot.__main__", "bot.migrations.env"):
            importlib.import_module(module.name)
"""


def test_the_bot_can_be_imported_with_nothing_else_installed() -> None:
    absent = [
        module
        for module, homes in metadata.packages_distributions().items()
        if not {canonicalize_name(home) for home in homes} & {*CONTAINER, "eks-chatops"}
    ]
    assert {"pytest", "moto"} <= set(absent)
    ran = subprocess.run(
        [sys.executable, "-c", _ALONE, json.dumps(absent)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr


def imported(path: Path) -> set[str]:
    """The top-level packages that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found
