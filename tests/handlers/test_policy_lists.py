"""What somebody may not see is in no list, no select, no count and no error: it is not there."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from connector.aws import SignIn
from connector.connector import Connection, Discovery, EKSConnector, Step
from connector.errors import ClusterNotFound
from connector.impersonation import Impersonate
from connector.records import MemoryRecords, Record
from connector.resources import Listing, Query
from handlers import connect, connections, discover, menu
from handlers.access import NEEDS, Caller
from handlers.blocks import forms, listing
from handlers.command import Command
from handlers.desk import Converse
from handlers.listeners import ROUTES
from handlers.payload import BlockSuggestion, Named, User
from handlers.policy import Policy
from handlers.suggest import ALL, Suggestions
from tests.handlers import payloads, samples
from tests.handlers.desk_parts import KEY, WAIT, Office
from tests.handlers.samples import dicts
from tests.handlers.slack_server import SlackServer
from tests.handlers.test_conversations import application
from tests.handlers.test_form import view

MINE, OTHERS = "eu-west-1_pay-prod", "eu-west-1_secret-prod"
ACCOUNT = samples.CONNECTION.account

# U1 may look into one cluster; all else is somebody else's.
ONE_CLUSTER = """
workspaces:
  T1:
    rules:
    - {name: mine, who: {users: [U1]}, may: [discover, connect, read], clusters: ["pay-*"]}
    - {name: all, who: {users: [U9]}, may: everything}
"""
READS_ONLY = """
workspaces:
  T1:
    rules:
    - {name: mine, who: {users: [U1]}, may: [read], clusters: ["pay-*"]}
"""
NAMESPACED = """
workspaces:
  T1:
    rules:
    - name: shop
      who: everyone
      may: [read]
      namespaces: [shop, "pay-*"]
      impersonate: {user: "slack:{user_id}", groups: [viewers]}
