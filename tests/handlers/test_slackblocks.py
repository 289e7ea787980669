"""Our drawings, built once more by slackblocks from the same values: it refuses none, and says the same of each."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import slackblocks as sb

from connector.resources import KINDS
from handlers.blocks import audit, clusters, forms, guide, listing, notices
from handlers.blocks.message import Block, Rung
from handlers.command import Command
from handlers.form import Carried, Filled
from handlers.grammar import VERBS
from handlers.trail import Entry, Found
from tests.handlers import samples


def text(value: Block) -> Any:
    if value["type"] == "plain_text":
        return sb.PlainText(value["text"], emoji=value.get("emoji", False))
    return sb.Markdown(value["text"])


def option(value: Block | None) -> Any:
    return sb.Option(text(value["text"]), value["value"]) if value else None


def element(value: Block) -> Any:
    """The element as slackblocks builds it. Raises KeyError for one that is not among ours."""

    def options(of: Block) -> list[Any]:
        return [option(each) for each in of["options"]]

    action_id = value["action_id"]
    kinds: dict[str, Callable[[], Any]] = {
        "button": lambda: sb.Button(
            text(value["text"]),
            action_id,
            value=value["value"],
            style=value.get("style"),
            accessibility_label=value.get("accessibility_label"),
        ),
        "static_select": lambda: sb.StaticSelectMenu(
            action_id,
            options=options(value) if "options" in value else None,
            option_groups=[
                sb.OptionGroup(text(group["label"]), options(group)) for group in value["option_groups"]
            ]
            if "option_groups" in value
            else None,
            initial_option=option(value.get("initial_option")),
            placeholder=text(value["placeholder"]),
        ),
        "external_select": lambda: sb.ExternalSelectMenu(
            action_id,
            option(value.get("initial_option")),
            value["min_query_length"],
            placeholder=text(value["placeholder"]),
        ),
        "radio_buttons": lambda: sb.RadioButtonGroup(
            action_id, options(value), option(value["initial_option"])
        ),
        "plain_text_input": lambda: sb.PlainTextInput(
            action_id,
            value.get("initial_value"),
            max_length=value["max_length"],
            placeholder=text(value["placeholder"]) if "placeholder" in value else None,
        ),
    }
    return kinds[value["type"]]()


def cell(value: Block) -> Any:
    if value["type"] == "raw_number":
        return sb.RawNumber(value["value"], value["text"])
    if value["type"] == "raw_text":
        return sb.RawText(value["text"])
    return sb.RawText(in_words(value))


def in_words(rich: Block) -> str:
    """slackblocks has no date in rich text, and no rich text in a cell: what is shown without one stands for it."""
    (shown,) = rich["elements"][0]["elements"]
    return str(shown.get("fallback") or shown[f"{shown['type']}_id"])


def block(value: Block) -> Any:
    block_id = value.get("block_id", "b")
    kinds: dict[str, Callable[[], Any]] = {
        "header": lambda: sb.HeaderBlock(text(value["text"]), block_id),
        "section": lambda: sb.SectionBlock(text(value["text"]), block_id),
        "context": lambda: sb.ContextBlock([text(each) for each in value["elements"]], block_id),
        "divider": lambda: sb.DividerBlock(block_id),
        "actions": lambda: sb.ActionsBlock([element(each) for each in value["elements"]], block_id),
        "input": lambda: sb.InputBlock(
            text(value["label"]),
            element(value["element"]),
            value.get("dispatch_action", False),
            block_id,
            text(value["hint"]) if "hint" in value else None,
            value["optional"],
        ),
        "data_table": lambda: sb.DataTableBlock(
            [[cell(each) for each in row] for row in value["rows"]],
            value["caption"],
            value["page_size"],
            value["row_header_column_index"],
            block_id,
        ),
        "table": lambda: sb.TableBlock(
            [[sb.RawText(cell(each).text) for each in row] for row in value["rows"]],
            [sb.ColumnSettings(is_wrapped=each["is_wrapped"]) for each in value["column_settings"]],
            block_id,
        ),
    }
    return kinds[value["type"]]()


def plainly(value: Any) -> Any:
    """JSON without what both leave out or write as a default, and with dates and people in cells as their texts."""
    if isinstance(value, list):
        return [plainly(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "rich_text":
        return {"type": "raw_text", "text": in_words(value)}
    return {key: plainly(each) for key, each in value.items() if each not in (None, False)}


def same(ours: list[Block]) -> None:
    for each in ours:
        theirs = json.loads(json.dumps(block(each)._resolve()))
        mine = {"block_id": "b", **each}
        if each["type"] == "table":
            # slackblocks knows texts only in a table.
            mine["rows"] = [
                [{"type": "raw_text", "text": cell(one).text} for one in row] for row in each["rows"]
            ]
        assert plainly(theirs) == plainly(mine)


@pytest.mark.parametrize("rung", samples.RUNGS)
@pytest.mark.parametrize("plural", KINDS)
def test_lists(plural: str, rung: Rung) -> None:
    found = samples.listing(KINDS[plural], samples.recorded(plural) * 5, complete=False)
    asked = Command("get", plural, connection=samples.CONNECTION.id, owner="U1", offset=10)
    same(listing.drawn(found, samples.CONNECTION, asked, rung).blocks)


@pytest.mark.parametrize("count", [0, 1, 6, 60])
def test_clusters_and_connections(count: int) -> None:
    search = Command("clusters", region="eu-west-1", profile="ops")
    same(clusters.found(samples.discovery(count), search, samples.NOW, Rung.DATA_TABLE).blocks)
    same(clusters.connections(samples.connections(count), {}, Command("connections")).blocks)
    same(clusters.which(samples.connections(max(2, count)), Command("get", "pods")).blocks)


@pytest.mark.parametrize("rung", samples.RUNGS)
@pytest.mark.parametrize("count", [0, 3])
def test_the_trail(count: int, rung: Rung) -> None:
    texts = ("C1", "U1", "pods", "eu-west-1_prod", "shop", "arn:aws:iam::1:user/a", "ok")
    lines = tuple(Entry(at, samples.NOW, *texts, 1.5, "7f3a91c2", "replica-1") for at in range(count))
    asked = Command("audit", user="U1", owner="U1")
    same(audit.drawn(Found(lines, 2, 9), asked, samples.NOW, 90, rung).blocks)


def test_help_and_notices() -> None:
    same(guide.menu(("eu-west-1_prod",)).blocks)
    for verb in VERBS.values():
        same(guide.topic(verb).blocks)
    same(notices.progress("Listing pods…")[1])
    same(clusters.really_disconnect(samples.CONNECTION).blocks)


@pytest.mark.parametrize("by_keys", [False, True])
@pytest.mark.parametrize("with_role", [False, True])
@pytest.mark.parametrize("callback_id", [forms.FIND, forms.CONNECT])
def test_forms(callback_id: str, with_role: bool, by_keys: bool) -> None:
    filled = Filled("eu-west-1", by_keys, cluster="prod", role_arn="arn:aws:iam::1:role/r", external_id="7")
    view = filled.form(callback_id, Carried("C1", with_role=with_role), samples.OFFERED).view("Signing in…")
    same(view["blocks"])
    modal = sb.ModalView(
        text(view["title"]),
        [block(each) for each in view["blocks"]],
        text(view["close"]),
        text(view["submit"]),
        view["private_metadata"],
        view["callback_id"],
    )
    built = json.loads(json.dumps(modal.to_dict()))
    assert {key: plainly(built[key]) for key in ("title", "close", "submit")} == {
        key: plainly(view[key]) for key in ("title", "close", "submit")
    }
