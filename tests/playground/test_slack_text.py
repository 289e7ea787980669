"""What a terminal shows of messages and modals."""

from typing import Any

import pytest

from playground.slack import Message
from playground.slack.mrkdwn import escaped, readable
from playground.slack.tables import cut, table, width
from playground.slack.text import render
from tests.playground.slack_apps import (
    Json,
    actions,
    button,
    data_table,
    mrkdwn,
    option,
    plain,
    raw,
    section,
    text_input,
)


def lines(*blocks: Json, **more: Any) -> list[str]:
    return render(list(blocks), **more).split("\n")


def test_a_list_of_pods_as_it_is_drawn() -> None:
    shown = lines(
        {"type": "header", "text": plain("pods · prod-payments")},
        {"type": "context", "elements": [mrkdwn("🔴 6 not ready of 1,940"), plain("24 namespaces")]},
        data_table(["NAME", "STATUS"], ["cart-7d9-x2", "CrashLoopBackOff"], ["web-1", "Running"]),
        {"type": "divider"},
        actions(
            {"type": "static_select", "placeholder": plain("Namespace"), "options": [option("a")]},
            button("r", "Refresh"),
            {"type": "overflow", "options": [option("n", "nodes"), option("s", "services")]},
        ),
        width=60,
    )
    assert shown == [
        "pods · prod-payments",
        "🔴 6 not ready of 1,940  24 namespaces",
        "┌─────────────┬──────────────────┐",
        "│ NAME        │ STATUS           │",
        "├─────────────┼──────────────────┤",
        "│ cart-7d9-x2 │ CrashLoopBackOff │",
        "│ web-1       │ Running          │",
        "└─────────────┴──────────────────┘",
        "─" * 60,
        "[Namespace ▾] [Refresh] [⋯ nodes, services]",
    ]


def test_a_data_table_shows_its_first_page_and_numbers_on_the_right() -> None:
    rows = [
        [raw("AGE")],
        *([{"type": "raw_number", "value": number, "text": f"{number}h"}] for number in range(8, 14)),
    ]
    shown = lines({"type": "data_table", "caption": "c", "page_size": 3, "rows": rows})
    assert shown == [
        "┌─────┐",
        "│ AGE │",
        "├─────┤",
        "│  8h │",
        "│  9h │",
        "│ 10h │",
        "└─────┘",
        "rows 1–3 of 6 in this table ›",
    ]


def test_a_table_is_cut_to_the_width_and_never_wrapped() -> None:
    shown = table([["NAME", "X"], ["a" * 50, "b"], ["two\nlines", "c"]], [False, True], 20)
    assert shown == [
        "┌──────────────┬───┐",
        "│ NAME         │ X │",
        "├──────────────┼───┤",
        "│ aaaaaaaaaaa… │ b │",
        "│ two lines    │ c │",
        "└──────────────┴───┘",
    ]
    assert {width(line) for line in shown} == {20}


def test_columns_line_up_whatever_the_characters() -> None:
    shown = table([["名前", "ok"], ["é́", "🟢"], ["abc", "x"]], [False, False], 40)
    assert {width(line) for line in shown} == {width(shown[0])}
    assert cut("🔴🔴🔴", 4) == "🔴…"


def test_a_plain_table_has_its_alignment() -> None:
    settings = [{"align": "right"}, None]
    block = {"type": "table", "rows": [[raw("A"), raw("B")], [raw("1"), raw("22")], [raw("333"), raw("4")]]}
    assert lines(block | {"column_settings": settings})[3:5] == ["│   1 │ 22 │", "│ 333 │ 4  │"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a &lt;b&gt; &amp;amp;", "a <b> &amp;"),
        ("<@U1> and <@U2|gus> in <#C1>", "@ada and @gus in #ops"),
        ("<https://x.test|docs> <https://x.test>", "docs https://x.test"),
        ("<!here> <!subteam^S1|@ops>", "@here @ops"),
        ("<!date^1795432238^{date_num} {time_secs}|then>", "2026-11-23 12:10:38"),
        ("<!date^1795432238^{date_short_pretty} at {time}^https://x.test|then>", "Nov 23, 2026 at 12:10"),
        ("<!date^99999999999999999^{time}|then>", "then"),
    ],
)
def test_markup_as_it_is_read_in_berlin(given: str, shown: str) -> None:
    assert readable(given, "Europe/Berlin", {"U1": "@ada", "C1": "#ops"}) == shown


def test_times_are_in_the_readers_zone() -> None:
    date = {"type": "date", "timestamp": 1795432238, "format": "{time}", "fallback": "then"}
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [date]}]}
    assert [render([rich], tz=tz) for tz in ("UTC", "Asia/Kolkata", "America/New_York")] == [
        "11:10",
        "16:40",
        "06:10",
    ]


