"""Label and field selectors: the grammar of apimachinery, with the errors it gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_OPERATORS = ("==", "!=", "=", "!", "(", ")", ",", ">", "<")
_SYMBOL = re.compile(r"[ \t\r\n]*(==|!=|[=!(),<>]|[^ \t\r\n=!(),<>]+)")
_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_PREFIX = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_END = ""


class InvalidSelector(Exception):  # noqa: N818 - a condition, as all our errors are named
    """The text is no selector; it is the message of the 400 that a server answers."""


@dataclass(frozen=True)
class Requirement:
    """One condition on a label. `operator` is one of `in`, `notin`, `exists`, `!`, `>`, `<`."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def matches(self, labels: Mapping[str, str]) -> bool:
        value = labels.get(self.key)
        match self.operator:
            case "in":
                return value in self.values
            case "notin":
                return value not in self.values
            case "exists":
                return value is not None
            case "!":
                return value is None
            case _:
                return self._compares(value)

    def _compares(self, value: str | None) -> bool:
        if value is None or not re.fullmatch(r"[+-]?\d+", value, re.ASCII):
            return False
        (bound,) = self.values
        return int(value) > int(bound) if self.operator == ">" else int(value) < int(bound)


def label_selector(text: str) -> tuple[Requirement, ...]:
    """The requirements of a label selector, all of which must match; raises InvalidSelector."""
    return _Parser(text).requirements()


class _Parser:
    def __init__(self, text: str) -> None:
        self._symbols: list[str] = [*_SYMBOL.findall(text), _END]
        self._at = 0

    def requirements(self) -> tuple[Requirement, ...]:
        found: list[Requirement] = []
        while (symbol := self._peek()) != _END:
            if not (_is_word(symbol) or symbol == "!"):
                raise InvalidSelector(f"found '{symbol}', expected: !, identifier, or 'end of string'")
            try:
                found.append(self._requirement())
            except InvalidSelector as error:
                raise InvalidSelector(f"unable to parse requirement: {error}") from error
            separator = self._take()
            if separator == _END:
                break
            if separator != ",":
                raise InvalidSelector(f"found '{separator}', expected: ',' or 'end of string'")
            following = self._peek()
            if not (_is_word(following) or following == "!"):
                raise InvalidSelector(f"found '{following}', expected: identifier after ','")
        return tuple(found)

    def _requirement(self) -> Requirement:
        negated = self._peek() == "!"
        if negated:
            self._take()
        key = self._take()
        if not _is_word(key):
            raise InvalidSelector(f"found '{key}', expected: identifier")
        _check_key(key)
        if negated:
            return Requirement(key, "!")
        if self._peek() in {_END, ","}:
            return Requirement(key, "exists")
        return self._comparison(key)

    def _comparison(self, key: str) -> Requirement:
        operator = self._take()
        if operator in {"in", "notin"}:
            requirement = Requirement(key, operator, frozenset(self._set()))
        elif operator in {"=", "=="}:
            requirement = Requirement(key, "in", frozenset({self._value()}))
        elif operator == "!=":
            requirement = Requirement(key, "notin", frozenset({self._value()}))
        elif operator in {">", "<"}:
            bound = self._value()
            if not re.fullmatch(r"[+-]?\d+", bound, re.ASCII):
                message = "for 'Gt', 'Lt' operators, the value must be an integer"
                raise InvalidSelector(f'values[0]: Invalid value: "{bound}": {message}')
            requirement = Requirement(key, operator, frozenset({bound}))
        else:
            raise InvalidSelector(f"found '{operator}', expected: in, notin, =, ==, !=, gt, lt")
        for index, value in enumerate(sorted(requirement.values)):
            _check_value(key, index, value)
        return requirement

    def _value(self) -> str:
        if self._peek() in {_END, ","}:
            return ""
        value = self._take()
        if not _is_word(value):
            raise InvalidSelector(f"found '{value}', expected: identifier")
        return value

    def _set(self) -> set[str]:
        if (opening := self._take()) != "(":
            raise InvalidSelector(f"found '{opening}' expected: '('")
        values: set[str] = set()
        expects_value = True
        while True:
            symbol = self._take()
            if symbol == ")":
                return values | {""} if expects_value else values
            if symbol == ",":
                if expects_value:
                    values.add("")
                expects_value = True
            elif _is_word(symbol) and expects_value:
                values.add(symbol)
                expects_value = False
            else:
                raise InvalidSelector(f"found '{symbol}', expected: ',' or ')'")

    def _peek(self) -> str:
        return self._symbols[self._at]

    def _take(self) -> str:
        symbol = self._symbols[self._at]
        self._at = min(self._at + 1, len(self._symbols) - 1)
        return symbol


def _is_word(symbol: str) -> bool:
    return symbol != _END and symbol not in _OPERATORS


def _check_key(key: str) -> None:
    prefix, slash, name = key.rpartition("/")
    if slash and not (len(prefix) <= 253 and _PREFIX.fullmatch(prefix)):
        raise InvalidSelector(
            f'<nil>: Invalid value: "{key}": prefix part a lowercase RFC 1123 subdomain must consist of lower case '
            "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
        )
    if len(name) > 63 or not _NAME.fullmatch(name):
        raise InvalidSelector(
            f"<nil>: Invalid value: \"{key}\": name part must consist of alphanumeric characters, '-', '_' or '.', "
            "and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', "
            f"regex used for validation is '{_NAME.pattern}')"
        )


def _check_value(key: str, index: int, value: str) -> None:
    where = f'values[{index}][{key}]: Invalid value: "{value}"'
    if len(value) > 63:
        raise InvalidSelector(f"{where}: must be no more than 63 bytes")
    if value and not _NAME.fullmatch(value):
        raise InvalidSelector(
            f"{where}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
            "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
            f"regex used for validation is '({_NAME.pattern})?')"
        )


def field_selector(
    text: str, known: tuple[str, ...], unknown: Callable[[str], str]
) -> tuple[Callable[[Callable[[str], str]], bool], ...]:
    """The conditions of a field selector as functions of "the value of field X"; raises InvalidSelector.

    `unknown` words the error for a field that is not among `known`.

    Commas and equals signs inside a value, which a server lets be escaped with a backslash, are not understood here.
    """
    conditions = []
    for term in filter(None, text.split(",")):
        match = re.fullmatch(r"(.*?)(!=|==|=)(.*)", term, re.DOTALL)
        if match is None:
            raise InvalidSelector(f"invalid selector: '{text}'; can't understand '{term}'")
        name, operator, value = match.groups()
        if name not in known:
            raise InvalidSelector(unknown(name))
        conditions.append(_field_condition(name, value, wanted=operator != "!="))
    return tuple(conditions)


def _field_condition(name: str, value: str, *, wanted: bool) -> Callable[[Callable[[str], str]], bool]:
    return lambda field: (field(name) == value) is wanted
