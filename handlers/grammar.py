"""The words of /eks as data: verbs, flags, examples. The parser reads by it and the help is made from it."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector.resources import KINDS

COMMAND = "/eks"


@dataclass(frozen=True)
class Flag:
    """One flag. `field` is the Command's attribute; without a `value` it is a switch."""

    field: str
    names: tuple[str, ...]
    help: str
    value: str = ""

    @property
    def usage(self) -> str:
        """As kubectl's usage shows it: `-n NAMESPACE`."""
        return f"{self.names[0]} {self.value}".strip()


REGION = Flag("region", ("--region",), "the AWS region, as in `eu-west-1`", "REGION")
PROFILE = Flag("profile", ("--profile",), "the AWS profile to sign in with", "PROFILE")
CHAIN = Flag(
    "default_chain",
    ("--default-chain",),
    "sign in with what the bot itself has: IRSA, Pod Identity, instance",
)
ROLE = Flag("role_arn", ("--role-arn",), "a role to assume on top of the sign-in", "ARN")
EXTERNAL_ID = Flag("external_id", ("--external-id",), "the external id that the role asks for", "ID")
CONNECTION = Flag(
    "connection", ("-c", "--connection"), "which connection, when there are several", "CONNECTION"
)
NAMESPACE = Flag("namespace", ("-n", "--namespace"), "only this namespace", "NAMESPACE")
ALL_NAMESPACES = Flag("all_namespaces", ("-A", "--all-namespaces"), "all namespaces, which is the default")
SELECTOR = Flag(
    "selector", ("-l", "--selector"), "a label selector, as in `app=cart,tier!=cache`", "SELECTOR"
)
PRIVATE = Flag("private", ("--private",), "answer to you alone")

USER = Flag("user", ("--user",), "only what this person did: mention them", "PERSON")
CLUSTER = Flag("cluster", ("--cluster",), "only what was about this cluster", "CLUSTER")
SINCE = Flag("since", ("--since",), "only what is newer than this, as in `2h` or `3d`", "TIME")
REF = Flag("ref", ("--ref",), "the line of the reference under an error", "REFERENCE")

SIGN_IN = (REGION, PROFILE, CHAIN, ROLE, EXTERNAL_ID)


@dataclass(frozen=True)
class Verb:
    """One thing /eks does. `words` says what may follow it: none, one or many free words.

    Examples work as typed on any EKS cluster; words in capitals stand for what the workspace has (see `filled`).
    """

    name: str
    group: str
    summary: str
    flags: tuple[Flag, ...] = ()
    words: str = ""
    aliases: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        parts = [COMMAND, self.name, self.words, *(f"[{flag.usage}]" for flag in self.flags)]
        return " ".join(part for part in parts if part)


# The kinds that have a command and buttons of their own, with examples; `get` lists all of them.
_EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "pods": ("/eks pods", "/eks po -l k8s-app=kube-dns --private", "/eks pods -n kube-system coredns"),
    "deployments": ("/eks deployments", "/eks deploy -n kube-system"),
    "services": ("/eks services", "/eks svc -n kube-system"),
    "nodes": ("/eks nodes", "/eks no -l kubernetes.io/os=linux"),
    "events": ("/eks events", "/eks events pod/coredns", "/eks ev -n kube-system"),
}
COMMON: tuple[str, ...] = tuple(_EXAMPLES)
_OTHERS = tuple(plural for plural in KINDS if plural not in COMMON)


def _listing(plural: str) -> Verb:
    kind = KINDS[plural]
    scope = (NAMESPACE, ALL_NAMESPACES) if kind.namespaced else ()
    name = plural if plural in COMMON else f"get {plural}"
    short = next(iter(kind.short_names), plural)
    where = " -n kube-system" if kind.namespaced else ""
    return Verb(
        name,
        "Look",
        _SUMMARIES.get(
            plural, f"the {plural} of a cluster, those in trouble first; free words filter by name"
        ),
        (*scope, SELECTOR, CONNECTION, PRIVATE),
        "[WORD…]",
        (kind.singular, *kind.short_names),
        _EXAMPLES.get(plural, (f"{COMMAND} get {plural}", f"{COMMAND} get {short}{where}")),
    )


_SUMMARIES = {
    "events": "what happened in a cluster: warnings first, each newest first; free words filter by object",
    "secrets": "names, types and keys of secrets, never a value, where RBAC lets the bot list them",
}

# The verb that lists a kind, by plural: one of VERBS, or `get` with that kind.
LISTS: Mapping[str, Verb] = {plural: _listing(plural) for plural in KINDS}


_VERBS = (
    Verb(
        "clusters",
        "Find",
        "the clusters of a region; asks for what is missing",
        (*SIGN_IN, PRIVATE),
        aliases=("cluster",),
        examples=("/eks clusters", "/eks clusters --region REGION --profile PROFILE"),
    ),
    Verb(
        "connect",
        "Connect",
        "connects this workspace to a cluster; asks for what is missing",
        (*SIGN_IN, PRIVATE),
        "[CLUSTER]",
        examples=("/eks connect", "/eks connect CLUSTER --region REGION --profile PROFILE"),
    ),
    Verb(
        "connections",
        "Connect",
        "what this workspace is connected to",
        (PRIVATE,),
        aliases=("connection",),
        examples=("/eks connections",),
    ),
    Verb(
        "disconnect",
        "Connect",
        "asks, then forgets a connection and its credentials",
        (CONNECTION,),
        "[CONNECTION]",
        examples=("/eks disconnect", "/eks disconnect -c CONNECTION"),
    ),
    *(LISTS[plural] for plural in COMMON),
    Verb(
        "get",
        "Look",
        f"these lists in kubectl's words, and those of {', '.join(_OTHERS)}",
        (NAMESPACE, ALL_NAMESPACES, SELECTOR, CONNECTION, PRIVATE),
        "KIND [WORD…]",
        examples=("/eks get po -A", "/eks get deploy -n kube-system", "/eks get ds -n kube-system"),
    ),
    Verb(
        "audit",
        "Administer",
        "who did what in this workspace, the newest first; for admins",
        (USER, CLUSTER, SINCE, REF),
        examples=(
            "/eks audit --since 2h",
            "/eks audit --ref 7f3a91c2",
            "/eks audit --cluster CLUSTER --since 3d",
        ),
    ),
    Verb(
        "whoami",
        "Help",
        "what you may do here, and why",
        examples=("/eks whoami",),
    ),
    Verb(
        "help",
        "Help",
        "this menu, or all about one command",
        words="[TOPIC]",
        examples=("/eks help", "/eks help pods"),
    ),
)

VERBS: Mapping[str, Verb] = {verb.name: verb for verb in _VERBS}
GROUPS = ("Find", "Connect", "Look", "Administer", "Help")

# All that there is help on: the verbs, and the list of each kind.
TOPICS: Mapping[str, Verb] = {**LISTS, **VERBS}

# Every word that may stand first, with the topic it means.
WORDS: Mapping[str, str] = {word: name for name, verb in TOPICS.items() for word in (name, *verb.aliases)}

# A workspace without connections has nothing to put into examples.
NOTHING_KNOWN: Mapping[str, str] = {}


def filled(example: str, known: Mapping[str, str]) -> str:
    """An example with what is `known` in place of the words in capitals: REGION, PROFILE, CLUSTER, CONNECTION."""
    return " ".join(known.get(word, word) for word in example.split(" "))
