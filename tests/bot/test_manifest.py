"""manifest.yaml against the code: what the app asks Slack for is what the bot uses, and what it draws it listens to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.app import Bot
from bot.manifest import SCOPES, is_public, manifest, printed
from bot.settings import Settings
from connector.aws import regions
from connector.errors import ConnectionNotFound, InvalidRegion, Unreachable
from connector.objects import Ref
from connector.resources import KINDS
from connector.workspaces import WorkspaceKey
from handlers import recovery
from handlers.blocks import asking, clusters, defaults, forms, guide, home, listing, lookup, notices
from handlers.blocks.message import Block, Rung
from handlers.command import Command, Usage
from handlers.defaults import Default, Where
from handlers.form import Carried, Filled, Offered
from handlers.grammar import COMMAND, VERBS
from handlers.mentions import Mentions
from handlers.policy import Policy
from handlers.policy.values import Who
from playground.slack import LocalSlack
from tests.bot.conftest import settings_for
from tests.handlers import samples

MANIFEST: dict[str, Any] = yaml.safe_load((Path(__file__).parent.parent.parent / "manifest.yaml").read_text())
OFFERED = Offered(regions=regions()[:3], profiles=("ops",), default_chain=True, aws_keys=True)
CLICKED = ("button", "static_select", "external_select", "radio_buttons", "checkboxes", "overflow")


def messages() -> Iterator[list[Block]]:
    """Every message that the bot draws, once."""
    asked = Command("get", "pods", connection=samples.CONNECTION.id, namespace="checkout", owner="U1")
    for plural, kind in KINDS.items():
        found = samples.listing(kind, samples.recorded(plural) * 9)
        yield listing.drawn(
            found, samples.CONNECTION, asked.replaced(kind=plural, offset=101), Rung.DATA_TABLE
        ).blocks
        yield listing.drawn(found, samples.CONNECTION, asked.replaced(kind=plural), Rung.DATA_TABLE).blocks
    empty = samples.listing(KINDS["pods"], (), 5)
    yield listing.drawn(empty, samples.CONNECTION, asked.replaced(words=("x",)), Rung.DATA_TABLE).blocks
    search = Command("clusters", region="eu-west-1", profile="ops")
    for count in (0, 3, 300):
        yield clusters.found(
            samples.discovery(count), search.replaced(offset=min(count, 60)), samples.NOW, Rung.TABLE
        ).blocks
        yield clusters.connections(samples.connections(count), {}, Command("connections", offset=15)).blocks
        yield clusters.connections(samples.connections(count), {}, Command("connections")).blocks
    for words in ((), ("w" * 300,)):
        yield clusters.which(samples.connections(3), asked.replaced(words=words)).blocks
    yield clusters.which(samples.connections(300), asked).blocks
    yield clusters.none_connected(asked).blocks
    yield clusters.really_disconnect(samples.CONNECTION).blocks
    yield [clusters.looks(samples.CONNECTION, private=False)]
    for held in ((), ("eu-west-1_prod",)):
        yield guide.menu(held).blocks
    for verb in VERBS.values():
        yield guide.topic(verb).blocks
    yield from _defaults()
    meant = Usage("no such command")
    meant.suggestion = "/eks pods"
    for failure, command in (
        (meant, None),
        (ConnectionNotFound("x"), None),
        (Unreachable("x"), asked),
        (InvalidRegion("x"), search),
    ):
        yield notices.failure(failure, "ref", recovery.ways(failure, command))[1]


def _defaults() -> Iterator[list[Block]]:
    where = Where(WorkspaceKey(None, "T1"), "C1")
    held = Default(where, samples.CONNECTION.id, "shop", "U1", 1.0)
    yield defaults.none(where).blocks
    yield defaults.standing(held, where, "ada", may_change=True, lost=False).blocks
    yield defaults.announced(held, production=True, doubt=defaults.Doubt("shops")).blocks
    yield defaults.cleared(held, "U1").blocks


def views() -> Iterator[Block]:
    """Every modal, and every Home tab, that the bot draws, once."""
    yield asking.form(Carried("").encoded())
    held = samples.connections(40)
    refs = [Ref(KINDS[kind].resource, None, "x") for kind in ("pods", "nodes")]
    found = lookup.Looked(held[0], tuple(lookup.Hit(held[0], ref) for ref in refs))
    default = Default(Where(WorkspaceKey(None, "T1"), "C1", "1.1"), held[1].id, "", "U1", 1.0)
    looked_up = lookup.LookedUp(Mentions((), (), frozenset()), held[:1], (found,), default)
    yield lookup.drawn(looked_up, Carried("C1").encoded(), "1.1", held[:1])
    rights = Policy.open().rights(WorkspaceKey(None, "T1"), Who("U1"))
    recent = (Command("get", "pods", connection=held[0].id),)
    for some in ((), held):
        yield home.drawn(home.Tab(rights, some, recent=recent, start=15), home.Seen(), asking=True)
    yield home.broken(Unreachable("x"), "ref")
    for callback_id in (forms.FIND, forms.CONNECT):
        for by_keys in (False, True):
            for with_role in (False, True):
                yield (
                    Filled(by_keys=by_keys)
                    .form(callback_id, Carried("C1", with_role=with_role), OFFERED)
                    .view()
                )
    yield forms.outcome(
        "Connected", Carried("C1").encoded(), "done", clusters.looks(samples.CONNECTION, private=False)
    )


def of_messages() -> dict[str, Block]:
    """Each element of a message that Slack tells the app about, by action_id, with its block's id inside."""
    return {
        element["action_id"]: {**element, "block_id": block.get("block_id", "b")}
        for blocks in messages()
        for block in blocks
        for element in samples.dicts(block)
        if element.get("type") in CLICKED
    }