"""


def record(connection_id: str) -> Record:
    region, cluster = connection_id.split("_")
    one = samples.CONNECTION
    return Record(
        id=connection_id, region=region, cluster=cluster, account=one.account, principal=one.principal,
        version=one.version, status=one.status, endpoint=one.endpoint, how="profile", profile="ops", key_hint="",
        role_arn="", external_id="", connected_by="U9", connected_at=0.0, expires_at=None, made=connection_id,
    )  # fmt: skip


class Watched(EKSConnector):
    """A connector with connections, whose clusters are never asked: it writes down what it would have asked them."""

    def __init__(self, *ids: str, namespaces: tuple[str, ...] = ("shop", "pay-eu", "kube-system")) -> None:
        records = MemoryRecords()
        for one in ids:
            assert records.put(record(one))
        super().__init__(records=records)
        self.names = namespaces
        self.asked: list[tuple[str, Any, Any]] = []
        self.sign_ins: list[Any] = []

    def describe_connected_clusters(self, *, deadline: float = 2.5) -> tuple[Connection, ...]:
        return self.list_connected_clusters()

    def get_resources(
        self, connection_id: str, query: Query, *, impersonate: Impersonate | None = None, **more: Any
    ) -> Listing:
        self.asked.append((connection_id, query, impersonate))
        more["on_progress"](3, 10_000)
        rows = tuple(samples.Plain((f"pod-{at}",)) for at in range(3))
        return samples.listing(samples.plain_kind(1), rows, complete=False, expected=10_000)

    def list_namespaces(
        self,
        connection_id: str,
        *,
        deadline: float = 2.5,
        matching: tuple[str, ...] = (),
        impersonate: Impersonate | None = None,
    ) -> tuple[str, ...]:
        self.asked.append((connection_id, matching, impersonate))
        return self.names

    def list_available_clusters(self, region: str, sign_in: SignIn, **more: Any) -> Discovery:
        self.sign_ins.append((region, sign_in))
        found = samples.discovery(2)
        infos = [
            replace(info, name=name)
            for info, name in zip(found.clusters, ("pay-prod", "secret-prod"), strict=True)
        ]
        if more.get("on_progress"):
            more["on_progress"](1, 2)
        return replace(found, clusters=tuple(infos))

    def connect_with_aws_profile(
        self, cluster: str, region: str, profile: str | None, **more: Any
    ) -> Connection:
        self.sign_ins.append((region, SignIn(profile)))
        more["on_step"](Step("credentials", samples.CONNECTION.principal))
        if cluster == "pay-prd":
            raise ClusterNotFound("There is no cluster `pay-prd`", "", "Did you mean `secret-prod`?")
        more["on_step"](Step("namespaces", "24 readable"))
        self.asked.append((cluster, None, None))
        return replace(samples.CONNECTION, id=f"{region}_{cluster}", cluster=cluster)


Seat = Callable[..., Office]


@pytest.fixture
def seat(server: SlackServer) -> Iterator[Seat]:
    made: list[Office] = []

    def make(connector: EKSConnector, policy: str) -> Office:
        held = Policy.from_text(policy, "policy.yaml")
        made.append(Office(server, build=lambda: connector, policy=lambda: held))
        return made[-1]

    yield make
    for office in made:
        office.desk.drain(5)
        office.workspaces.close()


def settled(office: Office) -> None:
    """Waits until nothing is under way: a failure is told after it is counted."""
    until = time.monotonic() + WAIT
    while any(office.desk.load().values()):
        assert time.monotonic() < until


def answer(office: Office, command: Command, converse: Converse | None = None) -> str:
    """Everything that a command brought to Slack, as one text, without what differs from one to the next."""
    before = len(office.server.calls)
    ended = len(office.outcomes.ended)
    office.desk.take(office.turn(), lambda: command, converse or ROUTES[command.verb])
    office.outcomes.wait_for(ended + 1)
    settled(office)
    calls = [call for call in office.server.calls[before:] if call.method != "users.info"]
    return str([(call.method, call.arguments) for call in calls]).replace(
        office.outcomes.ended[-1].ref, "REF"
    )


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
    query = Query("pods", None, ("shop", "pay-*"), "app=cart", ("api",))
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


LIMITED = """
workspaces:
  T1:
    profiles: [ops-*]
    regions: [eu-*]
    accounts: ["{0}"]
    rules:
    - {{name: all, who: everyone, may: everything}}
"""


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


@pytest.fixture
def configured(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot's AWS configuration: three profiles, of which LIMITED allows two."""
    config = tmp_path / "config"
    config.write_text(
        "".join(f"[profile {name}]\nregion=eu-west-1\n" for name in ("ops-1", "ops-secret", "dev"))
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


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


# --- forms and selects


def options(shown: dict[str, Any], block_id: str) -> list[str]:
    block = next(one for one in shown["blocks"] if one.get("block_id") == block_id)
    return [
        one["value"] for one in dicts(block["element"].get("options", [])) if "value" in one and "text" in one
    ]


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("verb", ["clusters", "connect"])
def test_a_form_offers_what_the_workspace_may_use(seat: Seat, verb: str) -> None:
    office = seat(Watched(), LIMITED.format(ACCOUNT))
    answer(office, Command(verb))
    (opened,) = office.server.asked("views.open")
    shown = opened["view"]
    assert options(shown, "profile") == ["profile:ops-1", "profile:ops-secret"]
    assert all(name.startswith("eu-") for name in options(shown, "region"))
    assert "eu-west-1" in options(shown, "region")
    assert options(shown, "sign_in") == [forms.BY_PROFILE]


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    ("changes", "ways", "profiles"),
    [
        ("aws_keys: true", [forms.BY_PROFILE, forms.BY_KEYS], ["profile:ops-1", "profile:ops-secret"]),
        ("default_chain: true", [forms.BY_PROFILE], ["profile:ops-1", "profile:ops-secret", forms.CHAIN]),
    ],
)
def test_a_form_offers_the_other_ways_where_they_are_allowed(
    seat: Seat, changes: str, ways: list[str], profiles: list[str]
) -> None:
    office = seat(Watched(), LIMITED.format(ACCOUNT).replace("    rules", f"    {changes}\n    rules"))
    answer(office, Command("connect"))
    (opened,) = office.server.asked("views.open")
    assert options(opened["view"], "sign_in") == ways
    assert options(opened["view"], "profile") == profiles


