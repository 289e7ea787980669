"""docs/operate.md is whole: every setting, metric, log line, table and part of the Slack app stands in it."""

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml
from sqlalchemy import delete, insert, inspect, select

from bot.database import Database
from bot.manifest import manifest
from handlers.defaults import CHANNEL_DEFAULTS
from handlers.trail import AUDIT, Entry
from tests.deploy.facts import ROOT, log_lines, outcomes, series, variables
from tests.deploy.rendered import overlay
from tests.deploy.test_manifests import NEWEST
from tests.deploy.test_pod_security import breaches

RAW = (ROOT / "docs/operate.md").read_text()
OPERATE = " ".join(RAW.split())


LINES = sorted(set(log_lines()))


@pytest.mark.parametrize("line", LINES)
def test_each_log_line_is_explained(line: str) -> None:
    assert f"`{line}`" in OPERATE


def test_the_log_lines_are_found() -> None:
    assert "connected to Slack over Socket Mode" in LINES
    assert "ref=… team=… user=… verb=… failed: …: …" in LINES


# What the client library adds to each: when it was made.
METRICS = {re.sub(r"_(bucket|count|sum)$", "", name) for name in series() if not name.endswith("_created")}


@pytest.mark.parametrize("name", sorted(METRICS))
def test_each_metric_is_explained(name: str) -> None:
    assert f"| `{name}` |" in OPERATE


@pytest.mark.parametrize("name", sorted(outcomes()))
def test_each_outcome_is_explained(name: str) -> None:
    assert f"| `{name}` |" in OPERATE


@pytest.mark.parametrize("name", sorted(variables()))
def test_each_variable_is_explained(name: str) -> None:
    assert f"`{name}`" in OPERATE


@pytest.mark.parametrize(
    "name", sorted({column.name for column in AUDIT.c} | {field.name for field in fields(Entry)})
)
def test_each_field_of_the_trail_is_explained(name: str) -> None:
    assert f"| `{name}` |" in OPERATE


SLACK = manifest()


@pytest.mark.parametrize(
    "part",
    [
        *(f"scope `{name}`" for name in SLACK["oauth_config"]["scopes"]["bot"]),
        *(f"event `{name}`" for name in SLACK["settings"]["event_subscriptions"]["bot_events"]),
        *(
            f"shortcut `{shortcut['callback_id']}` (“{shortcut['name']}”)"
            for shortcut in SLACK["features"]["shortcuts"]
        ),
    ],
)
def test_what_is_lost_without_each_part_of_the_slack_app_is_said(part: str) -> None:
    assert f"| {part} |" in OPERATE


def test_each_table_is_in_what_there_is_to_lose(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/state.db")
    database.migrate()
    tables = set(inspect(database.engine).get_table_names())
    database.close()
    told = re.findall(
        r"^\| (`[\w`, ]+`) \|", RAW.partition("## Back-up")[2].partition("## Restore")[0], re.MULTILINE
    )
    assert {name for row in told for name in re.findall(r"`(\w+)`", row)} == tables


@pytest.mark.parametrize("place", sorted(set(re.findall(r"\]\(#([\w-]+)\)", RAW))))
def test_each_link_leads_somewhere(place: str) -> None:
    headings = re.findall(r"^#+ (.+)$", RAW, re.MULTILINE)
    assert place in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


ROW = {
    "enterprise_id": "",
    "team_id": "T024BE7LD",
    "channel": "C024BE91L",
    "connection": "eu-west-1_prod-payments",
    "namespace": "payments",
    "set_by": "U024BE7LH",
    "set_at": 1.0,
}


def snippets() -> list[str]:
    """The programs that are given to a Python in the container."""
    return re.findall(r"python -c '\n(.*?)' (?:<|>) state.db", RAW.replace("\n   ", "\n"), re.DOTALL)


def test_a_copy_taken_while_the_bot_runs_can_be_put_back(tmp_path: Path) -> None:
    take, put = snippets()
    folder = tmp_path / "eks-chatops"
    folder.mkdir()
    running = Database.open(f"sqlite:///{folder}/state.db")
    running.migrate()
    with running.engine.begin() as connection:
        connection.execute(insert(CHANNEL_DEFAULTS).values(**ROW))
    copy = subprocess.run(here(take, tmp_path), capture_output=True, check=True, timeout=60).stdout
    with running.engine.begin() as connection:
        connection.execute(delete(CHANNEL_DEFAULTS))
    running.close()
    subprocess.run(here(put, tmp_path), input=copy, check=True, timeout=60)
    assert (folder / "state.db").stat().st_mode & 0o777 == 0o600
    restored = Database.open(f"sqlite:///{folder}/state.db")
    with restored.engine.connect() as connection:
        assert [dict(row) for row in connection.execute(select(CHANNEL_DEFAULTS)).mappings()] == [ROW]
    restored.close()


def here(program: str, folder: Path) -> list[str]:
    assert "/var/lib/eks-chatops/" in program
    return [sys.executable, "-c", program.replace("/var/lib/eks-chatops", str(folder))]


def test_the_pod_that_restores_may_run_in_the_namespace() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", RAW, re.DOTALL)
    pod = yaml.safe_load(text)
    kubernetes_validate.validate(pod, NEWEST, strict=True)
    assert list(breaches(pod["spec"])) == []
    deployed = overlay("socket-mode")
    assert pod["spec"]["containers"][0]["image"] == deployed.bot["image"]
    mount = next(one for one in deployed.bot["volumeMounts"] if one["name"] == "state")
    assert pod["spec"]["containers"][0]["volumeMounts"] == [mount]
    for name in ("runAsUser", "fsGroup"):
        assert pod["spec"]["securityContext"][name] == deployed.pod["spec"]["securityContext"][name]
