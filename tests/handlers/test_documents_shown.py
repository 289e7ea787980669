"""What stands beside a file, and the lines for a terminal: where the file is, and hostile names harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.attachments import Document
from handlers.blocks import documents
from handlers.blocks.heading import heading
from handlers.blocks.limits import message_faults
from handlers.blocks.message import Message
from handlers.blocks.text import code
from handlers.command import Command
from handlers.document import file_name
from tests.handlers.samples import CONNECTION, HOSTILE, alive, command_of, mrkdwn

HEAD = heading("pod cart", CONNECTION)


def checked(message: Message) -> Message:
    assert message_faults({"text": message.text, "blocks": message.blocks}) == []
    assert [alive(text) for text in mrkdwn(message)] == [""] * len(mrkdwn(message))
    return message


@pytest.mark.parametrize(
    ("public", "said"),
    [
        (True, "`pod-cart.yaml` is here: `pod/cart`, 2.1 kB."),
        (False, "`pod-cart.yaml` is in your messages with the bot: `pod/cart`, 2.1 kB."),
    ],
)
def test_it_says_what_how_much_and_where(public: bool, said: str) -> None:
    document = Document("pod-cart.yaml", "x" * 2_100)
    sent = documents.Sent(document.name, document.size, "`pod/cart`", public)
    message = checked(documents.answer(HEAD, sent, [], notes=("masked",)))
    assert message.text == said
    assert [block["type"] for block in message.blocks] == ["header", "section", "context"]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_comes_to_life(name: str) -> None:
    sent = documents.Sent(file_name("pods", name, ending="csv"), "1 byte", code(name), public=True)
    checked(documents.answer(HEAD, sent, []))
    checked(documents.nothing(HEAD, code(name), []))
    checked(documents.terminal([name, "kubectl get pods"], CONNECTION))


def test_lines_are_one_block_to_copy_and_without_a_file_there_is_a_button_for_it() -> None:
    message = checked(documents.terminal(["aws x", "kubectl y"], CONNECTION))
    (block,) = [one for one in message.blocks if one["type"] == "rich_text"]
    assert block["elements"][0]["elements"] == [{"type": "text", "text": "aws x\nkubectl y"}]
    assert command_of(message.blocks, "send.kubeconfig") == Command("kubeconfig", connection=CONNECTION.id)
    sent = documents.Sent("kubeconfig-prod.yaml", "1.2 kB", "it holds no secret", public=False)
    with_file = checked(documents.terminal(["kubectl y"], CONNECTION, file=sent))
    assert "send.kubeconfig" not in str(with_file.blocks)
    assert (
        with_file.text
        == "`kubeconfig-prod.yaml` is in your messages with the bot: it holds no secret, 1.2 kB."
    )


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_file_has_a_name_that_every_disk_takes(one: str, other: str) -> None:
    name = file_name(one, other, ending="yaml")
    assert name.endswith(".yaml")
    assert not set(name) & set('/\\:*?"<>|\0\n\r\t ')
    assert len(name) <= 125


def test_a_file_is_named_by_what_is_in_it() -> None:
    assert file_name("pod", "cart-7d9", ending="yaml") == "pod-cart-7d9.yaml"
    assert file_name("clusterrole", "system:node", ending="yaml") == "clusterrole-system-node.yaml"
    assert file_name("pods", "prod", "", ending="csv") == "pods-prod.csv"
