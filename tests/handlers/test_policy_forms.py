"""What a workspace may not use, or somebody may not see, is offered by no form and no select."""

from typing import Any

import pytest

from connector.impersonation import Impersonate
from handlers.access import Caller
from handlers.blocks import forms, listing
from handlers.command import Command
from handlers.payload import BlockSuggestion, Named, User
from handlers.suggest import ALL, Suggestions
from tests.handlers import payloads
from tests.handlers.desk_parts import KEY, Office
from tests.handlers.policy_parts import (
    ACCOUNT,
    LIMITED,
    MINE,
    NAMESPACED,
    ONE_CLUSTER,
    OTHERS,
    Seat,
    Watched,
    answer,
)
from tests.handlers.samples import dicts
from tests.handlers.test_conversations import application
from tests.handlers.test_form import view


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
    office.at_rest()
    assert connector.sign_ins == []
    shown = office.server.asked("views.update")[-1]["view"]["blocks"]
    places = [block.get("block_id") for block in shown]
    # What is not offered has no input either: then it is said at the top.
    notice = shown[places.index(field) + 1 if field in places else 0]
    assert "not for this workspace" in str(notice) or "may not be typed" in str(notice)
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
    office.at_rest()
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
    office.at_rest()
    assert office.server.asked("views.update") == []


# --- what is offered while somebody types


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
