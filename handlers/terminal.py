"""From an answer to a terminal: the lines that show the same with aws and kubectl, quoted for a shell."""

import shlex
from collections.abc import Callable, Mapping

from connector.connector import Connection
from connector.resources import KINDS
from handlers.command import Command, seconds
from handlers.grammar import LINES


def update_kubeconfig(connection: Connection) -> str:
    """What adds the cluster to a kubeconfig, under its ARN."""
    words = ["aws", "eks", "update-kubeconfig", "--name", connection.cluster, "--region", connection.region]
    return _line([*words, *(["--role-arn", connection.role_arn] if connection.role_arn else [])])


def kubectl(command: Command, connection: Connection) -> str:
    """What shows in a terminal what the answer to `command` shows.

    Words that names must hold have no flag of kubectl's, nor has a text that lines must hold: both go to grep.
    """
    words, held = _SAID[command.verb](command)
    after = [["grep", "-i", "-F", "-e", text] for text in held]
    if command.verb == "logs" and command.grep and not command.follow:
        # The bot counts the lines that hold the text, kubectl all of them.
        after.append(["tail", "-n", command.tail or str(LINES)])
    return " | ".join(map(_line, [["kubectl", *words, "--context", connection.arn], *after]))


def has_line(verb: str) -> bool:
    """Whether kubectl shows what the answers to this verb show."""
    return verb in _SAID


def _line(words: list[str]) -> str:
    return " ".join(shlex.quote(word) for word in words)


Said = tuple[list[str], tuple[str, ...]]
"""Words for kubectl, and texts for grep."""


def _get(command: Command) -> Said:
    flags = [
        *_everywhere(command),
        *_given(command, ("-l", "selector"), ("--field-selector", "field_selector")),
    ]
    if command.kind == "events" and (command.about or command.warnings):
        # `kubectl get` knows neither of these.
        about = ["--for", command.about] if command.about else []
        return [
            "events",
            *about,
            *(["--types", "Warning"] if command.warnings else []),
            *_everywhere(command),
        ], command.words
    if command.sort_by.startswith((".", "{")):
        # Columns are ours; kubectl sorts by paths.
        flags += ["--sort-by", command.sort_by]
    if command.show_labels:
        flags.append("--show-labels")
    if command.output in ("wide", "yaml", "json"):
        flags += ["-o", command.output]
    return ["get", command.kind, *flags], command.words


def _describe(command: Command) -> Said:
    return ["describe", command.kind, command.word, *_given(command, ("-n", "namespace"))], ()


def _yaml(command: Command) -> Said:
    return ["get", command.kind, command.word, *_given(command, ("-n", "namespace")), "-o", "yaml"], ()


def _logs(command: Command) -> Said:
    one = command.kind in ("", "pods")
    target = [command.word] if one else [f"{command.kind}/{command.word}", "--all-pods=true"]
    flags = _given(command, ("-n", "namespace"), ("-c", "container"))
    flags += [] if command.grep else ["--tail", command.tail or str(LINES)]
    flags += ["-p"] if command.previous else []
    # Days are no unit of kubectl's.
    flags += ["--since", f"{seconds(command.since)}s"] if command.since else []
    flags += ["-f"] if command.follow else []
    return ["logs", *target, *flags], (command.grep,) if command.grep else ()


def _top(command: Command) -> Said:
    flags = [*_everywhere(command), *_given(command, ("-l", "selector"))]
    flags += ["--sort-by", command.sort_by] if command.sort_by in ("cpu", "memory") else []
    return ["top", command.kind, *flags], command.words


def _rollout(command: Command) -> Said:
    target = f"{command.kind or 'deployments'}/{command.word}"
    return ["rollout", command.action or "status", target, *_given(command, ("-n", "namespace"))], ()


_SAID: Mapping[str, Callable[[Command], Said]] = {
    "get": _get,
    "describe": _describe,
    "yaml": _yaml,
    "logs": _logs,
    "top": _top,
    "rollout": _rollout,
}


def _given(command: Command, *flags: tuple[str, str]) -> list[str]:
    return [word for flag, name in flags if (value := getattr(command, name)) for word in (flag, value)]


def _everywhere(command: Command) -> list[str]:
    kind = KINDS.get(command.kind)
    if kind and not kind.namespaced:
        return []
    return ["-n", command.namespace] if command.namespace else ["-A"]
