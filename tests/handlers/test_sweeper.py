"""Somebody whose answer died with its process hears of it once, where they asked, and with a way on."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from slack_sdk import WebClient
from sqlalchemy import Engine, func, insert, select, update

from connector.errors import StateAway
from connector.workspaces import WorkspaceKey
from handlers.blocks.limits import view_faults
from handlers.claims import CLAIMS, LOST_SECONDS, REMEMBERED_SECONDS, Claim, Claims, Road
from handlers.command import Command
from handlers.snapshots import KEPT_SECONDS, LIST_SNAPSHOTS
from handlers.sweeper import Interrupted, Sweeper
from handlers.trail import AUDIT, Asked
from tests.databases import Postgres, opened
from tests.handlers.desk_parts import KEY, PODS, SEAL, WAIT, Office
from tests.handlers.samples import alive, buttons, dicts
from tests.handlers.slack_server import Answer, SlackServer


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Survivor:
    """A process that looks after the others, on a clock of the test's own."""

    office: Office
    clock: Clock
    sweeper: Sweeper

    @classmethod
    def of(
        cls,
        server: SlackServer,
        engine: Engine,
        slack_of: Callable[[WorkspaceKey], WebClient | None] | None = None,
        every: float = 5.0,
    ) -> "Survivor":
        clock = Clock()
        office = Office(server, engine, replica="survivor", clock=clock)
        tokens = slack_of or (lambda _key: server.client)
        sweeper = Sweeper(office.desk, office.claims, office.trail, tokens, every)
        return cls(office, clock, sweeper)

    def sweep(self) -> None:
        """Looks until whoever is silent now is known to be."""
        self.sweeper.sweep()
        self.clock.now += LOST_SECONDS
        self.sweeper.sweep()

    def told(self) -> None:
        """Waits until everybody was told."""
        self.sweeper.stop(WAIT)


@pytest.fixture
def survivor(server: SlackServer, engine: Engine) -> Iterator[Survivor]:
    made = Survivor.of(server, engine)
    yield made
    made.sweeper.stop(5)


def die(
    engine: Engine, road: Road, ref: str = "7f3a91c2", delivery: str = "1.2.abc", verb: str = "pods"
) -> None:
    """A process takes a claim and is never heard of again."""
    assert Claims(engine, SEAL, "dead").take(Claim(KEY, delivery, ref, verb, road))


def road(server: SlackServer, command: Command | None = PODS, view_id: str = "") -> Road:
    return Road("C1", "U1", server.response_url, view_id, command.encoded() if command else "")


def test_who_waits_is_told_once_and_can_try_again(
    survivor: Survivor, server: SlackServer, engine: Engine
) -> None:
    die(engine, road(server))
    survivor.sweep()
    survivor.sweep()
    survivor.told()
    (body,) = server.asked("respond")
    assert body["response_type"] == "ephemeral"
    assert body["text"] == "The bot was restarted while it worked on this."
    assert "You asked for `/eks pods`." in str(body["blocks"])
    assert "ref 7f3a91c2" in str(body["blocks"])
    assert buttons(body["blocks"]) == {"try.again": PODS.encoded()}
    assert survivor.office.outcomes.wait_for(1) == ["Interrupted"]


def test_who_asked_in_a_thread_is_told_there(survivor: Survivor, server: SlackServer, engine: Engine) -> None:
    die(engine, replace(road(server), thread="1.1"))
    survivor.sweep()
    survivor.told()
    (body,) = server.asked("respond")
    assert body["thread_ts"] == "1.1"


def test_the_progress_that_stands_in_the_channel_is_taken_away(
    survivor: Survivor, server: SlackServer, engine: Engine
) -> None:
    die(engine, replace(road(server), progress="17.5"))
    survivor.sweep()
    survivor.told()
    assert server.asked("chat.delete") == [{"channel": "C1", "ts": "17.5"}]
    assert len(server.asked("respond")) == 1


