"""Lines of logs: from the bytes of a container to text fit to be shown, merged by time, searched and cut.

Each line comes with the instant at which the node took it down, as `timestamps=true` puts it before the line
(PodLogOptions in https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.masking import masked_text

LONGEST = 8_000
"""Characters of a line that are shown; container runtimes break lines at 16 KiB, and some programs write megabytes."""
UNKNOWN = -1
"""The instant of what comes before any line that has one."""

_STAMP = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)(?: |$)",
    re.ASCII,
)
# Colours, titles and cursor moves of terminals: CSI, strings such as OSC, and the short ones (ECMA-48).
_ESCAPE = re.compile(
    r"""
      (?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]
    | \x1b[\]PX^_][^\x07\x1b\n]*+(?:\x07|\x1b\\)
    | \x1b[ -/]*+[0-~]
    """,
    re.VERBOSE,
)
# What no reader sees: controls, and marks that join words, split them or turn the direction of what follows.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_BREAKS = str.maketrans("\x0b\x0c\r\u2028\u2029", "     ")


@dataclass(frozen=True)
class Source:
    """One container of one pod."""

    pod: str
    container: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line, masked. `at` is in nanoseconds since the epoch; UNKNOWN before the first instant of its source."""

    at: int
    source: Source
    text: str

    @property
    def seconds(self) -> float:
        """`at` in epoch seconds."""
        return self.at / 1e9


def read(source: Source, body: bytes) -> list[Line]:
    """What a container wrote, as it came with timestamps, in its own order; nothing in it that looks like a credential.

    A line without an instant has that of the line before it, and no line an earlier one than those before it.
    """
    stamped = [_stamped(line) for line in _lines(body)]
    # Masked as a whole: a private key is known by the line it begins with.
    masked = masked_text("\n".join(text for _, text in stamped)).split("\n")
    found, latest = [], UNKNOWN
    for (at, _), text in zip(stamped, masked, strict=True) if stamped else ():
        latest = max(latest, at)
        found.append(Line(latest, source, cut(text, LONGEST)))
    return found


def _lines(body: bytes) -> list[str]:
    lines = body.decode(errors="replace").split("\n")
    # The last one ends in a line break, unless it was cut.
    return lines[:-1] if not lines[-1] else lines


def _stamped(line: str) -> tuple[int, str]:
    match = _STAMP.match(line)
    if match:
        day, fraction, zone = match.groups()
        try:
            at = datetime.fromisoformat(f"{day}{zone}")
        except ValueError:
            return UNKNOWN, cleaned(line)
        nanoseconds = int((fraction or "").ljust(9, "0"))
        return max(UNKNOWN, int(at.timestamp()) * 1_000_000_000 + nanoseconds), cleaned(line[match.end() :])
    return UNKNOWN, cleaned(line)


def cleaned(line: str) -> str:
    """The line without escape sequences, controls and what cannot be seen, which could hide a credential as well."""
    return _UNSEEN.sub("", _ESCAPE.sub("", line).removesuffix("\r").translate(_BREAKS)).rstrip()


def cut(text: str, most: int) -> str:
    """The first `most` characters, then how many are left out, if any are."""
    return text if len(text) <= most else f"{text[:most]}… (+{len(text) - most:,} characters)"


def merged(sources: Iterable[Sequence[Line]]) -> list[Line]:
    """All lines by time; those of one instant in the order of their sources, and each source's in its own."""
    return sorted((line for lines in sources for line in lines), key=lambda line: line.at)


def holding(lines: Iterable[Line], text: str) -> list[Line]:
    """The lines that hold `text`, in whatever case. As they are masked, nothing can be found out about what is not."""
    wanted = text.casefold()
    return [line for line in lines if wanted in line.text.casefold()]


def short_names(pods: Iterable[str]) -> dict[str, str]:
    """For each pod what tells it from the others: the last parts of its name, as few as will do."""
    names = sorted(set(pods))
    for parts in range(1, max((name.count("-") for name in names), default=0) + 1):
        short = {name: "-".join(name.split("-")[-parts:]) for name in names}
        if len(set(short.values())) == len(names):
            return short
    return {name: name for name in names}


def labels(sources: Iterable[Source]) -> dict[Source, str]:
    """What stands before the lines of each source: nothing where there is but one, else pod or container or both."""
    known = set(sources)
    if len(known) < 2:
        return dict.fromkeys(known, "")
    pods = short_names(one.pod for one in known)
    several = len({one.container for one in known}) > 1
    if len(pods) == 1:
        return {one: one.container for one in known}
    return {one: f"{pods[one.pod]}/{one.container}" if several else pods[one.pod] for one in known}


def newer(lines: Sequence[Line], mark: "Mark | None") -> Iterator[Line]:
    """Those behind the mark, of lines of one source that were read once more from before it on."""
    left = mark.count if mark else 0
    for line in lines:
        if mark is None or line.at > mark.at:
            yield line
        elif line.at == mark.at:
            # Several lines may have one instant.
            if left <= 0:
                yield line
            left -= 1


@dataclass(frozen=True)
class Mark:
    """How far a source was read: the last instant, and how many lines had it."""

    at: int
    count: int

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "Mark | None":
        """Behind the last of these lines; None when there are none."""
        if not lines:
            return None
        last = lines[-1].at
        return cls(last, sum(line.at == last for line in lines))