@pytest.mark.usefixtures("configured")
def test_where_only_keys_are_allowed_the_form_asks_for_them(seat: Seat) -> None:
    limits = (
        LIMITED.format(ACCOUNT).replace("[ops-*]", "[]").replace("    rules", "    aws_keys: true\n    rules")
    )
    office = seat(Watched(), limits)
    answer(office, Command("connect"))
    (opened,) = office.server.asked("views.open")
    assert options(opened["view"], "sign_in") == [forms.BY_KEYS]
    assert "access_key_id" in [block.get("block_id") for block in opened["view"]["blocks"]]


@pytest.mark.usefixtures("configured")
def test_where_nothing_is_allowed_no_form_opens(seat: Seat) -> None:
    office = seat(Watched(), LIMITED.format(ACCOUNT).replace("[ops-*]", "[]"))
    assert "There is no way to sign in here." in answer(office, Command("connect"))
    assert office.server.asked("views.open") == []


def submission(**filled: str) -> dict[str, Any]:
    values = {
        name: {f"any.{name}": {"type": "static_select", "selected_option": {"value": value}}}
        for name, value in filled.items()
    }
    shown = {**payloads.VIEW, "callback_id": forms.CONNECT, "state": {"values": values}}
    return {**payloads.PERSON, "type": "view_submission", "view": shown, "trigger_id": "1.2.abc"}


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    ("filled", "field"),
    [
        ({"profile": "profile:dev"}, "profile"),
        ({"profile": forms.CHAIN}, "profile"),
        # Nothing chosen would be the default chain.
        ({}, "profile"),
        ({"profile": "profile:ops-1", "region": "us-east-1"}, "region"),
        ({"sign_in": forms.BY_KEYS}, "access_key_id"),
    ],
)
def test_a_form_sent_with_what_it_never_offered_is_refused_at_its_input(
    seat: Seat, filled: dict[str, str], field: str
) -> None:
    connector = Watched()
    office = seat(connector, LIMITED.format(ACCOUNT))
    given = {"region": "eu-west-1", "sign_in": forms.BY_PROFILE, "cluster": "pay-prod", **filled}
    application(office)(submission(**given))
    assert office.outcomes.wait_for(1) == ["NotAllowed"]
    settled(office)
    assert connector.sign_ins == []
    # Neither while it is looked at nor afterwards does it show what was not offered.
    for update in office.server.asked("views.update"):
        offered = options(update["view"], "profile") if field != "access_key_id" else []
        assert set(offered) <= {"profile:ops-1", "profile:ops-secret"}


@pytest.mark.usefixtures("configured")
def test_the_form_shows_only_what_was_chosen_until_it_is_known_who_sent_it(seat: Seat) -> None:
    office = seat(Watched(), LIMITED.format(ACCOUNT))
    office.server.refuse("users.info", "user_not_found")
    application(office)(submission(region="eu-west-1", sign_in=forms.BY_PROFILE, profile="profile:ops-1"))
    assert office.outcomes.wait_for(1) == ["NotAllowed"]
    settled(office)
    (update,) = office.server.asked("views.update")
    assert options(update["view"], "profile") == ["profile:ops-1"]
    assert options(update["view"], "region") == ["eu-west-1"]


@pytest.mark.usefixtures("configured")
def test_a_stranger_who_unfolds_a_form_is_shown_nothing(seat: Seat) -> None:
    office = seat(Watched(), LIMITED.format(ACCOUNT))
    office.server.refuse("users.info", "user_not_found")
    shown = {**payloads.VIEW, "callback_id": forms.CONNECT}
    click = {**payloads.PERSON, "type": "block_actions", "trigger_id": "1.2.abc", "view": shown}
    application(office)({**click, "actions": [{**payloads.BUTTON, "action_id": forms.ROLE, "value": "open"}]})
    assert office.outcomes.wait_for(1) == ["NotAllowed"]
    settled(office)
    assert office.server.asked("views.update") == []


