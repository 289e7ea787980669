"""Resource quantities: sums and shares, in the forms that kubectl's `describe` and `top` give them.

https://pkg.go.dev/k8s.io/apimachinery/pkg/api/resource#Quantity
"""

import re
from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal, InvalidOperation

from connector import kube

_BINARY = ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL = ("", "k", "M", "G", "T", "P", "E")
_FORM = re.compile(r"[+-]?[\d.]{1,40}([eE][+-]?\d{1,2}|[numkKMGTPE]?i?)")
_MEBIBYTE = 1024 * 1024


def amount(text: str) -> Decimal:
    """0 for what is no quantity."""
    try:
        return Decimal(kube.parse_quantity(text)) if _FORM.fullmatch(text) else Decimal(0)
    except (ValueError, InvalidOperation):
        return Decimal(0)


def total(texts: Iterable[str]) -> str:
    """Their sum, in the form of the first that is not zero: `1200Mi`, `850m`, `0`."""
    told = [one for one in texts if amount(one)]
    found = sum(map(amount, told), Decimal(0))
    return shown(found, is_binary=bool(told) and told[0].endswith("i"))


def largest(texts: Iterable[str]) -> str:
    return max(texts, key=amount, default="0")


def shown(value: Decimal, *, is_binary: bool) -> str:
    """The largest unit that leaves no fraction; parts of one in thousandths."""
    if not value:
        return "0"
    if value != value.to_integral_value():
        return f"{(value * 1000).to_integral_value():f}m"
    units, step = (("", *_BINARY), 1024) if is_binary else (_DECIMAL, 1000)
    at = 0
    while at + 1 < len(units) and value % step == 0:
        value /= step
        at += 1
    return f"{value.to_integral_value():f}{units[at]}"


def share(part: str, whole: str) -> int:
    """Whole percents; 0 of nothing."""
    there = amount(whole)
    return int(amount(part) / there * 100) if there else 0


def cores(value: Decimal) -> str:
    """CPU as `kubectl top` shows it: thousandths of a core, rounded up."""
    return f"{(value * 1000).to_integral_value(ROUND_CEILING):f}m"


def mebibytes(value: Decimal) -> str:
    """Memory as `kubectl top` shows it: whole mebibytes, rounded down."""
    return f"{int(value.to_integral_value(ROUND_CEILING)) // _MEBIBYTE}Mi"
