"""Filling the bot's forms as a person does."""

from playground.slack import View
from tests.scenarios.conftest import WAIT, People


def choose(people: People, view: View, **answers: str) -> None:
    """Fills a form's selects and inputs, by what stands behind the dot of their action_id."""
    prefix = {"region": "choose", "profile": "choose", "sign_in": "choose", "cluster": "choose"}
    for name, value in answers.items():
        action_id = f"{prefix.get(name, 'type')}.{name}"
        if name == "cluster":
            people.ada.suggestions(view, action_id, value)
        people.ada.fills(view, {action_id: value})


def with_inputs(people: People, *block_ids: str) -> View:
    return people.ada.wait_view(
        lambda view: set(block_ids) <= {block.get("block_id") for block in view.blocks}, WAIT
    )