def of_views() -> dict[str, Block]:
    """The same of modals: in an input only those that dispatch at once."""
    return {
        element["action_id"]: element
        for view in views()
        for block in view["blocks"]
        for element in samples.dicts(block)
        if element.get("type") in CLICKED and (block["type"] != "input" or block.get("dispatch_action"))
    }


def suggesting() -> set[str]:
    everything = [*messages(), *views()]
    return {
        element["action_id"]
        for element in samples.dicts(everything)
        if element.get("type") == "external_select"
    }


@pytest.fixture(scope="module")
def listening(running_slack: LocalSlack, folder: Path) -> Iterator[Bot]:
    bot = Bot(settings_for(running_slack, folder))
    yield bot
    bot.close(5)


def person(slack: LocalSlack) -> dict[str, Any]:
    team = slack.team("akme")
    return {"team": {"id": team.id}, "user": {"id": team.person("ada").id, "team_id": team.id}}


def test_the_command_is_the_grammars_and_arrives_in_one_form() -> None:
    (command,) = MANIFEST["features"]["slash_commands"]
    assert command["command"] == COMMAND
    assert command["should_escape"] is True
    assert set(command["usage_hint"].split(" | ")) <= set(VERBS)


def test_the_scopes_are_those_that_check_looks_for_and_no_more() -> None:
    assert MANIFEST["oauth_config"]["scopes"] == {"bot": list(MANIFEST["oauth_config"]["scopes"]["bot"])}
    assert sorted(MANIFEST["oauth_config"]["scopes"]["bot"]) == sorted(SCOPES)


def test_socket_mode_and_clicks_are_on() -> None:
    assert MANIFEST["_metadata"]["major_version"] == 2
    settings = MANIFEST["settings"]
    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"] == {"is_enabled": True}


def test_no_event_is_asked_for_that_nobody_listens_to(listening: Bot, running_slack: LocalSlack) -> None:
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"] is True
    (asked,) = MANIFEST["settings"]["event_subscriptions"].values()
    for name in (*asked, "team_join"):
        event = {"type": name, "tokens": {"bot": []}, "user": running_slack.team("akme").person("ada").id}
        payload = {
            "type": "event_callback",
            "team_id": running_slack.team("akme").id,
            "event": event,
            "event_id": f"manifest.{name}",
        }
        response, _ = listening.answer(payload)
        assert response.status == (404 if name == "team_join" else 200)


def test_the_file_says_what_the_command_prints() -> None:
    assert yaml.safe_load(printed()) == manifest() == MANIFEST


def test_for_http_and_oauth_every_address_is_the_bots() -> None:
    made = yaml.safe_load(printed("https://chatops.example.com/"))
    settings, events = made["settings"], "https://chatops.example.com/slack/events"
    assert made["features"]["slash_commands"][0]["url"] == events
    assert made["oauth_config"]["redirect_urls"] == ["https://chatops.example.com/slack/oauth_redirect"]
    assert settings["event_subscriptions"]["request_url"] == events
    assert settings["interactivity"] == {
        "is_enabled": True,
        "request_url": events,
        "message_menu_options_url": events,
    }
    on = ("org_deploy_enabled", "token_rotation_enabled")
    assert [settings[name] for name in (*on, "socket_mode_enabled")] == [True, True, False]
    assert [MANIFEST["settings"][name] for name in (*on, "socket_mode_enabled")] == [False, False, True]
    assert made["oauth_config"]["scopes"] == MANIFEST["oauth_config"]["scopes"]


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://chatops.example.com", True),
        ("https://chatops.example.com:8443/eks/", True),
        ("http://chatops.example.com", False),
        ("chatops.example.com", False),
        ("https://", False),
        ("https://me:secret@chatops.example.com", False),
        ("https://chatops.example.com?x=1", False),
        ("https://chatops.example.com#x", False),
        ("https://chatops.example.com:99999", False),
        ("https://[::1", False),
        ("https://chat ops.example.com", False),
        ("https://chatops.example.com\n", False),
        ("", False),
    ],
)
def test_slack_can_only_reach_a_public_address(url: str, good: bool) -> None:
    assert is_public(url) == good


