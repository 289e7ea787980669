"""Rollouts as people see them: the bar, what keeps one, where to go on; and the revisions on their pages."""

from dataclasses import replace
from typing import Any

import pytest

from connector.objects import Ref
from connector.resources import KINDS, Health
from connector.resources.events import EventRow
from connector.rollouts import History, Progress, Revision, Rollout, SickPod, Stage
from handlers.blocks import following, rollout
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message, Rung
from handlers.command import Command
from tests.handlers.listing_parts import contexts, labels, whole
from tests.handlers.samples import (
    CONNECTION,
    HOSTILE,
    NOW,
    RUNGS,
    alive,
    command_of,
    dicts,
    mrkdwn,
    shown_rows,
)

REF = Ref(KINDS["deployments"].resource, "shop", "cart")
MOVING = Progress(Stage.MOVING, "2 of 5 pods are not updated yet", 5, 3, 2, 2)


def found(progress: Progress = MOVING, **changes: Any) -> Rollout:
    return replace(Rollout(REF, progress, "7", ("registry/cart:2",), (), 0, None, (), NOW), **changes)


def asked(action: str = "status", **more: Any) -> Command:
    command = Command("rollout", "deployments", ("cart",), namespace="shop", action=action)
    return command.replaced(connection=CONNECTION.id, owner="U0ADA00001").replaced(**more)


def shown(one: Rollout, command: Command | None = None, **more: Any) -> Message:
    message = rollout.status(one, CONNECTION, command or asked(), **more)
    assert message_faults(whole(message)) == []
    return message


@pytest.mark.parametrize(
    ("wanted", "updated", "available", "old", "stage", "bar"),
    [
        (5, 3, 2, 0, Stage.MOVING, "▰▰▰▰▰▰▱▱▱▱ 3 of 5 updated · 2 available"),
        (4, 2, 4, 2, Stage.MOVING, "▰▰▰▰▰▱▱▱▱▱ 2 of 4 updated · 4 available · 2 old"),
        (1, 1, 0, 0, Stage.STUCK, "▰▰▰▰▰▰▰▰▰▱ 1 of 1 updated · 0 available"),
        (4, 4, 4, 0, Stage.DONE, "▰▰▰▰▰▰▰▰▰▰ 4 of 4 updated · 4 available"),
        (0, 0, 0, 0, Stage.DONE, "▰▰▰▰▰▰▰▰▰▰ 0 of 0 updated · 0 available"),
        (0, 0, 0, 3, Stage.MOVING, "▱▱▱▱▱▱▱▱▱▱ 0 of 0 updated · 0 available · 3 old"),
        (3, 9, 9, 0, Stage.MOVING, "▰▰▰▰▰▰▰▰▰▱ 9 of 3 updated · 9 available"),
        (2000, 1500, 1500, 0, Stage.MOVING, "▰▰▰▰▰▰▰▱▱▱ 1,500 of 2,000 updated · 1,500 available"),
    ],
)
def test_the_bar_is_full_once_it_is_done_and_not_before(
    wanted: int, updated: int, available: int, old: int, stage: Stage, bar: str
) -> None:
    assert rollout.bar(Progress(stage, "", wanted, updated, available, old)) == bar


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (Stage.DONE, "🟢 rolled out"),
        (Stage.MOVING, "🟡 rolling out"),
        (Stage.STUCK, "🔴 stuck"),
        (Stage.WAITING, "⚪ waits for somebody"),
        (Stage.UNSEEN, "🟡 not begun"),
    ],
)
def test_each_stage_has_a_mark_and_a_word(stage: Stage, said: str) -> None:
    message = shown(found(replace(MOVING, stage=stage)))
    assert message.text == f"{said} · deployment `cart` in `shop`: 2 of 5 pods are not updated yet"
    assert message.blocks[1]["text"]["text"].startswith(f"*{said}* · deployment `cart` in `shop`\n▰")
    # What is over needs nobody to follow it.
    assert ("follow.rollout" in labels(message)) == (stage in (Stage.MOVING, Stage.UNSEEN))


def test_a_sick_pod_is_told_with_its_reason_and_its_logs() -> None:
    sick = SickPod("cart-1", "ImagePullBackOff", Health.BROKEN, "container `app` cannot get `x`")
    message = shown(found(sick=(sick,), unwell=3), asked(private=True))
    (block,) = (one for one in message.blocks if "accessory" in one)
    assert block["text"]["text"] == "🔴 ImagePullBackOff · pod `cart-1`\ncontainer `app` cannot get `x`"
    opened = command_of(message.blocks, "open.logs")
    assert (opened.verb, opened.kind, opened.words, opened.namespace) == ("logs", "pods", ("cart-1",), "shop")
    assert (opened.owner, opened.private) == ("", True)
    assert "2 more pods are not ready yet." in contexts(message)
    assert "1 pod is not ready yet." in contexts(shown(found(unwell=1)))


def test_the_newest_warning_and_what_was_not_read_are_told() -> None:
    event = EventRow(
        "replicaset/cart-7d9", "shop", "cart.1", "Warning", "FailedCreate", "", "", "exceeded quota", 3, NOW, NOW, NOW,
        Health.CHANGING,
    )  # fmt: skip
    said = contexts(shown(found(warning=event, missing=("pods: forbidden",))))
    assert said[0].startswith("🟡 Newest warning, <!date^")
    assert said[0].endswith(", 3 times: FailedCreate on `replicaset/cart-7d9`: exceeded quota")
    assert said[1] == "Not read: pods: forbidden."
    assert said[2].startswith("revision `7` · `registry/cart:2` · taken <!date^")


