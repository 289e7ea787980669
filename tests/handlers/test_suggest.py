"""While somebody types, a select offers what can be seen; whatever goes wrong, they can still say what they mean."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connector.aws import SignIn
from connector.connector import Connection, Discovery, EKSConnector
from connector.errors import ConnectionNotFound, Failure, Unreachable
from connector.workspaces import WorkspaceKey, Workspaces
from handlers.access import Access, Caller
from handlers.blocks import forms, listing
from handlers.blocks.limits import suggestion_faults
from handlers.command import Command
from handlers.payload import BlockSuggestion, User, View
from handlers.suggest import ALL, Suggestions
from tests.handlers import samples
from tests.handlers.desk_parts import KEY, WAIT
from tests.handlers.slack_server import Answer, SlackServer
from tests.handlers.test_form import view

CALLER = Caller(KEY, "U1", "T1", "")
FILLED = view(region="eu-west-1", sign_in=forms.BY_PROFILE, profile="profile:ops")
HELD = replace(samples.CONNECTION, id="eu-west-1_prod", cluster="prod")
QUERY = Command("get", "pods", connection=HELD.id)


class Clusters(EKSConnector):
    """A connector that sees what it is given, or fails as it is told."""

    def __init__(
        self,
        names: tuple[str, ...] = (),
        failure: Exception | None = None,
        waits: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__()
        self.names, self.failure, self.waits = names, failure, waits
        self.asked: list[Any] = []

    def list_available_clusters(self, region: str, sign_in: SignIn, **limits: Any) -> Discovery:
        self.asked.append((region, sign_in, limits))
        self.waits()
        if self.failure:
            raise self.failure
        return samples.discovery(len(self.names) or 3)

    def connection(self, connection_id: str, **sees: Any) -> Connection:
        return replace(HELD, id=connection_id)

    def list_namespaces(self, connection_id: str, *, deadline: float = 2.5, **limits: Any) -> tuple[str, ...]:
        self.asked.append((connection_id, deadline))
        self.waits()
        if self.failure:
            raise self.failure
        return self.names


def typing(action_id: str, typed: str, shown: View | None = None, block_id: str = "") -> BlockSuggestion:
    return BlockSuggestion(
        user=User("U1", "T1"), action_id=action_id, block_id=block_id, value=typed, view=shown
    )


@pytest.fixture(autouse=True)
def member(server: SlackServer) -> None:
    server.always["users.info"] = Answer({"ok": True, "user": {"id": "U1", "team_id": "T1", "name": "ada"}})


def offered(server: SlackServer, connector: EKSConnector, payload: BlockSuggestion) -> list[str]:
    options = Suggestions(Workspaces(lambda _key: connector), Access()).offered(
        payload, CALLER, server.client
    )
    assert not options or suggestion_faults({"options": options}) == []
    return [option["value"] for option in options]


def test_clusters_are_those_that_the_half_filled_form_can_see(server: SlackServer) -> None:
    connector = Clusters()
    assert offered(server, connector, typing(forms.CLUSTER, "", FILLED)) == [
        "prod-000",
        "prod-001",
        "prod-002",
    ]
    ((region, sign_in, limits),) = connector.asked
    assert (region, sign_in) == ("eu-west-1", SignIn("ops"))
    # Slack waits three seconds, and asks again at every letter.
    assert limits["deadline"] < 3
    assert limits["max_age"] > 0
    assert limits["asked_by"] == "U1"


def test_what_is_typed_narrows_them_and_can_always_be_meant_itself(server: SlackServer) -> None:
    assert offered(server, Clusters(), typing(forms.CLUSTER, "D-001", FILLED)) == ["D-001", "prod-001"]
    assert offered(server, Clusters(), typing(forms.CLUSTER, " prod-001 ", FILLED)) == ["prod-001"]
    assert offered(server, Clusters(), typing(forms.CLUSTER, "other", FILLED)) == ["other"]


@pytest.mark.parametrize("shown", [None, view(), view(region="eu-west-1"), view(profile="profile:ops")])
def test_a_form_that_says_too_little_is_not_looked_with(server: SlackServer, shown: View | None) -> None:
    connector = Clusters()
    assert offered(server, connector, typing(forms.CLUSTER, "pro", shown)) == ["pro"]
    assert connector.asked == []
    assert server.calls == []


def test_namespaces_are_those_of_the_connection_behind_the_list(server: SlackServer) -> None:
    connector = Clusters(("checkout", "default", "kube-system"))
    payload = typing(listing.NAMESPACES, "", block_id=QUERY.encoded())
    assert offered(server, connector, payload) == [ALL, "checkout", "default", "kube-system"]
    ((connection, deadline),) = connector.asked
    assert connection == "eu-west-1_prod"
    assert deadline < 3
    payload = typing(listing.NAMESPACES, "CHE", block_id=QUERY.encoded())
    assert offered(server, connector, payload) == ["checkout", "CHE"]


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("", [ALL, "checkout", "names", "shop"]),
        ("o", ["checkout", "shop", "o"]),
        ("shop", ["shop"]),
        ("name", ["names", "name", ALL]),
        ("All N", ["All N", ALL]),
        ("zzz", ["zzz"]),
    ],
)
def test_enter_takes_a_namespace_that_matches_before_all_of_them(
    server: SlackServer, typed: str, values: list[str]
) -> None:
    connector = Clusters(("checkout", "names", "shop"))
    payload = typing(listing.NAMESPACES, typed, block_id=QUERY.encoded())
    assert offered(server, connector, payload) == values


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("", [ALL, "names-0000"], ["names-0098"]),
        ("names-", ["names-0000"], ["names-0098", "names-"]),
        ("names-0007", ["names-0007"], ["names-0007"]),
        ("name", ["names-0000"], ["names-0097", "name", ALL]),
    ],
)
def test_of_many_namespaces_a_hundred_options_are_offered(
    server: SlackServer, typed: str, first: list[str], last: list[str]
) -> None:
    connector = Clusters(tuple(f"names-{at:04}" for at in range(500)))
    values = offered(server, connector, typing(listing.NAMESPACES, typed, block_id=QUERY.encoded()))
    assert values[: len(first)] == first
    assert values[-len(last) :] == last
    assert len(values) == (1 if typed == "names-0007" else 100)


@pytest.mark.parametrize(
    "failure", [Unreachable("no answer"), ConnectionNotFound("gone"), Failure("so it is")]
)
def test_when_looking_fails_what_was_typed_remains(server: SlackServer, failure: Failure) -> None:
    connector = Clusters(failure=failure)
    assert offered(server, connector, typing(forms.CLUSTER, "pro", FILLED)) == ["pro"]
    payload = typing(listing.NAMESPACES, "che", block_id=QUERY.encoded())
    assert offered(server, connector, payload) == ["che"]


@pytest.mark.parametrize("block_id", ["", "x", "{}", '{"v":"rm"}'])
def test_a_list_of_another_version_offers_what_was_typed(server: SlackServer, block_id: str) -> None:
    connector = Clusters(("checkout",))
    assert offered(server, connector, typing(listing.NAMESPACES, "che", block_id=block_id)) == ["che"]
    assert connector.asked == []


def test_a_guest_is_shown_nothing(server: SlackServer) -> None:
    server.always["users.info"] = Answer(
        {"ok": True, "user": {"id": "U1", "team_id": "T1", "is_restricted": True}}
    )
    connector = Clusters(("checkout",))
    assert offered(server, connector, typing(forms.CLUSTER, "", FILLED)) == []
    assert offered(server, connector, typing(listing.NAMESPACES, "", block_id=QUERY.encoded())) == [ALL]
    assert connector.asked == []


@pytest.mark.parametrize("verb", ["clusters", "connect", "disconnect", "doctor", "audit"])
def test_what_is_no_list_has_no_namespaces(server: SlackServer, verb: str) -> None:
    connector = Clusters(("checkout",))
    payload = typing(listing.NAMESPACES, "", block_id=QUERY.replaced(verb=verb, kind="").encoded())
    assert offered(server, connector, payload) == [ALL]
    assert connector.asked == []


def test_another_workspaces_connections_are_not_asked(server: SlackServer) -> None:
    mine, others = Clusters(("mine",)), Clusters(("others",))
    both = iter((mine, others))
    workspaces = Workspaces(lambda _key: next(both))
    assert workspaces.connector(KEY) is mine
    assert workspaces.connector(WorkspaceKey(None, "T2")) is others
    payload = typing(listing.NAMESPACES, "", block_id=QUERY.encoded())
    options = Suggestions(workspaces, Access()).offered(payload, CALLER, server.client)
    assert [option["value"] for option in options] == [ALL, "mine"]
    assert others.asked == []


def test_when_too_many_look_at_once_the_next_one_does_not_wait(server: SlackServer) -> None:
    release = threading.Event()
    hanging = Clusters(("checkout",), waits=lambda: release.wait(WAIT))
    connectors = iter((hanging, Clusters(("checkout",))))
    suggestions = Suggestions(Workspaces(lambda _key: next(connectors)), Access())
    payload = typing(listing.NAMESPACES, "che", block_id=QUERY.encoded())
    answers: queue.Queue[tuple[float, list[str]]] = queue.Queue()

    def look(caller: Caller = CALLER) -> list[str]:
        return [option["value"] for option in suggestions.offered(payload, caller, server.client)]

    def ask() -> None:
        began = time.monotonic()
        offered = look()
        answers.put((time.monotonic() - began, offered))

    # A workspace has 4 places and a line of 4.
    threads = [threading.Thread(target=ask) for _ in range(9)]
    try:
        for thread in threads:
            thread.start()
        times = sorted(answers.get(timeout=WAIT) for _ in threads)
        assert [offered for _, offered in times] == [["che"]] * 9
        assert times[0][0] < 1
        # Slack waits for 3 seconds.
        assert times[1][0] > 2
        assert times[-1][0] < 3
        # Another workspace has places of its own.
        stranger = Caller(WorkspaceKey(None, "T2"), "U1", "T2", "")
        server.always["users.info"] = Answer(
            {"ok": True, "user": {"id": "U1", "team_id": "T2", "name": "ada"}}
        )
        assert look(stranger) == ["checkout", "che"]
    finally:
        release.set()
        for thread in threads:
            thread.join()
    # The places become free again.
    until = time.monotonic() + WAIT
    while look() != ["checkout", "che"]:
        assert time.monotonic() < until
