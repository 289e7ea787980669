"""Filling the bot's forms as a person does."""

from playground.slack import View
from tests.scenarios.conftest import WAIT, World


def choose(world: World, view: View, **answers: str) -> None:
    """Fills a form's selects and inputs, by what stands behind the dot of their action_id."""
    prefix = {"region": "choose", "profile": "choose", "sign_in": "choose", "cluster": "choose"}
    for name, value in answers.items():
        action_id = f"{prefix.get(name, 'type')}.{name}"
        if name == "cluster":
            world.ada.suggestions(view, action_id, value)
        world.ada.fills(view, {action_id: value})


def with_inputs(world: World, *block_ids: str) -> View:
    return world.ada.wait_view(
        lambda view: set(block_ids) <= {block.get("block_id") for block in view.blocks}, WAIT
    )
