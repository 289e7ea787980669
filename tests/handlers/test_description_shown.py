"""How a description is drawn: what ails the object first, within every limit, and where to go from there."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.description import Condition, Container, Description, Fact, Link, State, Volume, described
from connector.masking import masked_object
from connector.objects import Ref
from connector.resources import KINDS, Cell, Health
from connector.resources.events import EventRow
from handlers.blocks import description as drawing
from handlers.blocks.limits import message_faults, numbers
from handlers.blocks.message import Message
from handlers.blocks.opening import picked
from handlers.command import Command, decoded
from tests.connector.api_server import recorded
from tests.handlers import samples
from tests.handlers.listing_parts import labels, whole
from tests.handlers.samples import CONNECTION, HOSTILE, NOW

POD = Description(
    kind="Pod",
    name="cart-7d9-x2abc",
    namespace="checkout",
    created=NOW - 7_200,
    health=Health.BROKEN,
    status="CrashLoopBackOff",
    facts=(Fact("Node", (Cell("ip-10-0-1-2"),)), Fact("Started", (Cell("x", time=NOW - 7_000),))),
    conditions=(
        Condition("Ready", "False", "ContainersNotReady", "unready: [app]", NOW - 60, is_bad=True),
        Condition("PodScheduled", "True", since=NOW - 7_100),
    ),
    containers=(
        Container(
            "app",
            image="cart:1",
            state=State("Waiting", "CrashLoopBackOff", "back-off 5m0s"),
            last_state=State("Terminated", "Error", exit_code=1, finished=NOW - 90),
            ready=False,
            restarts=4,
            env=(("PASSWORD", ""),),
            host_ports=("8080/TCP",),
            image_id="registry.example.com/cart@sha256:0f1e",
            container_id="containerd://9c8b",
        ),
    ),
    volumes=(Volume("config", "ConfigMap", "cart", (Link("ConfigMap", "cart", "checkout", role="volume"),)),),
    owners=(
        Link("ReplicaSet", "cart-7d9", "checkout", "apps", "owner"),
        Link("Deployment", "cart", "checkout", "apps", "owner"),
    ),
    related=(Link("Node", "ip-10-0-1-2", role="node"),),
    labels=(("app", "cart"),),
)


def draw(found: Description = POD, plural: str = "pods", *, production: bool = False, **more: Any) -> Message:
    ref = Ref(KINDS[plural].resource, found.namespace, found.name)
    here = Command(
        "describe",
        plural,
        words=(found.name,),
        namespace=found.namespace or "",
        connection=CONNECTION.id,
        owner="U0ADA00001",
    ).replaced(**more)
    return drawing.drawn(found, ref, CONNECTION, here, now=NOW, production=production)


def texts(message: Message) -> list[str]:
    return [
        block["text"]["text"] for block in message.blocks if block["type"] == "section" and "text" in block
    ]


def values(message: Message) -> dict[str, Command]:
    """What each button would have the bot do."""
    found = (each for each in samples.dicts(message.blocks) if each.get("type") == "button")
    return {each["action_id"]: decoded(each["value"]) for each in found}


def test_what_ails_it_comes_first_then_what_is_wrong_and_what_happened() -> None:
    message = draw()
    head, opened, *rest = message.blocks
    assert head["text"]["text"] == "pod cart-7d9-x2abc · prod-payments · eu-west-1 · v1.34"
    assert opened["text"]["text"].startswith("🔴 *CrashLoopBackOff* in `checkout` · created <!date^")
    assert "exited 1 (Error)" in opened["text"]["text"]
    assert texts(message)[1].startswith("*Conditions*\n🔴 Ready False since <!date^")
    container = texts(message)[2]
    assert container.startswith(
        "*app* `cart:1`\n🔴 Waiting: CrashLoopBackOff · not ready · 4 restarts\n> back-off"
    )
    assert "before: Terminated: Error (exit code 1), <!date^" in container
    assert not any(words in container for words in ("env PASSWORD", "host ports", "image ID", "container ID"))
    assert not any(text.startswith("*Labels*") for text in texts(message))
    assert message.text.startswith("pod cart-7d9-x2abc of prod-payments: CrashLoopBackOff")
    assert rest[-1]["type"] == "actions"


def test_all_of_it_is_a_button_away_in_the_same_place() -> None:
    short, whole_one = draw(), draw(whole=True)
    assert values(short)["more.object"] == values(short)["refresh.object"].replaced(whole=True)
    assert values(whole_one)["less.object"] == values(short)["refresh.object"]
    shown = "\n".join(texts(whole_one))
    for words in (
        "env PASSWORD",
        "host ports 8080/TCP",
        "image ID `registry.example.com/cart@sha256:0f1e`",
        "container ID `containerd://9c8b`",
        "*Labels*\n`app=cart`",
        "*Volumes*\n`config` ConfigMap cart",
        "PodScheduled True",
    ):
        assert words in shown
    # What is opened from there is short again.
    assert not values(whole_one)["open.logs"].whole


def test_production_is_marked() -> None:
    assert draw(production=True).blocks[0]["text"]["text"].startswith("PRODUCTION · pod cart")


def test_every_way_on_is_a_command_about_this_object_and_no_other() -> None:
    found = values(draw())
    common: Any = {"connection": CONNECTION.id, "namespace": "checkout"}
    own = Command("describe", "pods", words=(POD.name,), **common)
    assert found["refresh.object"] == own.replaced(owner="U0ADA00001")
    assert found["open.logs"] == own.replaced(verb="logs")
    assert found["open.yaml"] == own.replaced(verb="yaml")
    assert found["list.events"] == Command("get", "events", about=f"pods/{POD.name}", **common)
    assert found["owner.0"] == Command("describe", "replicasets", words=("cart-7d9",), **common)
    assert found["owner.1"] == Command("describe", "deployments", words=("cart",), **common)
    assert "list.pods" not in found
    assert labels(draw())["owner.1"] == "Deployment cart"


def test_what_is_private_stays_so() -> None:
    assert all(command.private for command in values(draw(private=True)).values())


def test_what_is_around_it_is_opened_by_a_select() -> None:
    block = draw().blocks[-1]
    options = {one["text"]["text"]: one["value"] for one in block["elements"][0]["options"]}
    assert list(options) == ["Node ip-10-0-1-2 (node)", "ConfigMap cart (volume)"]
    node, config = (picked(block["block_id"], value) for value in options.values())
    assert (node.verb, node.kind, node.word, node.namespace) == ("describe", "nodes", "ip-10-0-1-2", "")
    assert (config.kind, config.word, config.namespace) == ("configmaps", "cart", "checkout")


def test_what_selects_pods_leads_to_them() -> None:
    deployment = replace(
        POD, kind="Deployment", group="apps", name="cart", owners=(), selector="app=cart", status=""
    )
    found = values(draw(deployment, "deployments"))
    assert found["list.pods"].selector == "app=cart"
    assert (found["list.pods"].namespace, found["list.pods"].kind) == ("checkout", "pods")
    assert found["open.rollout"].action == "status"


def test_what_is_healthy_and_yet_has_a_reason_to_look_is_not_green() -> None:
    service = Description("Service", "cart", "checkout", health=Health.HEALTHY, selector="app=cart")
    service = replace(service, facts=(Fact("Ready endpoints", (Cell("0 of 0"),)),))
    assert texts(draw(service, "services"))[0] == (
        "🟡 *not as it should be* in `checkout`\nNo pod matches its selector"
    )
    well = replace(service, facts=(Fact("Ready endpoints", (Cell("2 of 2"),)),))
    assert texts(draw(well, "services"))[0] == "🟢 *healthy* in `checkout`"


@pytest.mark.parametrize("kind", ["configmaps", "secrets"])
def test_what_can_be_nothing_else_is_not_called_healthy(kind: str) -> None:
    found = draw(Description("ConfigMap", "cart", "checkout", health=Health.HEALTHY), kind)
    assert texts(found)[0] == "There in `checkout`"
    assert "healthy" not in found.text
    going = Description("ConfigMap", "cart", "checkout", health=Health.CHANGING, status="Terminating")
    assert texts(draw(going, kind))[0] == "🟡 *Terminating* in `checkout`"


def test_a_namespace_leads_to_its_pods() -> None:
    found = values(draw(Description("Namespace", "checkout", None, health=Health.HEALTHY), "namespaces"))
    assert (found["list.pods"].namespace, found["list.pods"].selector) == ("checkout", "")


def test_an_object_of_which_little_is_known_is_drawn_in_words() -> None:
    message = draw(Description(kind="Lease", name="x", namespace=None), "configmaps")
    assert "⚪ *state unknown*" in texts(message)[0]
    assert not message_faults(whole(message))


def test_what_does_not_fit_is_named() -> None:
    many = replace(
        POD,
        labels=tuple((f"label-{at}", "v" * 60) for at in range(80)),
        annotations=tuple((f"note-{at}", "v" * 190) for at in range(20)),
        containers=tuple(
            replace(POD.containers[0], name=f"app-{at}", mounts=("m" * 290,)) for at in range(30)
        ),
    )
    message = draw(many, whole=True)
    assert not message_faults(whole(message))
    (note,) = [
        element["text"]
        for block in message.blocks
        if block["type"] == "context"
        for element in block["elements"]
        if "left out for want of room" in element["text"]
    ]
    assert "container app-29" in note
    assert "its YAML" in note


def test_many_lines_of_one_part_are_counted() -> None:
    message = draw(
        replace(POD, containers=(), labels=tuple((f"label-{at}", "v" * 60) for at in range(80))), whole=True
    )
    assert any(text.startswith("*Labels*") and " more" in text.splitlines()[-1] for text in texts(message))


EVENT = EventRow(
    name="pod/cart",
    namespace="checkout",
    event="cart.1",
    type="Warning",
    reason="BackOff",
    part="",
    source="kubelet",
    message="Back-off restarting",
    count=207,
    first_seen=NOW - 3_600,
    last_seen=NOW - 120,
    created=NOW - 3_600,
    health=Health.CHANGING,
)


def test_events_are_few_and_say_how_often_and_when() -> None:
    message = draw(replace(POD, events=(EVENT, *(replace_event(at) for at in range(20)))))
    (events,) = [text for text in texts(message) if text.startswith("*Events")]
    assert "🟡 Warning BackOff 2m ago ×207: Back-off restarting" in events
    assert events.splitlines()[-1] == "… and 13 more: [Events]"


def replace_event(at: int) -> EventRow:
    return msgspec.structs.replace(EVENT, type="Normal", reason=f"Reason{at}", count=1)


@pytest.mark.parametrize("kind", ["pods", "deployments", "services", "nodes"])
def test_every_recorded_object_is_drawn_within_the_limits(kind: str) -> None:
    for item in recorded(f"{kind}.json")["items"]:
        found = described(KINDS[kind].resource, masked_object(item), now=NOW)
        for message in (draw(found, kind), draw(found, kind, whole=True)):
            assert not message_faults(whole(message)), found.name


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_comes_to_life(name: str) -> None:
    hostile = replace(
        POD,
        status=name,
        facts=(Fact(name, (Cell(name),)),) * 12,
        conditions=(Condition(name, name, name, name, is_bad=True),) * 12,
        containers=(
            Container(
                name,
                image=name,
                state=State("Waiting", name, name),
                env=((name, ""),),
                mounts=(name,),
                command=(name,),
                probes=((name, name),),
                limits=((name, name),),
            ),
        ),
        volumes=(Volume(name, name, name),),
        labels=((name, name),),
        annotations=((name, name),),
        notes=(name,),
        missing=(name,),
    )
    message = draw(hostile, whole=True)
    assert not message_faults(whole(message))
    said = [each["text"] for each in samples.dicts(message.blocks) if each.get("type") == "mrkdwn"]
    for text in said:
        for live in ("<!channel>", "<@U0ADA00001>", "<https://evil.example|click>"):
            assert live not in text


TEXT = st.text(max_size=600) | st.sampled_from(HOSTILE)


@settings(max_examples=60)
@given(st.lists(TEXT, min_size=1, max_size=40))
def test_whatever_is_said_fits(words: list[str]) -> None:
    first = words[0]
    found = replace(
        POD,
        status=first,
        facts=tuple(Fact(word, (Cell(word), Cell(word, time=NOW))) for word in words),
        conditions=tuple(
            Condition(word, word, word, word, is_bad=bool(at % 2)) for at, word in enumerate(words)
        ),
        labels=tuple((word, word) for word in words),
        related=tuple(Link("Node", word) for word in words),
        owners=tuple(Link(word, word, word) for word in words),
        missing=tuple(words),
    )
    message = draw(found, whole=True)
    assert not message_faults(whole(message))
    assert len(message.blocks) <= numbers.MESSAGE_BLOCKS