def suggested(office: Office, payload: BlockSuggestion, channel: str = "C1") -> list[str]:
    suggestions = Suggestions(office.workspaces, office.desk.access)
    found = suggestions.offered(payload, Caller(KEY, "U1", "T1", channel), office.server.client)
    return [option["value"] for option in found]


def typing(action_id: str, block_id: str = "", shown: Any = None) -> BlockSuggestion:
    return BlockSuggestion(
        user=User("U1", "T1"), action_id=action_id, block_id=block_id, view=shown, channel=Named("C1")
    )


FILLED = view(region="eu-west-1", sign_in=forms.BY_PROFILE, profile="profile:ops-1")


def test_clusters_suggested_are_those_that_may_be_found_and_connected(seat: Seat) -> None:
    assert suggested(seat(Watched(), ONE_CLUSTER), typing(forms.CLUSTER, shown=FILLED)) == ["pay-prod"]
    finds_only = ONE_CLUSTER.replace("discover, connect, read", "discover")
    assert suggested(seat(Watched(), finds_only), typing(forms.CLUSTER, shown=FILLED)) == []
    connects_only = ONE_CLUSTER.replace("discover, connect, read", "connect")
    assert suggested(seat(Watched(), connects_only), typing(forms.CLUSTER, shown=FILLED)) == []


@pytest.mark.usefixtures("configured")
def test_nothing_is_suggested_by_a_sign_in_that_is_not_allowed(seat: Seat) -> None:
    connector = Watched()
    shown = view(region="eu-west-1", sign_in=forms.BY_PROFILE, profile="profile:dev")
    assert suggested(seat(connector, LIMITED.format(ACCOUNT)), typing(forms.CLUSTER, shown=shown)) == []
    assert connector.sign_ins == []


def test_namespaces_suggested_are_asked_for_within_the_scope(seat: Seat) -> None:
    connector = Watched(MINE)
    query = Command("get", "pods", connection=MINE, namespace="shop").encoded()
    assert suggested(seat(connector, NAMESPACED), typing(listing.NAMESPACES, query))[0] == ALL
    assert connector.asked == [(MINE, ("shop", "pay-*"), Impersonate("slack:U1", ("viewers",)))]


@pytest.mark.parametrize("connection", [OTHERS, "eu-west-1_never-was", ""])
def test_namespaces_of_what_may_not_be_seen_are_not_suggested(seat: Seat, connection: str) -> None:
    connector = Watched(MINE, OTHERS)
    query = Command("get", "pods", connection=connection).encoded()
    assert suggested(seat(connector, ONE_CLUSTER), typing(listing.NAMESPACES, query)) == [ALL]
    assert connector.asked == []


def test_a_suggestion_knows_the_channel_it_is_asked_in(seat: Seat) -> None:
    office = seat(Watched(MINE), NAMESPACED.replace("who: everyone", "who: {channels: [C1]}"))
    query = Command("get", "pods", connection=MINE).encoded()
    assert len(suggested(office, typing(listing.NAMESPACES, query))) > 1
    assert suggested(office, typing(listing.NAMESPACES, query), channel="C2") == [ALL]


# --- every command


@pytest.mark.parametrize("verb", sorted(set(NEEDS)))
def test_without_a_policy_for_several_workspaces_there_is_nothing_but_help(
    server: SlackServer, verb: str
) -> None:
    connector = Watched(MINE)
    office = Office(server, build=lambda: connector, policy=Policy.closed)
    command = Command(verb, "pods" if verb == "get" else "")
    shown = answer(office, command)
    if NEEDS[verb] is None:
        assert office.outcomes.ended[-1].outcome == "ok"
        assert MINE not in shown
    else:
        assert office.outcomes.ended[-1].outcome == "NotAllowed"
        assert "several workspaces without a policy file" in shown
    assert connector.asked == []
    assert office.desk.drain(WAIT)


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
