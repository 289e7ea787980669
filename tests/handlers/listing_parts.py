"""What tests of drawn lists ask for, and what they look at in them."""

from typing import Any

from connector.resources import Health
from handlers.blocks.message import Message
from handlers.command import Command
from tests.handlers import samples
from tests.handlers.samples import CONNECTION, Plain


def asked(plural: str = "pods", **more: Any) -> Command:
    return Command("get", plural, connection=CONNECTION.id, owner="U0ADA00001").replaced(**more)


def whole(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": message.blocks}


def contexts(message: Message) -> list[str]:
    return [block["elements"][0]["text"] for block in message.blocks if block["type"] == "context"]


def labels(message: Message) -> dict[str, str]:
    """action_id of every button -> what stands on it."""
    return {
        each["action_id"]: each["text"]["text"]
        for each in samples.dicts(message.blocks)
        if each.get("type") == "button"
    }


def pods(count: int, health: Health = Health.HEALTHY, namespaces: int = 1) -> tuple[Plain, ...]:
    return tuple(Plain((f"pod-{at:04}",), health, f"team-{at % namespaces}") for at in range(count))