@pytest.mark.parametrize("shortcut", MANIFEST["features"]["shortcuts"], ids=lambda one: one["callback_id"])
def test_every_shortcut_has_a_listener(
    listening: Bot, running_slack: LocalSlack, shortcut: dict[str, Any]
) -> None:
    assert len(shortcut["name"]) <= 24
    payload = {
        "type": {"global": "shortcut", "message": "message_action"}[shortcut["type"]],
        "callback_id": shortcut["callback_id"],
        "trigger_id": f"shortcut.{shortcut['callback_id']}",
        **person(running_slack),
    }
    if shortcut["type"] == "message":
        channel = running_slack.team("akme").channel("ops").id
        payload |= {"channel": {"id": channel}, "message": {"ts": "1.1", "text": "x"}}
    response, _ = listening.answer(payload)
    assert response.status == 200


@pytest.mark.parametrize("action_id", sorted(of_messages()))
def test_every_element_of_a_message_has_a_listener(
    listening: Bot, running_slack: LocalSlack, action_id: str
) -> None:
    element = of_messages()[action_id]
    payload = {
        "type": "block_actions",
        **person(running_slack),
        "trigger_id": f"message.{action_id}",
        "channel": {"id": running_slack.team("akme").channel("ops").id},
        "actions": [
            {key: element[key] for key in ("type", "action_id", "block_id", "value") if key in element}
        ],
    }
    response, _ = listening.answer(payload)
    assert response.status == 200


@pytest.mark.parametrize("action_id", sorted(of_views()))
def test_every_element_of_a_modal_that_dispatches_has_a_listener(
    listening: Bot, running_slack: LocalSlack, action_id: str
) -> None:
    payload = {
        "type": "block_actions",
        **person(running_slack),
        "trigger_id": f"view.{action_id}",
        "view": {"id": "V1", "type": "modal", "callback_id": forms.CONNECT},
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": "x"}],
    }
    response, _ = listening.answer(payload)
    assert response.status == 200


@pytest.mark.parametrize("callback_id", sorted({view["callback_id"] for view in views() if "submit" in view}))
def test_every_modal_that_can_be_sent_has_a_listener(
    listening: Bot, running_slack: LocalSlack, callback_id: str
) -> None:
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": Carried("C1").encoded(),
    }
    payload = {"type": "view_submission", **person(running_slack), "trigger_id": callback_id, "view": view}
    response, _ = listening.answer(payload)
    assert response.status == 200
    assert '"response_action"' in response.body


@pytest.mark.parametrize("action_id", sorted(suggesting()))
def test_every_select_that_asks_for_options_gets_an_answer(
    listening: Bot, running_slack: LocalSlack, action_id: str
) -> None:
    payload = {
        "type": "block_suggestion",
        **person(running_slack),
        "action_id": action_id,
        "block_id": "b",
        "value": "x",
    }
    response, _ = listening.answer(payload)
    assert response.status == 200
    assert '"options"' in response.body


def test_what_is_drawn_is_what_is_checked_here() -> None:
    # Should a drawing vanish from the lists above, the tests made from them would vanish without a word.
    assert {"refresh.list", "next.page", "previous.page", "widen.list", "choose.namespace"} <= set(
        of_messages()
    )
    assert {"choose.found_cluster", "choose.connection", "connect.0", "use.0", "confirm.disconnect"} <= set(
        of_messages()
    )
    assert {"run.suggestion", "try.again", "correct.form", "dismiss.question"} <= set(of_messages())
    assert {forms.SIGN_IN, forms.ROLE, "list.pods"} <= set(of_views())
    assert {"home.refresh", "home.next", "home.previous", "again.0", "open.object", "default.0"} <= set(
        of_views()
    )
    assert {"change.default", "clear.default"} <= set(of_messages())
    assert suggesting() == {forms.CLUSTER, listing.NAMESPACES, *asking.SELECTS}


def test_the_payload_of_an_unknown_element_would_be_noticed(
    listening: Bot, running_slack: LocalSlack
) -> None:
    payload = {
        "type": "block_actions",
        **person(running_slack),
        "trigger_id": "unknown",
        "actions": [{"type": "button", "action_id": "nobody-listens", "block_id": "b", "value": "x"}],
    }
    response, _ = listening.answer(payload)
    assert response.status == 404


def test_the_manifest_is_one_that_the_playgrounds_slack_takes(settings: Settings) -> None:
    with LocalSlack.start(manifest=MANIFEST) as slack:
        assert slack.manifest is not None
        assert sorted(slack.manifest.scopes) == sorted(SCOPES)
        assert COMMAND in slack.manifest.commands
