"""Names of pods, nodes and workloads in what somebody wrote, or an alert: found by how people and monitors write them.

It only reads a text: whether such a thing exists is for a cluster to say. The text is anybody's, so every pattern here
takes time in proportion to the text, which is cut first.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# An alert is shorter; more than this is a log that somebody pasted.
LONGEST = 20_000
MOST = 12
_MOST_PARTS = 2_000

_KINDS = {
    **dict.fromkeys(("pod", "pods"), "pods"),
    **dict.fromkeys(("deployment", "deployments", "deploy"), "deployments"),
    **dict.fromkeys(("statefulset", "statefulsets", "sts"), "statefulsets"),
    **dict.fromkeys(("daemonset", "daemonsets", "ds"), "daemonsets"),
    **dict.fromkeys(("job", "jobs"), "jobs"),
    **dict.fromkeys(("node", "nodes", "instance", "host", "hostname"), "nodes"),
    **dict.fromkeys(("namespace", "ns"), "namespaces"),
}
# How a label's value is set off from its name, from pod="x" to *Pod:* `x`; within a sentence it is a space alone.
_SET_OFF = re.compile(r"[\s*_`\"'“”‘’|\\]{0,8}[:=/\n][\s*_`\"'“”‘’|\\]{0,8}")
_SPACED = re.compile(r"[\s*_`\"'“”‘’]{1,6}")
_LABEL = re.compile(
    r"(?<![A-Za-z0-9])(?:kube_|kubernetes[._]|k8s[._]|exported_|label_)?"
    r"(pods?|deployments?|deploy|stateful_?sets?|sts|daemon_?sets?|ds|jobs?|nodes?|instance|host(?:name)?|namespace|ns)"
    r"(?:[._ ]?name|\.apps|\.batch)?(?![A-Za-z0-9])",
    re.IGNORECASE,
)
# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?![\w-])")
_NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_IN_NAMESPACE = re.compile(rf"({_NAMESPACE.pattern})/(?=[a-z0-9])")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(?:/[A-Za-z0-9][A-Za-z0-9_.-]*)?")
# What Kubernetes makes hashes of: no vowels, nothing that looks like another letter.
_HASH = "[bcdfghjklmnpqrstvwxz2456789]"
_OF_DEPLOYMENT = re.compile(rf"([a-z0-9][a-z0-9-]{{0,235}})-{_HASH}{{6,10}}-{_HASH}{{5}}")
_HASHED = re.compile(rf"[a-z0-9][a-z0-9-]{{0,246}}-{_HASH}{{5}}")
_NUMBERED = re.compile(r"[a-z][a-z0-9-]{0,246}-\d{1,3}")
# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html, and Auto Mode's nodes, which are called by instance.
_NODE = re.compile(r"(?:fargate-)?ip-\d{1,3}(?:-\d{1,3}){3}(?:\.[a-z0-9-]{1,63}){0,6}|i-[0-9a-f]{8,17}")
_LINK = re.compile(r"<[^<>|]{0,3000}\|([^<>]{0,3000})>")
# What follows the word "pod" in a sentence and is no name.
_PROSE = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "be", "been", "by", "can", "count", "did", "do", "does"),
        *("for", "from", "had", "has", "have", "in", "is", "it", "its", "kind", "label", "may", "memory"),
        *("name", "names", "no", "not", "of", "on", "or", "per", "phase", "ready", "restart", "restarted"),
        *("restarting", "restarts", "status", "still", "than", "that", "the", "their", "then", "there"),
        *("this", "to", "under", "until", "up", "usage", "was", "were", "which", "will", "with", "crashed"),
        *("died", "down", "failed", "failing", "gone", "killed"),
    )
)


@dataclass(frozen=True)
class Mention:
    """A name, and what it is most likely the name of; the namespace where it stands beside it."""

    kind: str
    name: str
    namespace: str = ""

    @property
    def owner(self) -> "Mention | None":
        """The deployment that a pod of this name would belong to: it is there when the pod has been replaced."""
        match = _OF_DEPLOYMENT.fullmatch(self.name) if self.kind == "pods" else None
        return Mention("deployments", match[1], self.namespace) if match else None


@dataclass(frozen=True)
class Mentions:
    """`names`, the surest first; namespaces that are named; and all words, among which a cluster's name may be."""

    names: tuple[Mention, ...]
    namespaces: tuple[str, ...]
    words: frozenset[str]


