"""Finding and connecting: by line and by form, with a profile, keys, the default chain and a role; and letting go."""

from playground.slack import Ack
from playground.tour import rows
from tests.scenarios.conftest import PAYMENTS, WAIT, World
from tests.scenarios.forms import choose, with_inputs


def test_clusters_by_form_land_in_the_channel_they_were_asked_from(world: World) -> None:
    # The bot is no member of #payments: only the response_url of the command leads there.
    view = world.form(world.ada, "/eks clusters", channel="payments")
    choose(world, view, region="us-east-1", profile="profile:web-prod")
    shown = world.answer(world.ada, lambda: world.ada.submits(view), channel="payments")
    assert [row["NAME"] for row in rows(shown)] == ["locked", "newborn", "prod-web"]
    assert [row["STATUS"] for row in rows(shown)] == ["ACTIVE", "CREATING", "ACTIVE"]
    assert not shown.ephemeral
    done = world.ada.wait_view(lambda view: "3 clusters" in str(view.blocks), WAIT)
    world.ada.closes(done)


def test_a_line_that_lacks_something_opens_the_form_with_the_rest_filled_in(world: World) -> None:
    view = world.form(world.ada, "/eks connect prod-web --region us-east-1")
    values = str(view.state)
    assert "us-east-1" in values
    assert "prod-web" in values
    choose(world, view, profile="profile:web-prod")
    shown = world.answer(
        world.ada, lambda: world.ada.submits(view), lambda message: "Connected" in message.text
    )
    assert "us-east-1_prod-web" in shown.text
    world.ada.closes(world.ada.wait_view(lambda view: view.title == "Connected", WAIT))


def test_the_cluster_select_offers_what_the_form_can_see_and_takes_any_name(world: World) -> None:
    view = world.form(world.ada, "/eks connect")
    assert [option["value"] for option in world.ada.suggestions(view, "choose.cluster", "pay")] == ["pay"]
    choose(world, view, region="eu-west-1", profile="profile:payments-prod")
    offered = world.ada.suggestions(view, "choose.cluster", "")
    assert [option["value"] for option in offered] == ["prod-payments", "staging-payments"]
    assert "ACTIVE" in offered[0]["text"]["text"]
    typed = world.ada.suggestions(view, "choose.cluster", "prod-x")
    assert [option["value"] for option in typed] == ["prod-x"]
    world.ada.closes(view)


def test_a_mistake_stands_at_its_input_and_nothing_typed_is_lost(world: World) -> None:
    view = world.form(world.ada, "/eks connect")
    choose(world, view, sign_in="keys")
    view = with_inputs(world, "access_key_id", "secret_access_key")
    keys = world.playground.keys
    choose(world, view, region="eu-west-1", access_key_id=keys.access_key_id, cluster="prod-payments")
    choose(world, view, secret_access_key="x" * 40)
    world.ada.submits(view)
    view = world.ada.wait_view(lambda view: "🔴" in str(view.blocks), WAIT)
    places = [block.get("block_id") for block in view.blocks]
    mistake = next(at for at, block in enumerate(view.blocks) if "🔴" in str(block))
    assert places[mistake - 1] == "secret_access_key"
    # Only the secret is to be typed again.
    choose(world, view, secret_access_key=keys.secret_access_key)
    shown = world.answer(
        world.ada, lambda: world.ada.submits(view), lambda message: "Connected" in message.text
    )
    assert PAYMENTS in shown.text
    assert keys.access_key_id not in shown.text
    world.ada.closes(world.ada.wait_view(lambda view: view.title == "Connected", WAIT))


def test_another_way_to_sign_in_keeps_the_rest_of_the_form(world: World) -> None:
    view = world.form(world.ada, "/eks connect")
    choose(world, view, region="eu-west-1")
    choose(world, view, sign_in="keys")
    view = with_inputs(world, "access_key_id")
    world.ada.clicks(view, "toggle.role")
    view = with_inputs(world, "role_arn", "external_id")
    assert "eu-west-1" in str(view.state)
    choose(world, view, sign_in="profile")
    view = with_inputs(world, "profile", "role_arn")
    assert "access_key_id" not in [block.get("block_id") for block in view.blocks]
    assert "eu-west-1" in str(view.state)
    world.ada.closes(view)


def test_a_role_is_assumed_on_top_of_a_profile_with_its_external_id(world: World) -> None:
    line = "/eks connect prod-payments --region eu-west-1 --profile web-prod --role-arn {} --external-id {}"
    auditor = "arn:aws:iam::111122223333:role/eks-auditor"
    shown = world.ask(world.ada, line.format(auditor, "chatops-demo"))
    assert "role `eks-auditor`" in shown.text
    assert f"assumed-role/eks-auditor/{world.ada.id}" in shown.text
    found = world.ask(
        world.dev,
        f"/eks clusters --region eu-west-1 --profile web-prod --role-arn {auditor} --external-id chatops-demo",
    )
    assert f"assumed-role/eks-auditor/{world.dev.id}" in str(found.blocks)
    refusal = world.ask(world.ada, line.format(auditor, "wrong"))
    assert refusal.ephemeral
    assert "sts:AssumeRole" in str(refusal.blocks)