def test_of_several_processes_one_tells(server: SlackServer, engine: Engine) -> None:
    die(engine, road(server))
    others = [Survivor.of(server, engine) for _ in range(3)]
    threads = [threading.Thread(target=other.sweep) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    for other in others:
        other.told()
    assert len(server.asked("respond")) == 1
    assert sum(len(other.office.outcomes.ended) for other in others) == 1


@pytest.mark.parametrize("verb", ["connect", "disconnect"])
def test_what_may_have_been_done_is_to_be_looked_at_first(
    survivor: Survivor, server: SlackServer, engine: Engine, verb: str
) -> None:
    die(engine, road(server, Command(verb, words=("prod",) if verb == "connect" else ())), verb=verb)
    survivor.sweep()
    survivor.told()
    (body,) = server.asked("respond")
    assert "It may have been done: look with `/eks connections`" in str(body["blocks"])


def test_a_modal_left_at_signing_in_says_it(survivor: Survivor, server: SlackServer, engine: Engine) -> None:
    die(engine, road(server, Command("connect", words=("prod",), by_keys=True), "V1"), verb="connect")
    survivor.sweep()
    survivor.told()
    (body,) = server.asked("views.update")
    assert body["view_id"] == "V1"
    assert view_faults(body["view"]) == []
    text = str(body["view"]["blocks"])
    assert "The bot was restarted while it worked on this." in text
    assert "ref 7f3a91c2" in text
    assert not [each for each in dicts(body["view"]) if each.get("type") == "input"]
    assert server.asked("respond") == []


def test_a_modal_that_was_closed_meanwhile_is_a_message(
    survivor: Survivor, server: SlackServer, engine: Engine
) -> None:
    server.refuse("views.update", "not_found")
    die(engine, road(server, Command("connect"), "V1"))
    survivor.sweep()
    survivor.told()
    assert [body["text"] for body in server.asked("respond")] == [
        "The bot was restarted while it worked on this."
    ]


def test_where_the_response_url_is_used_up_they_are_told_in_the_channel(
    survivor: Survivor, server: SlackServer, engine: Engine
) -> None:
    server.always["respond"] = Answer({"ok": False, "error": "used_url"}, 404)
    die(engine, road(server))
    survivor.sweep()
    survivor.told()
    (body,) = server.asked("chat.postEphemeral")
    assert (body["channel"], body["user"]) == ("C1", "U1")


@pytest.mark.parametrize("command", ["", "{}", '{"v":"rm"}', "null"])
def test_a_command_of_another_version_is_told_without_a_button(
    survivor: Survivor, server: SlackServer, engine: Engine, command: str
) -> None:
    die(engine, replace(road(server), command=command))
    survivor.sweep()
    survivor.told()
    (body,) = server.asked("respond")
    assert buttons(body["blocks"]) == {}
    assert "Try again." in str(body["blocks"])
    assert alive(body["text"]) == ""


def test_a_workspace_that_has_removed_the_app_is_not_written_to(
    server: SlackServer, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    survivor = Survivor.of(server, engine, lambda _key: None)
    die(engine, road(server))
    survivor.sweep()
    survivor.told()
    assert server.methods() == []
    assert "ref=7f3a91c2 was interrupted, and there is no road left to the person" in caplog.text
    assert survivor.office.outcomes.wait_for(1) == [Interrupted.__name__]


def test_a_workspace_whose_token_is_out_of_reach_is_in_the_log(
    server: SlackServer, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    def away(_key: WorkspaceKey) -> WebClient | None:
        raise StateAway("The bot's memory is out of reach")

    survivor = Survivor.of(server, engine, away)
    die(engine, road(server))
    survivor.sweep()
    survivor.told()
    assert "ref=7f3a91c2 was interrupted, and the person is not told: The bot's memory" in caplog.text


def test_a_slack_that_does_not_answer_is_in_the_log(
    survivor: Survivor, server: SlackServer, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    for method in ("respond", "chat.postEphemeral", "chat.postMessage"):
        server.always[method] = Answer({"ok": False, "error": "fatal_error"}, 500)
    die(engine, road(server))
    survivor.sweep()
    survivor.told()
    assert "ref=7f3a91c2 was interrupted, and the person was not told" in caplog.text


def test_a_slack_that_hangs_keeps_no_sign_of_life_back(
    survivor: Survivor, server: SlackServer, engine: Engine
) -> None:
    release, telling = threading.Event(), threading.Event()

    def hang(_arguments: object) -> Answer:
        telling.set()
        assert release.wait(WAIT)
        return Answer("ok")

    server.always["respond"] = hang
    for at in range(5):
        die(engine, road(server), f"0000000{at}", str(at))
    try:
        survivor.sweep()
        assert telling.wait(WAIT)
        survivor.sweep()
    finally:
        release.set()
    survivor.told()
    assert len(server.asked("respond")) == 5


def test_the_trail_knows_of_it(survivor: Survivor, server: SlackServer, engine: Engine) -> None:
    die(engine, road(server, PODS.replaced(connection="eu-west-1_prod", namespace="shop")))
    survivor.sweep()
    trail = survivor.office.trail
    assert trail.close(WAIT)
    (entry,) = trail.find(KEY, Asked(ref="7f3a91c2")).entries
    assert (entry.outcome, entry.verb, entry.user, entry.channel) == ("Interrupted", "pods", "U1", "C1")
    assert (entry.cluster, entry.namespace) == ("eu-west-1_prod", "shop")


def test_it_forgets_what_is_old(survivor: Survivor, server: SlackServer, engine: Engine) -> None:
    claims = Claims(engine, SEAL, "other")
    old = Claim(KEY, "1", "00000001", "pods", road(server))
    claims.take(old)
    claims.end(old)
    with engine.begin() as database:
        database.execute(update(CLAIMS).values(claimed_at=CLAIMS.c.claimed_at - REMEMBERED_SECONDS - 1))
        database.execute(AUDIT.insert().values(_line(at=0.0)))
    survivor.sweeper.sweep()
    with engine.connect() as database:
        for table in (CLAIMS, AUDIT):
            assert database.execute(select(func.count()).select_from(table)).scalar_one() == 0


def _line(at: float) -> dict[str, Any]:
    texts = {column.name: "" for column in AUDIT.columns if column.name not in ("id", "at", "seconds")}
    return texts | {"team_id": "T1", "at": at, "seconds": 0.0}


def test_its_thread_goes_on_when_the_database_comes_back_and_ends_when_told(
    server: SlackServer, postgres: Postgres, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="handlers")
    with opened(postgres_url) as database:
        survivor = Survivor.of(server, database.engine, every=0.02)
        die(database.engine, road(server))
        postgres.take_away(postgres_url)
        with pytest.raises(StateAway):
            survivor.sweeper.sweep()

        def told_by(now: float) -> bool:
            survivor.clock.now = now
            return bool(server.asked("respond"))

        survivor.sweeper.start()
        _wait_for(lambda: "not swept" in caplog.text)
        postgres.give_back(postgres_url)
        _wait_for(lambda: told_by(survivor.clock.now + LOST_SECONDS))
        survivor.sweeper.stop(WAIT)
        assert caplog.text.count("not swept") == 1
        assert "sweeper" not in [each.name for each in threading.enumerate()]


def test_a_list_that_was_kept_for_its_day_goes(survivor: Survivor, engine: Engine) -> None:
    made = {"enterprise_id": "", "team_id": "T1", "user": "U1", "body": b""}
    ages = {"old": KEPT_SECONDS + 60, "young": KEPT_SECONDS - 600}
    rows = [made | {"id": name, "made_at": time.time() - age} for name, age in ages.items()]
    with engine.begin() as database:
        database.execute(insert(LIST_SNAPSHOTS), rows)
    survivor.sweep()
    with engine.connect() as database:
        assert database.execute(select(LIST_SNAPSHOTS.c.id)).scalars().all() == ["young"]


def _wait_for(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(1000):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("it did not come to be")
