"""What somebody may not see is in no list, no count and no error: it is not there."""

from typing import Any

import pytest
from sqlalchemy import Engine

from connector.connector import Connection
from connector.impersonation import Impersonate
from connector.resources import Listing, Query
from handlers import connect, connections, discover, menu
from handlers.access import NEEDS
from handlers.command import Command
from handlers.listeners import ROUTES
from handlers.policy import Policy
from tests.handlers import samples
from tests.handlers.desk_parts import Office
from tests.handlers.policy_parts import (
    ACCOUNT,
    LIMITED,
    MINE,
    NAMESPACED,
    ONE_CLUSTER,
    OTHERS,
    READS_ONLY,
    Seat,
    Watched,
    answer,
)
from tests.handlers.slack_server import SlackServer

# --- connections


@pytest.mark.parametrize("policy", [ONE_CLUSTER, READS_ONLY])
def test_connections_list_and_count_those_that_may_be_read(seat: Seat, policy: str) -> None:
    shown = answer(seat(Watched(MINE, OTHERS), policy), Command("connections"), connections.converse)
    assert MINE in shown
    assert "secret" not in shown
    assert "connected to 1 cluster" in shown


def test_the_menu_and_its_examples_name_only_those_too(seat: Seat) -> None:
    for command in (Command("help"), Command("help", words=("disconnect",))):
        shown = answer(seat(Watched(OTHERS, MINE), ONE_CLUSTER), command, menu.converse)
        assert MINE in shown
        assert "secret-prod" not in shown


def test_with_one_that_may_be_read_nobody_asks_which(seat: Seat) -> None:
    connector = Watched(MINE, OTHERS)
    answer(seat(connector, ONE_CLUSTER), Command("get", "pods"))
    assert [asked[0] for asked in connector.asked] == [MINE]


def test_the_question_which_offers_those_that_the_command_may_be_about(seat: Seat) -> None:
    connector = Watched(MINE, "eu-west-1_pay-dev", OTHERS)
    shown = answer(seat(connector, ONE_CLUSTER), Command("get", "pods"))
    assert "connected to 2" in shown
    assert "pay-dev" in shown
    assert "secret" not in shown


def test_none_that_may_be_read_is_none_at_all(seat: Seat) -> None:
    assert answer(seat(Watched(OTHERS), ONE_CLUSTER), Command("get", "pods")) == answer(
        seat(Watched(), ONE_CLUSTER), Command("get", "pods")
    )


COMMANDS = [
    *(Command("get", kind) for kind in ("pods", "deployments", "services", "nodes", "events", "secrets")),
    Command("get", "pods", namespace="shop"),
    *(Command("get", "pods", output=form) for form in ("csv", "yaml", "json")),
    Command("get", "pods", seen="kept"),
    Command("yaml", "pods", ("cart",)),
    Command("kubeconfig"),
    Command("kubeconfig", "pods", ("cart",), action="get"),
    Command("disconnect"),
    Command("disconnect", confirmed=True),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.typed().replace(" ", "_"))
@pytest.mark.parametrize("name", [OTHERS, "secret-prod"])
def test_what_may_not_be_seen_does_not_exist_to_the_last_byte(
    seat: Seat, command: Command, name: str
) -> None:
    with_it, without = Watched(MINE, OTHERS), Watched(MINE)
    said = [
        answer(seat(connector, ONE_CLUSTER), command.replaced(connection=name))
        for connector in (with_it, without)
    ]
    assert said[0] == said[1]
    assert f"There is no connection `{name}`" in said[0]
    assert with_it.asked == []
    assert {one.id for one in with_it.list_connected_clusters()} == {MINE, OTHERS}


def test_a_near_name_is_given_only_of_what_may_be_seen(seat: Seat) -> None:
    office = seat(Watched(MINE, OTHERS), ONE_CLUSTER)
    near = answer(office, Command("get", "pods", connection="eu-west-1_secret-prd"))
    assert "There is no connection" in near
    assert "secret-prod" not in near
    assert MINE in answer(office, Command("get", "pods", connection="eu-west-1_pay-prd"))


