"""policy.yaml becomes values, or one sentence that names the file, the line and the rule of what is wrong.

YAML is read with the safe loader's eyes: aliases and merges work, tags that would make objects do not. Values are
taken from the nodes it composes, because those know their lines, and as the text that was written: an account id is no
number.
"""

import fnmatch
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import yaml

from connector.aws import regions
from connector.errors import InvalidRequest
from connector.impersonation import Impersonate
from connector.words import alike, clean
from handlers.policy.values import IN_NAMESPACES, ON_CLUSTERS, VERBS, Identity, Limits, Rule, Workspace

EVERYTHING = "everything"
EVERYONE = "everyone"
ANY_WORKSPACE = "*"

_LIMITS = ("profiles", "default_chain", "roles", "regions", "accounts", "clusters", "aws_keys")
_WORKSPACE = (*_LIMITS, "production", "ask", "rules")
_RULE = ("name", "who", "may", "clusters", "namespaces", "impersonate")
_WHO = ("users", "groups", "channels")
_IMPERSONATE = ("user", "groups")

Form = tuple[re.Pattern[str], str]
# Ids as Slack makes them: https://docs.slack.dev/reference/objects and its pages of each kind.
_WORKSPACE_ID = re.compile(r"[TE][A-Z0-9]+")
_USER: Form = (
    re.compile(r"[UW][A-Z0-9]+"),
    "the id of a person (their profile, ⋮, Copy member ID), like U0123456789",
)
_GROUP: Form = (re.compile(r"S[A-Z0-9]+"), "the id of a user group (its ⋯, Copy group ID), like S0123456789")
_CHANNEL: Form = (
    re.compile(r"[CGD][A-Z0-9]+"),
    "the id of a channel (at the end of its details), like C0123456789",
)
_ACCOUNT: Form = (re.compile(r"\d{12}"), "an AWS account: 12 digits")
_CLUSTER: Form = (
    re.compile(r"[\w*?\[\]!-]+", re.ASCII),
    "the name of a cluster, or region_name; * stands for anything",
)
_NAMESPACE: Form = (re.compile(r"[a-z0-9*?\[\]!-]+"), "the name of a namespace; * stands for anything")
_REGION: Form = (re.compile(r"[a-z0-9*?\[\]!-]+"), "an AWS region, like eu-west-1; * stands for anything")
_ROLE: Form = (re.compile(r"\*|arn:[!-~]+"), "the ARN of a role; * stands for anything")
_PROFILE: Form = (re.compile(r"[^\[\]\x00-\x1f\x7f`]+"), "the name of a profile; * stands for anything")
_TEXT: Form = (re.compile(r"[^\x00-\x1f\x7f]+"), "a text on one line")
_BOOL = "tag:yaml.org,2002:bool"
_PLACEHOLDERS = ("{user_id}", "{workspace_id}")


class BadPolicy(Exception):  # noqa: N818 - a condition, as all our errors are named
    """The file makes no policy. `str` of it is the whole sentence; `line` is counted from 1, 0 when it has none."""

    def __init__(self, file: str, line: int, rule: str, what: str) -> None:
        self.file, self.line, self.rule, self.what = file, line, rule, what
        place = ", ".join(part for part in (file, f"line {line}" if line else "", rule) if part)
        super().__init__(f"{place}: {what}")


def read(text: str, file: str) -> dict[str, Workspace]:
    """The workspaces in the text of a policy file, by id; "*" is for all others. Raises BadPolicy."""
    return _Reader(file).policy(text)


