"""Two hostile workspaces: each tries the other's ids, button values, forms and all on every handler there is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import handlers
from tests.scenarios.arena import Answer, Arena, arena
from tests.scenarios.transplants import (
    CLICKS,
    HANDLERS,
    INPUTS,
    OPTIONS,
    SHORTCUTS,
    SUBMITS,
    addressed_to,
    hostile,
    leaves,
)
from tests.scenarios.two_workspaces import Day, handler_of, lived

# Handlers that leave no line: a choice in a form comes along when it is sent, and a look-up is none.
_SILENT = ("options ", "click choose.region", "click choose.profile", "click choose.cluster")
# What one process alone remembers to have done, as doing it twice does no harm.
_REMEMBERED = ("click dismiss.question", "click toggle.role", "click choose.sign_in", "click stop.following")
# A try is a real payload with a few places changed; making one that fails smaller would take minutes.
_settings = settings(
    deadline=None,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _is_corrected(answer: Answer) -> bool:
    """Whether a form was sent back for what stands in it, before anybody asked who sent it."""
    return '"errors"' in answer.ack


@pytest.fixture(scope="module")
def day() -> Iterator[Day]:
    with lived() as day:
        yield day


@pytest.fixture(scope="module", params=["globex", "akme"])
def between(request: pytest.FixtureRequest, day: Day) -> Iterator[Arena]:
    with arena(day, request.param) as between:
        yield between


def test_every_handler_that_was_met_is_among_those_that_are_tried(day: Day) -> None:
    for side in (day.akme, day.globex):
        sent = [leaf for answer in side.answers for leaf in leaves(answer)]
        met = {value for way, value in sent if way and way[-1] == "action_id"}
        clicked = {one for one in met if not one.startswith("type.") and one not in INPUTS}
        assert {re.sub(r"\d+$", "0", one) for one in clicked} <= set(CLICKS)
        shown = {value for way, value in sent if way and way[-1] == "callback_id"}
        assert shown - {"show.lookup", "show.outcome"} == set(SUBMITS)
        assert {name for name in side.payloads if name.startswith("options")} <= set(HANDLERS)


def test_every_id_that_the_bot_may_give_is_among_those_that_are_tried() -> None:
    told = _constants()
    # Methods of Slack's, parts of messages, views that are only shown, and what is typed into a form.
    no_clicks = {"following.status", "following.stop", "show.lookup", "show.outcome"}
    no_clicks |= {
        one for one in told if one.startswith(("chat.", "type.", "usergroups.", "users.", "views."))
    }
    clicks = {one.rstrip("0") for one in CLICKS}
    assert told - {*clicks, *SUBMITS, *OPTIONS, *INPUTS, *SHORTCUTS} - no_clicks - {"container.at"} == set()
    begun = {one for one in _constants(begun=True) if not any(click.startswith(one) for click in clicks)}
    assert begun == set()


def _constants(*, begun: bool = False) -> set[str]:
    """What looks like an id in the code of the handlers; with `begun` the beginnings of those that are put together."""
    found = set()
    for path in Path(handlers.__file__).parent.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        if begun:
            nodes = [node.values[0] for node in nodes if isinstance(node, ast.JoinedStr) and node.values]
        texts = {
            node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        found |= {
            text for text in texts if re.fullmatch(r"[a-z]+\.[a-z_]*" if begun else r"[a-z]+\.[a-z_]+", text)
        }
    return found


def test_the_victim_has_something_to_lose(between: Arena) -> None:
    kept = between.kept()
    assert between.changed() == []
    assert len(kept.pop("credentials")) == between.victim.plan.by_keys
    # What was followed has ended with the day.
    assert kept.pop("follows") == []
    assert all(kept.values())
    assert len(kept["audit"]) > 30
    assert all(asked for _, asked in kept["clusters"])
    assert len(between.secrets) > 200


@pytest.mark.parametrize("handler", HANDLERS)
@given(data=st.data())
@settings(_settings, max_examples=3)
def test_what_is_another_workspaces_is_not_there(between: Arena, handler: str, data: st.DataObject) -> None:
    attempt = data.draw(hostile(handler, between.attacker, between.victim, between.loot))
    answer, unknowing = between.tries(attempt.payload)
    assert answer == unknowing
    assert answer.teams <= {between.attacker.team.id}
    assert {team for team, *_ in answer.trail} <= {between.attacker.team.id}
    assert between.seen(answer, attempt.payload) == set()
    assert between.changed() == []
    if attempt.plain:
        assert answer.status == 200
        assert len(answer.trail) == (not handler.startswith(_SILENT) and not _is_corrected(answer))


@pytest.mark.parametrize("handler", HANDLERS)
@given(data=st.data())
@settings(_settings, max_examples=2)
def test_somebody_of_another_workspace_is_refused_whatever_they_send(
    between: Arena, handler: str, data: st.DataObject
) -> None:
    attempt = data.draw(hostile(handler, between.attacker, between.victim, between.loot))
    payload = addressed_to(between.victim, attempt.payload)
    answer = between.stranger(payload)
    assert between.seen(answer, payload) == set()
    assert between.changed(but=("audit", "claims")) == []
    people = {between.attacker.admin.id, between.attacker.member.id}
    for team, _, user, verb, *_, outcome in answer.trail:
        # It is the victim's app that was asked, so the victim's trail says who tried.
        assert team == between.victim.team.id
        assert user in people
        # A message of their own may be put away, or what they follow themselves be ended; what makes no command
        # is refused before anybody asks who it is from.
        assert verb in ("dismiss", "stop") or outcome in ("NotAllowed", "Usage", "Failure")
    if attempt.plain and not handler.startswith(_SILENT) and not _is_corrected(answer):
        assert len(answer.trail) == 1


def test_what_another_workspace_has_sent_does_nothing_when_it_comes_again(between: Arena) -> None:
    sent = [each for many in between.victim.payloads.values() for each in many if "trigger_id" in each]
    # A Home tab may be drawn twice.
    sent = [each for each in sent if handler_of(each) != "click home.refresh"]
    assert len(sent) > 30
    between.restore()
    lines = len(between.both.rows("audit", between.victim.team.id)) + len(_REMEMBERED)
    for payload in sent:
        # What may be done twice is remembered by the process that did it, everything else by all of them.
        for _ in range(1 + (handler_of(payload) in _REMEMBERED)):
            answer = between.both.gives(payload)
        assert (answer.status, answer.sent, answer.trail) == (200, [], [])
    assert between.changed(but=["audit"]) == []
    assert len(between.both.rows("audit", between.victim.team.id)) == lines


def test_an_id_that_one_workspace_has_used_is_still_good_for_the_other(between: Arena) -> None:
    mine, theirs = between.attacker, between.victim
    between.restore()
    for side, team in ((mine, mine.team.id), (theirs, theirs.team.id)):
        payload = side.payloads["command whoami"][0] | {"trigger_id": f"1.2.{mine.plan.domain}"}
        answer = between.both.gives(payload)
        assert [line[0] for line in answer.trail] == [team]
        assert len(answer.sent) == 1