def test_what_may_be_read_and_not_disconnected_is_known_and_refused(seat: Seat) -> None:
    policy = ONE_CLUSTER.replace("[discover, connect, read], clusters", "[connect, read], clusters").replace(
        "    - {name: all", "    - {name: look, who: everyone, may: [read]}\n    - {name: all"
    )
    connector = Watched(MINE, OTHERS)
    shown = answer(seat(connector, policy), Command("disconnect", connection=OTHERS, confirmed=True))
    assert f"You may not `connect` on `{OTHERS}`" in shown
    assert len(connector.list_connected_clusters()) == 2


# --- lists


def test_a_list_is_asked_within_the_namespaces_and_as_the_person(seat: Seat) -> None:
    connector = Watched(MINE)
    shown = answer(seat(connector, NAMESPACED), Command("get", "pods", selector="app=cart", words=("api",)))
    acting = Impersonate("slack:U1", ("viewers",))
    query = Query("pods", None, ("shop", "pay-*"), "app=cart", words=("api",))
    assert connector.asked == [(MINE, query, acting)]
    # What is expected counts all namespaces.
    assert "10,000" not in shown


def test_a_list_of_the_only_namespace_asks_for_that_one(seat: Seat) -> None:
    connector = Watched(MINE)
    answer(seat(connector, NAMESPACED.replace('[shop, "pay-*"]', "[shop]")), Command("get", "pods"))
    ((_, query, _),) = connector.asked
    assert (query.namespace, query.namespaces) == ("shop", ("shop",))


def test_a_namespace_that_may_be_seen_is_asked_for_alone(seat: Seat) -> None:
    connector = Watched(MINE)
    answer(seat(connector, NAMESPACED), Command("get", "pods", namespace="pay-eu"))
    ((_, query, acting),) = connector.asked
    assert (query.namespace, query.namespaces) == ("pay-eu", ())
    assert acting == Impersonate("slack:U1", ("viewers",))


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (Command("get", "pods", namespace="kube-system"), "namespace `kube-system`"),
        (Command("get", "pods", namespace="no-such"), "namespace `no-such`"),
        (Command("get", "nodes"), "in no namespace"),
    ],
)
def test_what_is_outside_is_refused_and_the_cluster_not_asked(
    seat: Seat, command: Command, said: str
) -> None:
    connector = Watched(MINE)
    assert said in answer(seat(connector, NAMESPACED), command)
    assert connector.asked == []


def test_the_nearest_namespace_is_looked_for_among_those_that_may_be_seen(seat: Seat) -> None:
    class Empty(Watched):
        def get_resources(self, connection_id: str, query: Query, **more: Any) -> Listing:
            return samples.listing(samples.plain_kind(1), ())

    connector = Empty(MINE, namespaces=("pay-eu",))
    shown = answer(seat(connector, NAMESPACED), Command("get", "pods", namespace="pay-us"))
    assert "Did you mean `pay-eu`" in shown
    assert connector.asked == [(MINE, ("shop", "pay-*"), Impersonate("slack:U1", ("viewers",)))]


def test_different_people_for_different_namespaces_must_be_asked_for_one_by_one(seat: Seat) -> None:
    connector = Watched(MINE)
    office = seat(connector, NAMESPACED + "    - {name: rest, who: everyone, may: [read]}\n")
    assert "Say which namespace you mean" in answer(office, Command("get", "pods"))
    assert connector.asked == []
    answer(office, Command("get", "pods", namespace="shop"))
    answer(office, Command("get", "pods", namespace="kube-system"))
    assert [asked[2] for asked in connector.asked] == [Impersonate("slack:U1", ("viewers",)), None]


# --- clusters


FIND = Command("clusters", region="eu-west-1", profile="ops")


def test_clusters_found_are_those_that_may_be_discovered(seat: Seat) -> None:
    shown = answer(seat(Watched(), ONE_CLUSTER), FIND, discover.converse)
    assert "1 cluster in" in shown
    assert "pay-prod" in shown
    assert "secret" not in shown


CONNECT = Command("connect", region="eu-west-1", profile="ops")


def test_a_cluster_that_may_not_be_connected_is_not_tried(seat: Seat) -> None:
    connector = Watched()
    shown = answer(seat(connector, ONE_CLUSTER), CONNECT.replaced(words=("secret-prod",)), connect.converse)
    assert "You may not `connect` on `eu-west-1_secret-prod`" in shown
    assert connector.sign_ins == []