def file_text(path: Path) -> str:
    """What stands in the file. Raises BadPolicy when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadPolicy(str(path), 0, "", f"it cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BadPolicy(str(path), 0, "", "it is not text in UTF-8") from error


class _Reader:
    """One reading of one file; remembers in which rule it is, for what it raises."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._rule = ""
        self._merged: set[yaml.Node] = set()

    def policy(self, text: str) -> dict[str, Workspace]:
        top = self._mapping(self._composed(text), ("workspaces",), "the file")
        if "workspaces" not in top:
            raise BadPolicy(self._file, 1, "", "`workspaces` is missing")
        found = self._mapping(top["workspaces"], None, "`workspaces`")
        for name, node in found.items():
            if name != ANY_WORKSPACE and not _WORKSPACE_ID.fullmatch(name):
                self._fail(
                    node,
                    f'`{name}` is no workspace: its id begins with T, an organisation\'s with E, and "*" is any',
                )
        return {name: self._workspace(node, name) for name, node in found.items()}

    def _composed(self, text: str) -> yaml.Node:
        try:
            # A loader of its own instead of yaml.compose: merges are done by the loader that made the nodes.
            self._loader = yaml.SafeLoader(text)
            node = self._loader.get_single_node()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = f"it is not YAML: {error.context or ''} {error.problem or ''}".replace("  ", " ").strip()
            if "alias" in (error.context or ""):
                what = 'a * that stands for anything needs quotes: "*"'
            raise BadPolicy(self._file, mark.line + 1 if mark else 0, "", what) from error
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            what = (
                "it holds characters that YAML does not"
                if isinstance(error, yaml.YAMLError)
                else "it is not YAML"
            )
            raise BadPolicy(self._file, 0, "", what) from error
        if node is None:
            raise BadPolicy(self._file, 1, "", "it is empty")
        return node

    def _workspace(self, node: yaml.Node, name: str) -> Workspace:
        parts = self._mapping(node, _WORKSPACE, f"workspace {name}")
        if "rules" not in parts:
            self._fail(node, f"workspace {name} has no `rules`; to allow nothing there, write `rules: []`")
        given = parts["rules"]
        if not isinstance(given, yaml.SequenceNode):
            self._fail(given, "`rules` is a list, each with a - before it")
        rules: dict[str, Rule] = {}
        for number, one in enumerate(given.value, 1):
            rule = self._read_rule(one, number)
            if rule.name in rules:
                self._fail(one, "there is a rule of that name above")
            rules[rule.name] = rule
            self._rule = ""
        return Workspace(
            rules=tuple(rules.values()),
            limits=self._limits(parts),
            ask=self._text(parts["ask"], "`ask`") if "ask" in parts else "",
            production=self._texts(parts["production"], "production", _CLUSTER, none=True)
            if "production" in parts
            else (),
        )

    def _limits(self, parts: dict[str, yaml.Node]) -> Limits:
        def patterns(name: str, form: Form) -> tuple[str, ...] | None:
            return self._texts(parts[name], name, form, none=True) if name in parts else None

        profiles, accounts = patterns("profiles", _PROFILE), patterns("accounts", _ACCOUNT)
        chain = parts.get("default_chain")
        keys = parts.get("aws_keys")
        for one in patterns("regions", _REGION) or ():
            self._check_region(one, parts["regions"])
        return Limits(
            profiles=profiles,
            # Who names the profiles has named the ways to sign in.
            default_chain=self._flag(chain, "default_chain") if chain else profiles is None,
            roles=patterns("roles", _ROLE),
            regions=patterns("regions", _REGION),
            accounts=None if accounts is None else frozenset(accounts),
            clusters=patterns("clusters", _CLUSTER),
            # What is typed passes through Slack, so it takes a word to allow it.
            aws_keys=self._flag(keys, "aws_keys") if keys else False,
        )

    def _read_rule(self, node: yaml.Node, number: int) -> Rule:
        self._rule = f"rule {number}"
        parts = self._mapping(node, _RULE, "a rule")
        if "name" in parts:
            name = self._text(parts["name"], "`name`")
            self._rule = f"rule {number} ({name})"
        for needed in ("name", "who", "may"):
            if needed not in parts:
                self._fail(node, f"`{needed}` is missing")
        clusters = self._limited(parts, "clusters", _CLUSTER)
        namespaces = self._limited(parts, "namespaces", _NAMESPACE)
        everyone, people = self._who(parts["who"])
        return Rule(
            name=name,
            verbs=self._may(parts["may"], clusters is not None, namespaces is not None),
            everyone=everyone,
            users=people["users"],
            groups=people["groups"],
            channels=people["channels"],
            clusters=clusters,
            namespaces=namespaces,
            identity=self._identity(parts["impersonate"]) if "impersonate" in parts else None,
        )

    def _limited(self, parts: dict[str, yaml.Node], name: str, form: Form) -> tuple[str, ...] | None:
        return self._texts(parts[name], name, form) if name in parts else None

    def _who(self, node: yaml.Node) -> tuple[bool, dict[str, frozenset[str]]]:
        nobody: dict[str, frozenset[str]] = dict.fromkeys(_WHO, frozenset())
        if isinstance(node, yaml.ScalarNode):
            if node.value != EVERYONE:
                self._fail(node, f"`who` is the word {EVERYONE}, or lists of {_or(_WHO)}")
            return True, nobody
        parts = self._mapping(node, _WHO, "`who`")
        if not parts:
            self._fail(node, f"`who` names nobody: it needs {_or(_WHO)}")
        forms = {"users": _USER, "groups": _GROUP, "channels": _CHANNEL}
        return False, nobody | {
            name: frozenset(self._texts(one, name, forms[name])) for name, one in parts.items()
        }

    def _may(self, node: yaml.Node, on_clusters: bool, in_namespaces: bool) -> frozenset[str]:
        possible = IN_NAMESPACES if in_namespaces else ON_CLUSTERS if on_clusters else frozenset(VERBS)
        if isinstance(node, yaml.ScalarNode) and node.value == EVERYTHING:
            return possible
        found = self._each(node, "may")
        if not found:
            self._fail(node, f"`may` is empty: name verbs, or write `may: {EVERYTHING}`")
        for one, verb in found:
            if verb not in VERBS:
                self._unknown(one, "verb", verb, VERBS)
            if verb not in possible:
                limit = "namespaces" if in_namespaces and verb in ON_CLUSTERS else "clusters"
                whole = "a whole cluster" if verb in ON_CLUSTERS else "the whole workspace"
                self._fail(one, f"`{verb}` is about {whole}: give it in a rule without `{limit}`")
        return frozenset(verb for _, verb in found)

    def _identity(self, node: yaml.Node) -> Identity:
        parts = self._mapping(node, _IMPERSONATE, "`impersonate`")
        if "user" not in parts:
            self._fail(node, "`impersonate` needs a `user`: Kubernetes takes no groups without one")
        user = self._text(parts["user"], "`user`")
        groups = self._texts(parts["groups"], "groups", _TEXT, none=True) if "groups" in parts else ()
        for text in (user, *groups):
            for placeholder in re.findall(r"\{[^{}]*\}?|\}", text):
                if placeholder not in _PLACEHOLDERS:
                    self._unknown(node, "placeholder", placeholder, _PLACEHOLDERS)
        try:
            Impersonate(user, groups)
        except InvalidRequest as refusal:
            self._fail(node, refusal.what)
        return Identity(user, groups)

    def _check_region(self, pattern: str, node: yaml.Node) -> None:
        known = [region.name for region in regions()]
        if not fnmatch.filter(known, pattern):
            self._unknown(node, "region", pattern, known)

    # --- nodes

    def _mapping(self, node: yaml.Node, known: Iterable[str] | None, what: str) -> dict[str, yaml.Node]:
        """The parts of a mapping by name; each of them `known`, none of them twice."""
        if not isinstance(node, yaml.MappingNode):
            self._fail(node, f"{what} is not names with values")
        own = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fail(key, f"{what} has a name that is no word")
            # A node that an alias led to before has what was merged in beside its own.
            if own.count(key.value) > 1 and node not in self._merged:
                self._fail(key, f"`{key.value}` is there twice")
        self._merged.add(node)
        # Puts what `<<` merges in before what is written out, which then wins.
        try:
            self._loader.flatten_mapping(node)
        except yaml.MarkedYAMLError as error:
            self._fail(node, f"`<<` {error.problem}")
        for key, _ in node.value:
            if known is not None and key.value not in known:
                self._unknown(key, f"part of {what}", key.value, known)
        return {key.value: value for key, value in node.value}

    def _each(self, node: yaml.Node, name: str) -> list[tuple[yaml.Node, str]]:
        if not isinstance(node, yaml.SequenceNode):
            self._fail(node, f"`{name}` is a list: write it in [ ]")
        return [(one, self._text(one, f"`{name}`")) for one in node.value]

    def _texts(self, node: yaml.Node, name: str, form: Form, *, none: bool = False) -> tuple[str, ...]:
        """The texts of a list, each of this form; an empty list only where it may say that there is none."""
        found = self._each(node, name)
        if not found and not none:
            self._fail(node, f"`{name}` is empty: leave it out for all of them")
        for one, text in found:
            if not form[0].fullmatch(text):
                self._fail(one, f"`{_short(text)}` in `{name}` is not {form[1]}")
        return tuple(text for _, text in found)

    def _text(self, node: yaml.Node, what: str) -> str:
        plain = ("str", "int", "float", "timestamp")
        if not isinstance(node, yaml.ScalarNode):
            self._fail(node, f"{what} holds something that is no text")
        if node.tag.rpartition(":")[2] not in plain or not _TEXT[0].fullmatch(node.value):
            shown = f"`{_short(node.value)}`" if node.value else "nothing"
            self._fail(node, f"{what} holds {shown} where a text on one line is meant; put it in quotes")
        return str(node.value)

    def _flag(self, node: yaml.Node, name: str) -> bool:
        if not isinstance(node, yaml.ScalarNode) or node.tag != _BOOL:
            self._fail(node, f"`{name}` is true or false")
        return yaml.SafeLoader.bool_values[node.value.lower()]

    def _unknown(self, node: yaml.Node, kind: str, word: str, known: Iterable[str]) -> NoReturn:
        names = list(known)
        near = alike(word.lower(), names, 1, 0.6)
        meant = (
            f"did you mean `{near[0]}`?"
            if near
            else f"there is {', '.join(names)}"
            if len(names) < 12
            else ""
        )
        self._fail(node, f"there is no {kind} `{_short(word)}`" + (f"; {meant}" if meant else ""))

    def _fail(self, node: yaml.Node, what: str) -> NoReturn:
        raise BadPolicy(self._file, node.start_mark.line + 1, self._rule, what)


def _or(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}"


def _short(text: str) -> str:
    return clean(text, 60)