def text_of(*parts: Any) -> str:
    """What a person reads of a message's text, blocks and attachments, a piece a line, cut to size. Never raises."""
    lines: list[str] = []
    left = LONGEST
    for line in _lines(parts):
        lines.append(line[:left])
        left -= len(line) + 1
        if left <= 0:
            break
    return html.unescape(_LINK.sub(r"\1", "\n".join(lines)))[:LONGEST]


def found(text: str) -> Mentions:
    """The names in a text, each once, 12 at most. Never raises."""
    text = text[:LONGEST]
    words = _WORD.findall(text)
    namespaces: dict[str, None] = {}
    sure: dict[Mention, None] = {}
    likely: dict[Mention, None] = {}
    for kind, mention, is_sure in _labelled(text):
        if kind == "namespaces":
            if _NAMESPACE.fullmatch(mention.name):
                namespaces[mention.name] = None
        else:
            (sure if is_sure else likely)[mention] = None
    plain = [named for word in words if (named := _plain(word))]
    names = _once([*sure, *(one for one in plain if _is_hashed(one)), *likely, *plain])
    whole = frozenset(part for word in words for part in re.split(r"[/.]", word.rstrip("._-")) if part)
    return Mentions(names, tuple(namespaces)[:MOST], whole)


def _labelled(text: str) -> Iterator[tuple[str, Mention, bool]]:
    for label in _LABEL.finditer(text):
        kind = _KINDS[label[1].lower().replace("_", "")]
        between = _SET_OFF.match(text, label.end())
        sure = between is not None
        between = between or _SPACED.match(text, label.end())
        if between is None:
            continue
        at, namespace = between.end(), ""
        if beside := _IN_NAMESPACE.match(text, at):
            at, namespace = beside.end(), beside[1]
        name = _NAME.match(text, at)
        if name is None or (not namespace and name[0] in _PROSE):
            continue
        if kind == "pods" and _NODE.fullmatch(name[0]):
            kind = "nodes"
        yield kind, Mention(kind, name[0], "" if kind == "nodes" else namespace), sure or bool(namespace)


def _plain(word: str) -> Mention | None:
    """What a word is the name of by its form alone."""
    namespace, slash, name = word.rpartition("/")
    name = name.rstrip("._-")
    if _NODE.fullmatch(name):
        return Mention("nodes", name)
    if _HASHED.fullmatch(name) or _NUMBERED.fullmatch(name):
        is_kind = namespace.partition(".")[0].lower() in _KINDS
        beside = namespace if slash and not is_kind and _NAMESPACE.fullmatch(namespace) else ""
        return Mention("pods", name, beside)
    return None


def _is_hashed(mention: Mention) -> bool:
    return mention.kind == "nodes" or _OF_DEPLOYMENT.fullmatch(mention.name) is not None


def _once(mentions: list[Mention]) -> tuple[Mention, ...]:
    """Each name once: what it was called first, with the namespace that anybody gave it."""
    kept: dict[str, Mention] = {}
    for one in mentions:
        before = kept.setdefault(one.name, one)
        if one.namespace and not before.namespace and one.kind == before.kind:
            kept[one.name] = one
    return tuple(kept.values())[:MOST]


def _lines(parts: Any) -> Iterator[str]:
    """Every text in blocks and attachments, in order; a rich text's runs are one line, a field its title and value."""
    waiting: list[Any] = [parts]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, list | tuple):
            waiting += reversed(part[:_MOST_PARTS])
        elif isinstance(part, dict):
            if part.get("type") in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
                runs = part.get("elements")
                waiting.append("".join(map(_run, runs if isinstance(runs, list) else ())))
            elif isinstance(part.get("value"), str) and isinstance(part.get("title"), str):
                yield f"{part['title']}: {part['value']}"
            else:
                waiting += reversed([part[name] for name in _TEXTS if name in part])


# Where a message's words stand, in the order they are read; what else there is are ids, links and styles.
_TEXTS = (
    *("pretext", "author_name", "title", "text", "fields", "blocks", "elements", "columns", "rows"),
    *("element", "attachments", "footer", "fallback"),
)


def _run(run: Any) -> str:
    text = run.get("text") if isinstance(run, dict) else None
    return text if isinstance(text, str) else " "