def test_rich_text() -> None:
    def leaf(text: str, **more: Any) -> Json:
        return {"type": "text", "text": text, **more}

    items = [{"type": "rich_text_section", "elements": [leaf(text)]} for text in ("one", "two")]
    rich = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [leaf("see "), leaf("cart", style={"code": True})]},
            {"type": "rich_text_list", "style": "ordered", "elements": items},
            {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": items[:1]},
            {"type": "rich_text_quote", "elements": [leaf("said\nso")]},
            {"type": "rich_text_preformatted", "elements": [leaf("$ kubectl")]},
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "user", "user_id": "U1"},
                    {"type": "link", "url": "https://x.test"},
                    {"type": "emoji", "name": "wave"},
                    {"type": "broadcast", "range": "here"},
                ],
            },
        ],
    }
    assert lines(rich, names={"U1": "@ada"}) == [
        "see `cart`",
        "1. one",
        "2. two",
        "  • one",
        "> said",
        "> so",
        "$ kubectl",
        "@adahttps://x.test:wave:@here",
    ]


def test_sections_wrap_and_fields_stand_in_two_columns() -> None:
    shown = lines(section("word " * 10, accessory=button("b", "Open")), width=24)
    assert shown == ["word word word word word", "word word word word word", "[Open]"]
    fields = {"type": "section", "fields": [mrkdwn("a"), mrkdwn("b"), mrkdwn("c")]}
    assert lines(fields, width=20) == ["a         b", "c"]


def test_code_keeps_its_lines() -> None:
    assert lines(section("```\nfrom kubectl\n" + "x" * 30 + "\n```"), width=20) == [
        "```",
        "from kubectl",
        "x" * 19 + "…",
        "```",
    ]


def test_inputs_show_what_is_chosen_first() -> None:
    radio = {"type": "radio_buttons", "options": [option("p", "a profile"), option("k", "AWS keys")]}
    boxes = {"type": "checkboxes", "options": [option("x"), option("y")], "initial_options": [option("y")]}
    shown = lines(
        text_input("a", "Region", optional=True, hint=plain("like eu-west-1")),
        text_input("b", "Name", element={"initial_value": "cart"}),
        {
            "type": "input",
            "label": plain("Sign in"),
            "element": radio | {"initial_option": option("p", "a profile")},
        },
        {"type": "actions", "elements": [boxes]},
    )
    assert shown == [
        "Region (optional)",
        "  […]",
        "  like eu-west-1",
        "Name",
        "  [cart]",
        "Sign in",
        "  (•) a profile  ( ) AWS keys",
        "[ ] x  [x] y",
    ]


def test_charts_tasks_cards_and_containers() -> None:
    pie = {"type": "pie", "segments": [{"label": "ok", "value": 3}]}
    series = [{"name": "cpu", "data": [{"label": "mon", "value": 1}]}]
    bar = {"type": "bar", "series": series, "axis_config": {"categories": ["mon"]}}
    task = {"task_id": "1", "title": "token", "status": "in_progress"}
    card = {"type": "card", "title": plain("T"), "body": plain("B"), "actions": [button("x", "Go")]}
    folded = {"type": "container", "title": plain("More"), "is_collapsible": True, "default_collapsed": True}
    shown = lines(
        {"type": "data_visualization", "title": "Pods", "chart": pie},
        {"type": "data_visualization", "title": "CPU", "chart": bar},
        {"type": "plan", "title": "Connect", "tasks": [task]},
        {"type": "carousel", "elements": [card]},
        folded | {"child_blocks": [section("hidden")]},
        {"type": "container", "title": plain("Open"), "child_blocks": [section("inside")]},
        {"type": "alert", "level": "warning", "text": plain("careful")},
        {"type": "image", "alt_text": "a graph", "image_url": "https://x.test"},
        {"type": "unheard_of"},
    )
    assert shown == [
        "Pods (pie)",
        "┌────┬───┐",
        "│    │   │",
        "├────┼───┤",
        "│ ok │ 3 │",
        "└────┴───┘",
        "CPU (bar)",
        "┌─────┬─────┐",
        "│     │ cpu │",
        "├─────┼─────┤",
        "│ mon │   1 │",
        "└─────┴─────┘",
        "Connect",
        "  ◔ token (in progress)",
        "│ T",
        "│ B",
        "│ [Go]",
        "▸ More",
        "Open",
        "  inside",
        "(warning) careful",
        "(image: a graph)",
        "(unheard_of)",
    ]


def test_a_message_without_blocks_is_its_text() -> None:
    assert render(Message("1.1", "C1", "T1", "U1", "a &amp; <@U1>"), names={"U1": "@ada"}) == "a & @ada"


def test_escaping_leaves_what_is_no_mention() -> None:
    assert escaped("@ada @nobody x@ada #ops", {"@ada": "<@U1|ada>", "#ops": "<#C1|ops>"}) == (
        "<@U1|ada> @nobody x@ada <#C1|ops>"
    )
