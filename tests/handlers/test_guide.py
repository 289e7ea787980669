"""Help is the grammar itself: nothing that can be typed is missing from it, and every example works."""

import html

import pytest

from connector.resources import KINDS
from handlers.blocks import guide
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message
from handlers.command import Command
from handlers.grammar import COMMAND, COMMON, GROUPS, TOPICS, VERBS, Verb
from handlers.parsing import parsed
from tests.handlers.samples import alive, buttons, command_of, mrkdwn


def whole(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": message.blocks}


def shown(message: Message) -> str:
    return html.unescape("\n".join(mrkdwn(message)))


@pytest.mark.parametrize(
    "held", [(), ("eu-west-1_prod",), tuple(f"eu-west-1_{'c' * 95}-{at}" for at in range(60))]
)
def test_the_menu_has_every_verb_with_an_example(held: tuple[str, ...]) -> None:
    message = guide.menu(held)
    assert message_faults(whole(message)) == []
    text = shown(message)
    for verb in VERBS.values():
        assert f"`{COMMAND} {verb.name}`  {verb.summary}" in text
        assert any(f"`{example}`" in text for example in verb.examples)
    assert all(f"*{group}*" in text for group in GROUPS)
    assert {verb.group for verb in VERBS.values()} == set(GROUPS)


def test_the_menus_buttons_run_what_they_say() -> None:
    blocks = guide.menu(("eu-west-1_prod",)).blocks
    assert command_of(blocks, "ask.clusters") == Command("clusters")
    assert command_of(blocks, "ask.connect") == Command("connect")
    assert command_of(blocks, "show.connections") == Command("connections")
    assert COMMON == ("pods", "deployments", "services", "nodes", "events")
    for plural in COMMON:
        assert command_of(blocks, f"list.{plural}") == Command("get", plural)


def test_without_a_connection_there_is_nothing_to_look_into() -> None:
    message = guide.menu(())
    assert not [name for name in buttons(message.blocks) if name.startswith("list.")]
    assert "Not connected to a cluster yet." in shown(message)


def test_many_connections_are_counted() -> None:
    assert "`c0`, `c1`, `c2`" in shown(guide.menu(tuple(f"c{at}" for at in range(3))))
    assert "`c9` and 2 more" in shown(guide.menu(tuple(f"c{at}" for at in range(12))))


def test_the_menu_names_every_kind_and_has_a_line_for_the_common_ones_alone() -> None:
    text = shown(guide.menu(("eu-west-1_prod",)))
    assert all(plural in text for plural in KINDS)
    assert "`/eks events`" in text
    assert "`/eks cronjobs`" not in text
    assert len(text.splitlines()) < 40


def test_get_tells_every_kind_with_its_short_names() -> None:
    text = shown(guide.topic(VERBS["get"]))
    assert "`pods` (`po`)" in text
    assert "`jobs`, `cronjobs` (`cj`)" in text
    for kind in KINDS.values():
        assert all(f"`{name}`" in text for name in (kind.plural, *kind.short_names))


@pytest.mark.parametrize("verb", TOPICS.values(), ids=lambda verb: verb.name)
def test_a_topic_has_every_flag_alias_and_example(verb: Verb) -> None:
    message = guide.topic(verb)
    assert message_faults(whole(message)) == []
    text = shown(message)
    assert f"*{COMMAND} {verb.name}*: {verb.summary}" in text
    assert f"Usage: `{verb.usage}`" in text
    for flag in verb.flags:
        assert all(f"`{name}`" in text for name in flag.names)
        assert flag.help in text
        assert flag.value in text
    assert all(f"`{alias}`" in text for alias in verb.aliases)
    assert all(f"`{example}`" in text for example in verb.examples)
    assert [alive(each) for each in mrkdwn(message)] == [""] * len(mrkdwn(message))


@pytest.mark.parametrize(("name", "verb"), TOPICS.items())
def test_every_example_is_a_command_of_its_verb(name: str, verb: Verb) -> None:
    assert verb.examples
    for example in verb.examples:
        command = parsed(example.removeprefix(COMMAND))
        assert name in (command.verb, command.kind)


def test_examples_name_what_the_workspace_has() -> None:
    known = {"REGION": "eu-west-1", "PROFILE": "ops", "CLUSTER": "prod", "CONNECTION": "eu-west-1_prod"}
    text = shown(guide.topic(VERBS["connect"], known))
    assert "/eks connect prod --region eu-west-1 --profile ops" in text
    assert "/eks connect CLUSTER --region REGION --profile PROFILE" in shown(guide.topic(VERBS["connect"]))
    assert "/eks disconnect -c eu-west-1_prod" in shown(guide.menu(("eu-west-1_prod",), known))