def test_the_default_chain_signs_in_too(world: World) -> None:
    shown = world.ask(world.ada, "/eks clusters --region eu-west-1 --default-chain")
    assert "prod-payments" in [row["NAME"] for row in rows(shown)]


def test_the_same_name_in_two_accounts_makes_two_connections(world: World) -> None:
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile payments-prod")
    world.connect(world.ada, "staging-payments --region eu-west-1 --profile sandbox")
    shown = world.ask(world.ada, "/eks connections", lambda message: "2 clusters" in str(message.blocks))
    assert "`eu-west-1_staging-payments`" in str(shown.blocks)
    assert "`eu-west-1_staging-payments_777788889999`" in str(shown.blocks)
    # Connecting again replaces.
    world.connect(world.dev, "staging-payments --region eu-west-1 --profile sandbox")
    shown = world.ask(world.ada, "/eks connections", lambda message: "2 clusters" in str(message.blocks))
    assert "dev, since" in str(shown.blocks)


def test_a_found_cluster_is_connected_by_its_button(world: World) -> None:
    shown = world.ask(world.ada, "/eks clusters --region us-east-1 --profile web-prod")
    buttons = [
        element for block in shown.blocks if block["type"] == "actions" for element in block["elements"]
    ]
    button = next(element for element in buttons if "prod-web" in element["text"]["text"])
    connected = world.answer(world.dev, lambda: world.dev.clicks(shown, button["action_id"]))
    assert "us-east-1_prod-web" in connected.text
    assert world.dev.id in connected.text


def test_a_wrong_line_is_corrected_in_the_form(world: World) -> None:
    refusal = world.ask(world.ada, "/eks connect prod-web --region us-east-7 --profile web-prod")
    assert "us-east-" in str(refusal.blocks)
    world.ada.clicks(refusal, "correct.form")
    view = world.ada.wait_view(lambda view: view.title == "Connect to a cluster", WAIT)
    assert "prod-web" in str(view.state)
    world.ada.closes(view)


def test_nothing_of_a_connection_stays(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    listed = world.ask(world.ada, "/eks nodes")
    asked = world.ask(world.ada, "/eks disconnect")
    assert asked.ephemeral
    kept = world.ask(world.ada, "/eks connections", lambda message: "1 cluster" in str(message.blocks))
    assert "us-east-1_prod-web" in str(kept.blocks)
    gone = world.answer(
        world.ada,
        lambda: world.ada.clicks(asked, "confirm.disconnect"),
        lambda message: "Disconnected" in message.text,
    )
    assert not gone.ephemeral
    refusal = world.answer(world.ada, lambda: world.ada.clicks(listed, "refresh.list"))
    assert "There is no connection" in refusal.text
    assert "not connected" in world.ask(world.ada, "/eks pods").text


def test_keeping_a_connection_takes_the_question_away(world: World) -> None:
    world.connect(world.ada, "prod-web --region us-east-1 --profile web-prod")
    asked = world.ask(world.ada, "/eks disconnect")
    world.ada.clicks(asked, "dismiss.question")
    changed = world.playground.slack.world.changed
    with changed:
        assert changed.wait_for(lambda: asked.ts not in [seen.ts for seen in world.ada.sees("ops")], WAIT)
    assert "1 cluster" in str(world.ask(world.ada, "/eks connections").blocks)


def test_a_form_closed_while_it_connects_answers_in_the_channel(world: World) -> None:
    view = world.form(world.ada, "/eks connect prod-web --region us-east-1")
    choose(world, view, profile="profile:payments-prod")
    world.playground.aws.faults.hang("eks:DescribeCluster")

    def submits_and_closes() -> Ack:
        ack = world.ada.submits(view)
        world.ada.closes(view)
        world.playground.aws.faults.clear()
        return ack

    refusal = world.answer(world.ada, submits_and_closes, lambda message: "🔴" in str(message.blocks))
    assert refusal.ephemeral
    assert "There is no cluster `prod-web`" in refusal.text


def test_the_modal_shows_its_steps(world: World) -> None:
    world.playground.fleet.cluster("prod-web").faults.hang()
    view = world.form(world.ada, "/eks connect prod-web --region us-east-1")
    choose(world, view, profile="profile:web-prod")
    world.ada.submits(view)
    world.ada.wait_view(lambda view: "cluster found" in str(view.blocks), WAIT)
    world.playground.fleet.cluster("prod-web").faults.clear()
    world.ada.closes(world.ada.wait_view(lambda view: view.title == "Connected", WAIT))
