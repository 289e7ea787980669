"""Logs: shown, searched, sent as a file, and only to whom they are for."""

import re

import pytest

from playground.fleet.words import CANARY
from tests.scenarios.conftest import World
from tests.scenarios.logs_parts import CONNECT, buttons, code, pod
from tests.scenarios.test_policy import Write, written  # noqa: F401 - a fixture


@pytest.fixture
def staging(world: World) -> World:
    world.connect(world.ada, CONNECT)
    return world


def files(world: World) -> list[tuple[str, str]]:
    """Name and content of all files that were uploaded."""
    uploads = world.playground.slack.world.files.values()
    return [(one.file.name, (one.content or b"").decode()) for one in uploads]


def test_long_logs_are_a_file_and_the_last_lines(staging: World) -> None:
    name = pod(staging.playground, "running-two").name
    shown = staging.ask(staging.ada, f"/eks logs {name} --tail 120", lambda seen: bool(code(seen)))
    assert not shown.ephemeral
    file, text = files(staging)[-1]
    assert file == f"logs-{name}.txt"
    lines = text.splitlines()
    assert len(lines) == 120
    assert all(
        re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=", line) for line in lines if "{" not in line
    )
    last = code(shown)
    assert 5 < len(last) < 120
    assert [line.split(" ", 1)[1] for line in last] == [line.split(" ", 1)[1] for line in lines[-len(last) :]]
    said = str(shown.blocks)
    assert f"all of them: `logs-{name}.txt` in this channel" in said
    assert "other containers: `proxy`" in said
    assert "times below are UTC" in said
    everything = said + text + staging.bot.output
    assert CANARY not in everything
    # A refresh shows what is new, and sends no other file.
    staging.changed(
        staging.ada,
        shown,
        lambda: staging.ada.clicks(shown, "refresh.logs"),
        lambda seen: "As a file" in str(seen.blocks),
    )
    assert files(staging)[-1] == (file, text)


def test_where_slack_takes_no_file_the_last_lines_are_shown_all_the_same(staging: World) -> None:
    name = pod(staging.playground, "running-two").name
    staging.playground.slack.faults.rate_limit("files.getUploadURLExternal", times=5, retry_after=30)
    shown = staging.ask(staging.ada, f"/eks logs {name}")
    assert len(code(shown)) > 5
    assert "Slack did not take the file: `ratelimited`" in str(shown.blocks)


def test_short_logs_are_a_block_and_private_ones_stay_private(staging: World) -> None:
    name = pod(staging.playground, "running-two").name
    shown = staging.ask(staging.ada, f"/eks logs {name} --tail 5 --private")
    assert shown.ephemeral
    assert len(code(shown)) == 5
    assert "file" not in str(shown.blocks)
    before = len(files(staging))
    long = staging.ask(staging.ada, f"/eks logs {name} --private", lambda seen: bool(code(seen)))
    assert long.ephemeral
    assert len(files(staging)) == before + 1
    assert "in your messages with the bot" in str(long.blocks)
    assert any(message.files for message in staging.ada.sees(staging.ada.dm.name))
    assert not any(message.files and message.ts > shown.ts for message in staging.ada.sees("ops"))


def test_the_other_container_is_chosen_in_place(staging: World) -> None:
    name = pod(staging.playground, "running-two").name
    shown = staging.ask(staging.ada, f"/eks logs {name} --tail 5")
    other = staging.changed(
        staging.ada,
        shown,
        lambda: staging.ada.picks(shown, "choose.container", "proxy"),
        lambda seen: "`proxy` of pod" in str(seen.blocks),
    )
    assert "other containers: `app`" in str(other.blocks)
    assert code(other) != code(shown)


def test_a_wrong_container_is_answered_with_the_right_ones(staging: World) -> None:
    name = pod(staging.playground, "running-two").name
    refusal = staging.ask(staging.ada, f"/eks logs {name} -c zzz --tail 5")
    assert refusal.ephemeral
    assert "There are: `app`, `proxy`." in str(refusal.blocks)
    shown = staging.answer(staging.ada, lambda: staging.ada.clicks(refusal, "container.at1"))
    assert "`proxy` of pod" in str(shown.blocks)


def test_all_pods_of_a_deployment_are_merged(staging: World) -> None:
    shown = staging.ask(staging.ada, "/eks logs deploy/coredns --tail 12")
    lines = code(shown)
    assert len(lines) == 12
    assert [line[:8] for line in lines] == sorted(line[:8] for line in lines)
    assert len({line.split()[1] for line in lines}) == 2
    assert "2 pods of deployment `coredns` in `kube-system`" in str(shown.blocks)


def test_a_text_is_looked_for_and_counted(staging: World) -> None:
    name = pod(staging.playground, "running-two").name
    shown = staging.ask(staging.ada, f"/eks logs {name} --grep STATUS=502 --tail 3")
    assert re.search(r"\d+ of [\d,]+ lines hold `STATUS=502`, the last 3 of them", str(shown.blocks))
    found = code(shown)
    assert len(found) == 3
    assert all("status=502" in line for line in found)
    none = staging.ask(staging.ada, f"/eks logs {name} --grep {CANARY}")
    assert "None of" in str(none.blocks)
    everything = staging.changed(
        staging.ada, none, lambda: staging.ada.clicks(none, "all.logs"), lambda seen: bool(code(seen))
    )
    assert CANARY not in str(code(everything))


def test_the_run_before_is_one_click_away(staging: World) -> None:
    name = pod(staging.playground, "oom-then-running").name
    shown = staging.ask(staging.ada, f"/eks logs {name} --tail 5")
    before = staging.changed(
        staging.ada,
        shown,
        lambda: staging.ada.clicks(shown, "previous.logs"),
        lambda seen: "before the last restart" in str(seen.blocks),
    )
    assert "allocating batch" in code(before)[-1]
    assert "follow.logs" not in buttons(before)
    staging.changed(
        staging.ada,
        before,
        lambda: staging.ada.clicks(before, "current.logs"),
        lambda seen: "allocating batch" not in str(seen.blocks),
    )


@pytest.mark.parametrize(
    ("workload", "flags", "words"),
    [
        ("image-backoff", "", "waits to start: ImagePullBackOff"),
        ("running-two", "--previous", "was never restarted"),
        ("unschedulable", "", "is on no node yet"),
        ("completed", "--since 1s", "No line since 1s ago"),
    ],
)
def test_no_line_says_why(staging: World, workload: str, flags: str, words: str) -> None:
    shown = staging.ask(staging.ada, f"/eks logs {pod(staging.playground, workload).name} {flags}")
    assert code(shown) == []
    assert words in str(shown.blocks)
    assert "describe.owner" in buttons(shown)


def test_a_part_of_a_name_is_answered_with_whole_ones(staging: World) -> None:
    name = pod(staging.playground, "running-two").name
    refusal = staging.ask(staging.ada, "/eks logs running-two")
    assert refusal.ephemeral
    assert f"Did you mean `{name}`" in str(refusal.blocks)


def test_a_guest_reads_none(staging: World) -> None:
    name = pod(staging.playground, "running-two").name
    shown = staging.ask(staging.ada, f"/eks logs {name} --tail 5")
    refusal = staging.answer(staging.gus, lambda: staging.gus.clicks(shown, "refresh.logs"))
    assert refusal.ephemeral
    assert "Guests" in refusal.text


def test_a_person_reads_only_where_the_policy_lets_them(staging: World, written: Write) -> None:  # noqa: F811
    name = pod(staging.playground, "running-two").name
    written({"may": ["logs"], "namespaces": ["kube-*"]})
    assert code(staging.ask(staging.dev, "/eks logs deploy/coredns --tail 5"))
    for line in (f"/eks logs {name}", "/eks logs running-two"):
        refusal = staging.ask(staging.dev, line)
        assert "There is no pod" in refusal.text
        # Neither the name nor the namespace of what may not be seen is told.
        assert "chaos" not in str(refusal.blocks)
        assert name not in str(refusal.blocks).replace(line.split()[-1], "")
    refusal = staging.ask(staging.dev, f"/eks logs {name} -n chaos")
    assert "You may not see namespace `chaos`" in refusal.text


def test_who_may_look_may_not_read_logs_for_that(staging: World, written: Write) -> None:  # noqa: F811
    written({"may": ["read"]})
    assert "You may not read logs here" in staging.ask(staging.dev, "/eks logs deploy/coredns").text


def test_the_clusters_rbac_refuses_the_person(staging: World, written: Write) -> None:  # noqa: F811
    name = pod(staging.playground, "running-two").name
    written({"may": ["logs"], "impersonate": {"user": "slack:{user_id}", "groups": ["auditors"]}})
    refusal = staging.ask(staging.dev, f"/eks logs {name} -n chaos")
    assert "refused: get pods in the namespace `chaos`" in refusal.text