def test_a_missing_cluster_is_said_without_the_names_of_others(seat: Seat) -> None:
    command = CONNECT.replaced(words=("pay-prd",))
    shown = answer(seat(Watched(), ONE_CLUSTER), command, connect.converse)
    assert "There is no cluster `pay-prd`" in shown
    assert "secret" not in shown
    unlimited = ONE_CLUSTER.replace(', clusters: ["pay-*"]', "")
    assert "secret-prod" in answer(seat(Watched(), unlimited), command, connect.converse)


@pytest.mark.parametrize("verb", ["clusters", "connect"])
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"profile": "dev"}, "The profile `dev` is not for this workspace."),
        ({"profile": "", "default_chain": True}, "The default chain is not for this workspace."),
        ({"region": "us-east-1"}, "The region `us-east-1` is not for this workspace."),
        ({"role_arn": "arn:aws:iam::111122223333:role/x", "profile": "dev"}, "The profile `dev`"),
    ],
)
def test_who_may_not_sign_in_so_asks_aws_nothing(
    seat: Seat, verb: str, changes: dict[str, Any], said: str
) -> None:
    connector = Watched()
    command = CONNECT.replaced(verb=verb, profile="ops-1", words=("pay-prod",) if verb == "connect" else ())
    assert said in answer(seat(connector, LIMITED.format(ACCOUNT)), command.replaced(**changes))
    assert connector.sign_ins == []


@pytest.mark.parametrize("verb", ["clusters", "connect"])
@pytest.mark.usefixtures("configured")
def test_an_account_that_is_not_allowed_is_refused_once_it_is_known(seat: Seat, verb: str) -> None:
    connector = Watched()
    words = ("pay-prod",) if verb == "connect" else ()
    command = CONNECT.replaced(verb=verb, profile="ops-1", words=words)
    shown = answer(seat(connector, LIMITED.format("999999999999")), command)
    assert f"The account `{ACCOUNT}` is not for this workspace." in shown
    assert len(connector.sign_ins) == 1
    assert connector.asked == []
    answer(seat(connector, LIMITED.format(ACCOUNT)), command)
    assert len(connector.sign_ins) == 2


@pytest.mark.parametrize("verb", ["clusters", "connect"])
@pytest.mark.usefixtures("configured")
def test_a_profile_that_is_not_there_is_said_without_the_names_of_others(seat: Seat, verb: str) -> None:
    limited = LIMITED.format(ACCOUNT).replace("[ops-*]", "[ops-1, ops-ecret]")
    command = CONNECT.replaced(
        verb=verb, profile="ops-ecret", words=("pay-prod",) if verb == "connect" else ()
    )
    shown = answer(seat(Watched(), limited), command)
    assert "There is no AWS profile `ops-ecret`" in shown
    assert "ops-1" in shown
    assert "ops-secret" not in shown


# --- every command


@pytest.mark.parametrize("verb", sorted(set(NEEDS)))
def test_without_a_policy_for_several_workspaces_there_is_nothing_but_help(
    server: SlackServer, memory: Engine, verb: str
) -> None:
    connector = Watched(MINE)
    office = Office(server, memory, build=lambda: connector, policy=Policy.closed)
    command = Command(verb, "pods" if verb == "get" else "")
    shown = answer(office, command)
    if NEEDS[verb] is None:
        assert office.outcomes.ended[-1].outcome == "ok"
        assert MINE not in shown
    else:
        assert office.outcomes.ended[-1].outcome == "NotAllowed"
        assert "several workspaces without a policy file" in shown
    assert connector.asked == []
    office.close()


def test_every_command_needs_something_or_says_that_it_does_not() -> None:
    assert set(NEEDS) == set(ROUTES)
    assert {verb for verb, needed in NEEDS.items() if needed is None} == {"help", "whoami"}


@pytest.mark.parametrize("verb", ["get", "connections", "disconnect"])
def test_a_command_of_nobody_is_refused_before_anything_is_looked_at(seat: Seat, verb: str) -> None:
    class Untouched(Watched):
        def list_connected_clusters(self) -> tuple[Connection, ...]:
            raise AssertionError("looked at")

    office = seat(Untouched(), READS_ONLY.replace("U1", "U2"))
    assert "You may not" in answer(office, Command(verb, "pods" if verb == "get" else ""))
    assert office.outcomes.ended[-1].outcome == "NotAllowed"
