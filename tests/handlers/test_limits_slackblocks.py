"""The same limits as slackblocks sees them; where the two differ, why."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import slackblocks as sb

from handlers.blocks.limits import Surface, faults
from tests.handlers.block_samples import (
    Json,
)


def rendered(block: Any) -> Json:
    answer: Json = json.loads(json.dumps(block._resolve()))
    return answer


def bars(count: int) -> sb.DataVisualizationBlock:
    names = [str(number) for number in range(count)]
    points = [sb.DataPoint(name, 1) for name in names]
    return sb.DataVisualizationBlock("t", sb.BarChart([sb.DataSeries("s", points)], sb.AxisConfig(names)))


def sb_options(count: int) -> list[sb.Option]:
    return [sb.Option(sb.Text("o", sb.TextType.PLAINTEXT), str(number)) for number in range(count)]


SLACKBLOCKS: list[tuple[str, Surface, int, Callable[[int], Any]]] = [
    ("section", "message", 3000, lambda n: sb.SectionBlock("x" * n)),
    ("fields", "message", 10, lambda n: sb.SectionBlock(fields=["x"] * n)),
    ("field", "message", 2000, lambda n: sb.SectionBlock(fields=["x" * n])),
    ("header", "message", 150, lambda n: sb.HeaderBlock("x" * n)),
    ("context", "message", 10, lambda n: sb.ContextBlock([sb.Text("x")] * n)),
    ("actions", "message", 25, lambda n: sb.ActionsBlock([sb.Button("b", str(i)) for i in range(n)])),
    ("image url", "message", 3000, lambda n: sb.ImageBlock("x" * n, "a")),
    ("image alt", "message", 2000, lambda n: sb.ImageBlock("x", "x" * n)),
    ("label", "modal", 2000, lambda n: sb.InputBlock("x" * n, sb.PlainTextInput("a"))),
    ("hint", "modal", 2000, lambda n: sb.InputBlock("l", sb.PlainTextInput("a"), hint="x" * n)),
    ("input", "modal", 3000, lambda n: sb.InputBlock("l", sb.PlainTextInput("a", max_length=n))),
    ("markdown", "message", 12_000, lambda n: sb.MarkdownBlock("x" * n)),
    ("alert", "modal", 200, lambda n: sb.AlertBlock("x" * n)),
    ("table rows", "message", 100, lambda n: sb.TableBlock([[sb.RawText("x")]] * n)),
    ("table columns", "message", 20, lambda n: sb.TableBlock([[sb.RawText("x")] * n])),
    ("data_table columns", "message", 20, lambda n: sb.DataTableBlock([[sb.RawText("x")] * n] * 2, "c")),
    ("page_size", "message", 100, lambda n: sb.DataTableBlock([[sb.RawText("x")]] * 2, "c", n)),
    (
        "chart title",
        "message",
        50,
        lambda n: sb.DataVisualizationBlock("x" * n, sb.PieChart([sb.ChartSegment("s", 1)])),
    ),
    ("chart points", "message", 20, bars),
    ("card title", "message", 150, lambda n: sb.CardBlock(title="x" * n)),
    ("card body", "message", 200, lambda n: sb.CardBlock(body="x" * n)),
    ("card buttons", "message", 3, lambda n: sb.CardBlock(title="t", actions=[sb.Button("b", "a")] * n)),
    ("carousel", "message", 10, lambda n: sb.CarouselBlock([sb.CardBlock(title="t")] * n)),
    ("container", "message", 10, lambda n: sb.ContainerBlock([sb.DividerBlock() for _ in range(n)], "t")),
    (
        "plan",
        "message",
        50,
        lambda n: sb.PlanBlock("t", [sb.TaskCardBlock(str(i), "t", status="complete") for i in range(n)]),
    ),
    ("button text", "message", 75, lambda n: sb.ActionsBlock([sb.Button("x" * n, "a")])),
    ("button value", "message", 2000, lambda n: sb.ActionsBlock([sb.Button("b", "a", value="x" * n)])),
    ("options", "message", 100, lambda n: sb.ActionsBlock([sb.StaticSelectMenu("a", options=sb_options(n))])),
    ("checkboxes", "message", 10, lambda n: sb.ActionsBlock([sb.CheckboxGroup("a", sb_options(n))])),
    ("radio buttons", "message", 10, lambda n: sb.ActionsBlock([sb.RadioButtonGroup("a", sb_options(n))])),
    ("overflow", "message", 5, lambda n: sb.ActionsBlock([sb.OverflowMenu("a", sb_options(n))])),
    (
        "option value",
        "message",
        150,
        lambda n: sb.ActionsBlock([sb.OverflowMenu("a", [sb.Option(sb.PlainText("o"), "x" * n)])]),
    ),
]


@pytest.mark.parametrize(
    ("surface", "most", "build"), [row[1:] for row in SLACKBLOCKS], ids=[row[0] for row in SLACKBLOCKS]
)
def test_slackblocks_agrees(surface: Surface, most: int, build: Callable[[int], Any]) -> None:
    assert faults([rendered(build(most))], surface) == []
    with pytest.raises(sb.InvalidUsageError):
        build(most + 1)


def test_where_slackblocks_allows_more() -> None:
    """Sources disagree here, and limits.py takes the smaller number, so that a message passes whoever is right."""
    row = [sb.RawText("x")]
    assert faults([rendered(sb.DataTableBlock([row] * 101, "c"))], "message") == []
    assert faults([rendered(sb.DataTableBlock([row] * 102, "c"))], "message")  # slackblocks: 201 rows
    full = sb.DataTableBlock([row, [sb.RawText("x" * 9_999)]], "c")
    assert faults([rendered(full)], "message")  # slackblocks: 20,000 characters
    segments = [sb.ChartSegment(str(number), 1) for number in range(7)]
    assert faults(
        [rendered(sb.DataVisualizationBlock("t", sb.PieChart(segments)))], "message"
    )  # slackblocks: 12
    for block in (sb.DataTableBlock([row] * 2, "c"), sb.TableBlock([row]), bars(1)):
        sb.HomeTabView([block])
        assert faults([rendered(block)], "home")  # slackblocks: on App Home too
    sb.ModalView("t", sb.CardBlock(title="t"))
    assert faults([rendered(sb.CardBlock(title="t"))], "modal")  # slackblocks: in modals too
