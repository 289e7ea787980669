"""What a rich_text block may hold: sections, lists, quotes and code, made of leaves."""

from handlers.blocks.limits.numbers import IDENTIFIER, LIST_INDENT, URL
from handlers.blocks.limits.schema import by_type, element, flag, items, one_of, shape, string, whole

_marks = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_style = {"style": shape({}, dict.fromkeys(_marks, flag))}
_leaf = by_type(
    dict(
        (
            element("text", {"text": string()}, _style),
            element("link", {"url": string(URL)}, _style | {"text": string(), "unsafe": flag}),
            element("user", {"user_id": string()}, _style),
            element("usergroup", {"usergroup_id": string()}, _style),
            element("channel", {"channel_id": string()}, _style),
            element("emoji", {"name": string()}, _style | {"unicode": string(), "skin_tone": whole(1, 6)}),
            element("broadcast", {"range": one_of("here", "channel", "everyone")}, _style),
            element("color", {"value": string()}, _style),
            element(
                "date",
                {"timestamp": whole(0), "format": string()},
                _style | {"url": string(URL), "fallback": string()},
            ),
        )
    )
)
_leaves = {"elements": items(_leaf)}
_border = {"border": whole(0, 1)}
_section = element("rich_text_section", {"elements": items(_leaf, shortest=0)})
_list = element(
    "rich_text_list",
    {"style": one_of("bullet", "ordered"), "elements": items(by_type(dict([_section])))},
    _border | {"indent": whole(0, LIST_INDENT), "offset": whole(0)},
)
_preformatted = element("rich_text_preformatted", _leaves, _border | {"language": string()})
_quote = element("rich_text_quote", _leaves, _border)

rich_text = shape(
    {
        "type": one_of("rich_text"),
        "elements": items(by_type(dict((_section, _list, _preformatted, _quote)))),
    },
    {"block_id": string(IDENTIFIER)},
)
