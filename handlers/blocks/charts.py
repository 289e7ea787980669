"""Charts: what a few of many come to, at one look. Only workspaces on the highest rung take them."""

from collections.abc import Sequence

from handlers.blocks.limits import numbers
from handlers.blocks.message import Block
from handlers.blocks.text import cut

_TAIL = 6


def bars(title: str, unit: str, values: Sequence[tuple[str, float]]) -> Block:
    """A bar for each of the named values, at most 20; names that are too long keep their ends, which differ."""
    shown = values[: numbers.CHART_POINTS]
    labels = _labels([name for name, _ in shown])
    points = [{"label": label, "value": value} for label, (_, value) in zip(labels, shown, strict=True)]
    return {
        "type": "data_visualization",
        "title": cut(title, numbers.CHART_TITLE),
        "chart": {
            "type": "bar",
            "series": [{"name": cut(unit, numbers.CHART_LABEL), "data": points}],
            "axis_config": {"categories": labels, "y_label": cut(unit, numbers.AXIS_LABEL)},
        },
    }


def _labels(names: Sequence[str]) -> list[str]:
    """Each short enough for a chart, and no two alike."""
    labels: list[str] = []
    for name in names:
        label = name
        if len(name) > numbers.CHART_LABEL:
            label = f"{name[: numbers.CHART_LABEL - _TAIL - 1]}…{name[-_TAIL:]}"
        if label in labels:
            number = f" {len(labels) + 1}"
            label = cut(label, numbers.CHART_LABEL - len(number)) + number
        labels.append(label)
    return labels
