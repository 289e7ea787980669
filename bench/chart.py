"""Small line charts as SVG, which every browser draws: a library would be larger than what it draws."""

import math
from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT = 560, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 40, 70
_COLOURS = ("#0b6bcb", "#c2410c", "#15803d")

_OPEN = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
    ' font-family="sans-serif" font-size="12" fill="#333">'
)

Points = Sequence[tuple[float, float]]


def chart(title: str, x: str, y: str, lines: Mapping[str, Points]) -> str:
    """The lines by name over a logarithmic x, with y from 0 on; both axes are named, and every x is marked."""
    xs = sorted({at for points in lines.values() for at, _ in points})
    top = _round(max(value for points in lines.values() for _, value in points))

    def across(at: float) -> float:
        span = math.log(xs[-1] / xs[0]) or 1.0
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * math.log(at / xs[0]) / span

    def up(value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / top

    parts = [
        _OPEN,
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="22" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    for step in range(5):
        value = top * step / 4
        parts += [
            f'<path d="M{_LEFT} {up(value):.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>',
            f'<text x="{_LEFT - 8}" y="{up(value) + 4:.1f}" text-anchor="end">{value:,g}</text>',
        ]
    for at in xs:
        place = f'x="{across(at):.1f}" y="{_HEIGHT - _BOTTOM + 18}"'
        parts.append(f'<text {place} text-anchor="middle">{at:,g}</text>')
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{_HEIGHT - _BOTTOM + 36}" text-anchor="middle">{escape(x)}</text>')
    upright = (_HEIGHT - _BOTTOM + _TOP) / 2
    parts.append(
        f'<text transform="translate(14 {upright}) rotate(-90)" text-anchor="middle">{escape(y)}</text>'
    )
    for number, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        path = "L".join(f"{across(at):.1f} {up(value):.1f}" for at, value in points)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{across(at):.1f}" cy="{up(value):.1f}" r="3" fill="{colour}"/>'
            for at, value in points
        ]
        place = f'x="{_LEFT + 150 * number}" y="{_HEIGHT - 8}"'
        parts.append(f'<text {place} fill="{colour}">● {escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _round(value: float) -> float:
    """A little more than `value`, as a figure that divides by four."""
    unit = 10.0 ** math.floor(math.log10(value or 1.0))
    return next(unit * step for step in (1, 2, 4, 8, 12) if value <= unit * step)
