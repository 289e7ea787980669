"""Blocks to measure limits on: each as small as Slack takes it, unless told otherwise."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(number: int = 0) -> Json:
    return {"text": plain("o"), "value": str(number)}


def options(count: int) -> list[Json]:
    return [option(number) for number in range(count)]


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("b"), **more}


def acts(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def entry(**element: Any) -> Json:
    return {"type": "input", "label": plain("l"), "element": {"type": "plain_text_input", **element}}


def raw(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def rich(text: str) -> Json:
    leaves = [{"type": "text", "text": text}]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": leaves}]}


def grid(rows: int, columns: int = 1, text: str = "x") -> list[list[Json]]:
    return [[raw(text) for _ in range(columns)] for _ in range(rows)]


def data_table(rows: list[list[Json]], **more: Any) -> Json:
    return {"type": "data_table", "caption": "c", "rows": rows, **more}


def table(rows: list[list[Json]], **more: Any) -> Json:
    return {"type": "table", "rows": rows, **more}


def select(kind: str = "static_select", **more: Any) -> Json:
    return acts({"type": kind, **more})


def chart(kind: str = "bar", points: int = 2, series: int = 1, label: str = "", **axes: str) -> Json:
    names = [f"{label}{number}" for number in range(points)]
    data = [{"label": name, "value": 1} for name in names]
    return {
        "type": "data_visualization",
        "title": "t",
        "chart": {
            "type": kind,
            "series": [{"name": f"s{number}", "data": data} for number in range(series)],
            "axis_config": {"categories": names, **axes},
        },
    }


def pie(count: int, **more: Any) -> Json:
    segments = [{"label": str(number), "value": 1, **more} for number in range(count)]
    return {"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": segments}}


def confirm(title: int = 1, text: int = 1, yes: int = 1, no: int = 1) -> Json:
    dialog = {"title": plain("x" * title), "text": mrkdwn("x" * text)}
    return acts(button(confirm=dialog | {"confirm": plain("x" * yes), "deny": plain("x" * no)}))


def card(**more: Any) -> Json:
    return {"type": "card", "title": plain("t"), **more}


def container(**more: Any) -> Json:
    return {"type": "container", "title": plain("t"), "child_blocks": [section()], **more}


def task(number: int = 0, status: str = "complete") -> Json:
    return {"task_id": str(number), "title": "t", "status": status}


def video(**more: Any) -> Json:
    urls = {"thumbnail_url": "https://x.test/t", "video_url": "https://x.test/v"}
    return {"type": "video", "alt_text": "a", "title": plain("t"), **urls, **more}


def picture(**more: Any) -> Json:
    return {"type": "image", "alt_text": "a", "image_url": "https://x.test/i", **more}


EVERYWHERE = [
    section(),
    {"type": "header", "text": plain("x")},
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("x")]},
    acts(button()),
    picture(),
    entry(),
    rich("x"),
    video(),
]
MESSAGE_ONLY = [
    table(grid(1)),
    data_table(grid(2)),
    pie(1),
    chart(),
    {"type": "markdown", "text": "x"},
    card(),
    {"type": "carousel", "elements": [card()]},
    container(),
    {"type": "plan", "title": "t", "tasks": [task(), task(1, "pending")]},
    {"type": "task_card", **task()},
    {"type": "file", "external_id": "x", "source": "remote"},
    {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain("x")}]},
]
ALERT = {"type": "alert", "text": mrkdwn("x"), "level": "error"}


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("t"), "blocks": [section()], **more}
