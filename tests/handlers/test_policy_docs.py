"""docs/policy.md says what is so: each file in it is read, each command in it gives what stands there."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
from connector.workspaces import WorkspaceKey
from handlers.access import NEEDS
from handlers.policy import Policy
from handlers.policy.values import VERBS, Limits

DOCS = Path(__file__).parent.parent.parent / "docs" / "policy.md"
TEXT = DOCS.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
FILES = [text for kind, text in BLOCKS if kind == "yaml" and text.startswith("workspaces:")]

PARTS = (
    "ask",
    "rules",
    "name",
    "who",
    "may",
    "clusters",
    "namespaces",
    "impersonate",
    "users",
    "groups",
    "channels",
)


def sessions() -> list[tuple[str, str]]:
    """Each command with the file that stands before it."""
    found, file = [], ""
    for kind, text in BLOCKS:
        if kind == "yaml" and text.startswith("workspaces:"):
            file = text
        elif kind == "console":
            found.append((file, text))
    return found


@pytest.mark.parametrize("text", FILES)
def test_each_file_is_read(text: str) -> None:
    assert Policy.from_text(text, "policy.md").workspaces


def test_there_are_some() -> None:
    assert len(FILES) >= 2
    assert len(sessions()) >= 6
    for kind, text in BLOCKS:
        assert kind in ("yaml", "console")
        if kind == "yaml":
            yaml.safe_load(text)


@pytest.mark.parametrize(("file", "session"), sessions())
def test_each_command_gives_what_stands_there(
    file: str, session: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "policy.yaml").write_text(file, encoding="utf-8")
    broken = (
        "workspaces:\n  T1:\n    rules:\n      - name: on-call\n        who: everyone\n        may: [raed]\n"
    )
    (tmp_path / "broken.yaml").write_text(broken, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    command, _, said = session.partition("\n")
    words = shlex.split(command)
    assert words[:2] == ["$", "eks-chatops"]
    result = CliRunner().invoke(main, words[2:], env={"EKS_CHATOPS_POLICY": "policy.yaml"})
    assert result.output == said


def test_every_verb_command_and_part_is_written_about() -> None:
    for word in (*VERBS, *Limits.__dataclass_fields__, *PARTS):
        assert f"`{word}`" in TEXT
    for command, verb in NEEDS.items():
        assert f"/eks {'pods' if command == 'get' else command}" in TEXT
        if verb:
            (line,) = [line for line in TEXT.splitlines() if line.startswith(f"| `{verb}` |")]
            assert f"/eks {'pods' if command == 'get' else command}" in line


def test_the_entry_that_decides_is_as_written() -> None:
    policy = Policy.from_text(
        'workspaces: {T1: {rules: []}, E1: {rules: []}, "*": {rules: []}}', "policy.yaml"
    )
    for key, entry in (("T1", "T1"), ("T2", "E1"), (None, "E1")):
        assert policy.workspace(WorkspaceKey("E1", key)) is policy.workspaces[entry]
    assert policy.workspace(WorkspaceKey("E2", "T2")) is policy.workspaces["*"]