def test_a_paused_one_says_how_it_goes_on() -> None:
    waits = shown(found(replace(MOVING, stage=Stage.WAITING, paused=True)))
    line = "Whoever may change it lets it go on: `kubectl rollout resume deployment/cart -n shop`"
    assert line in contexts(waits)
    done = shown(found(replace(MOVING, stage=Stage.DONE, paused=True)))
    assert contexts(done)[0].startswith("It is paused, so that a change to it will wait. ")


def test_ways_on_leave_the_answer_standing_but_for_refresh() -> None:
    message = shown(found(), asked(follow=True))
    assert command_of(message.blocks, "refresh.rollout") == asked()
    assert command_of(message.blocks, "follow.rollout") == asked(follow=True, owner="")
    for action, verb in (("open.describe", "describe"), ("open.history", "rollout")):
        opened = command_of(message.blocks, action)
        assert (opened.verb, opened.words, opened.namespace, opened.owner) == (verb, ("cart",), "shop", "")


def test_a_followed_one_can_be_stopped_and_says_what_is_in_the_way() -> None:
    here = asked(follow=True, ref="0123abcd")
    message = rollout.watched(found(), CONNECTION, here, until=NOW + 300)
    assert message_faults(whole(message)) == []
    assert command_of(message.blocks, following.STOP) == here
    assert "refresh.rollout" not in labels(message)
    (status,) = (one for one in message.blocks if one.get("block_id") == following.STATUS)
    assert status["elements"][0]["text"].startswith("🟢 followed until <!date^")
    later = replace(found(), taken_at=NOW + 5)
    # What nothing has changed in is no reason to change the message.
    assert rollout.watched(later, CONNECTION, here, until=NOW + 300) == message
    trouble = rollout.watched(found(), CONNECTION, here, until=NOW + 300, trouble="`dev` does not answer")
    assert "🟡 `dev` does not answer, trying again" in str(trouble.blocks)


def revision(number: int, **changes: Any) -> Revision:
    images, changed = (f"registry/cart:{number}",), (f"app: {number - 1} → {number}",)
    one = Revision(number, f"cart-{number}", "", images, changed, 0, NOW, False)
    return replace(one, **changes)


def past(*revisions: Revision, missing: tuple[str, ...] = ()) -> History:
    return History(REF, revisions, missing, NOW)


def history(one: History, command: Command | None = None, rung: Rung = Rung.CHART) -> Message:
    message = rollout.history(one, CONNECTION, command or asked("history"), rung)
    assert message_faults(whole(message)) == []
    return message


def test_revisions_are_rows() -> None:
    message = history(
        past(
            revision(7, current=True, replicas=3, cause="helm upgrade"),
            revision(6, replicas=None, changes=()),
        )
    )
    created = "2026-11-23 07:03"
    assert shown_rows(message.blocks) == [
        ["7", "🟢 current", "helm upgrade", "app: 6 → 7", "registry/cart:7", "3", created],
        ["6", "-", "-", "-", "registry/cart:6", "-", created],
    ]
    assert message.text == "2 revisions of deployment `cart` in `shop` kept, the newest first"
    opened = command_of(message.blocks, "open.status")
    assert (opened.action, opened.words, opened.owner) == ("status", ("cart",), "")


def test_where_nothing_is_kept_that_is_said_with_the_reason() -> None:
    message = history(past(missing=("replica sets: forbidden",)))
    assert message.text == "Nothing is kept of earlier revisions of deployment `cart` in `shop`."
    assert "Not read: replica sets: forbidden." in contexts(message)


@pytest.mark.parametrize("rung", RUNGS)
def test_every_revision_is_on_some_page(rung: Rung) -> None:
    everything = past(*(revision(number) for number in range(250, 0, -1)))
    seen: set[str] = set()
    command: Command | None = asked("history")
    while command:
        message = history(everything, command, rung)
        texts = str([each.get("text") for each in dicts(message.blocks)])
        seen |= {
            f"cart:{number}'"
            for number in range(1, 251)
            if f"cart:{number}'" in texts or f"cart:{number} " in texts
        }
        command = command_of(message.blocks, "next.page") if "next.page" in labels(message) else None
    assert len(seen) == 250


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_comes_alive(name: str) -> None:
    event = EventRow(name, name, name, name, name, name, name, name, 1, NOW, NOW, NOW, Health.CHANGING)
    one = found(
        ref=replace(REF, name=name[:100], namespace=name[:60]),
        progress=replace(MOVING, said=name, paused=True, stage=Stage.WAITING),
        revision=name,
        images=(name,),
        sick=(SickPod(name[:200], name, Health.BROKEN, name),),
        unwell=9,
        warning=event,
        missing=(name,),
    )
    command = asked(words=(name[:200],), namespace="shop")
    kept = past(revision(1, cause=name, images=(name,), changes=(name,)), missing=(name,))
    for message in (
        shown(one, command),
        rollout.watched(one, CONNECTION, command, until=NOW, trouble=name),
        *(history(kept, command, rung) for rung in RUNGS),
    ):
        assert message_faults(whole(message)) == []
        assert [alive(text) for text in mrkdwn(message) if alive(text)] == []
