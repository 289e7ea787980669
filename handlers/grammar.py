"""The words of /eks as data: verbs, flags, examples. The parser reads by it and the help is made from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from connector.resources import KINDS

COMMAND = "/eks"


@dataclass(frozen=True)
class Flag:
    """One flag. `field` is the Command's attribute; without a `value` it is a switch. `many` may be given again."""

    field: str
    names: tuple[str, ...]
    help: str
    value: str = ""
    many: bool = False

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
# Where kubectl's -c is a container.
CONNECTION_LONG = Flag("connection", ("--connection",), CONNECTION.help, CONNECTION.value)
NAMESPACE = Flag("namespace", ("-n", "--namespace"), "only this namespace", "NAMESPACE")
ALL_NAMESPACES = Flag(
    "all_namespaces", ("-A", "--all-namespaces"), "all namespaces, as where nothing else is said (`/eks use`)"
)
SELECTOR = Flag(
    "selector", ("-l", "--selector"), "a label selector, as in `app=cart,tier!=cache`", "SELECTOR"
)
PRIVATE = Flag("private", ("--private",), "answer to you alone")

OUTPUT = Flag("output", ("-o", "--output"), "`wide`, or a file: `yaml`, `json`, `csv`", "FORMAT")
SORT_BY = Flag("sort_by", ("--sort-by",), "a column, or a path as in `.metadata.creationTimestamp`", "COLUMN")
USAGE_ORDER = Flag("sort_by", ("--sort-by",), "`memory`, which is the default, `cpu` or `name`", "ORDER")
FIELD_SELECTOR = Flag(
    "field_selector", ("--field-selector",), "a field selector, as in `status.phase=Pending`", "SELECTOR"
)
SHOW_LABELS = Flag("show_labels", ("--show-labels",), "labels as a column of their own")
CLUSTERS = Flag(
    "clusters", ("--clusters",), "all connections that match, as in `prod-*`, in one table", "PATTERN"
)
FOR = Flag("about", ("--for",), "only what is about this object, as in `pod/cart-7d9`", "KIND/NAME")
WARNINGS = Flag("warnings", ("--warnings",), "warnings only")
CONTAINER = Flag("container", ("-c", "--container"), "this container, not the default one", "CONTAINER")
PREVIOUS = Flag("previous", ("-p", "--previous"), "what the container said before it was started anew")
LINES = 200
"""Of logs, where nobody says how many."""
TAIL = Flag("tail", ("--tail",), f"this many lines from the end; {LINES} if left out", "LINES")
GREP = Flag("grep", ("--grep",), "only lines that hold this text, in whatever case", "TEXT")
WHOLE = Flag("whole", ("--all",), "labels, volumes, probes, environment and all conditions too")
FOLLOW = Flag("follow", ("-f", "--follow"), "keep the message up to date, for five minutes at most")
PROFILES = Flag(
    "profile",
    ("--profile",),
    "the AWS profile to sign in with; again for more with `--all-regions`",
    "PROFILE",
    many=True,
)
ALL_REGIONS = Flag("all_regions", ("--all-regions",), "every region that the profiles may use, all at once")
DEADLINE = Flag(
    "deadline", ("--deadline",), "of `--all-regions`: tell what was found by then, as in `20s`", "TIME"
)
CLEAR = Flag("clear", ("--clear",), "have no default here any more")

USER = Flag("user", ("--user",), "only what this person did: mention them", "PERSON")
CLUSTER = Flag("cluster", ("--cluster",), "only what was about this cluster", "CLUSTER")
SINCE = Flag("since", ("--since",), "only what is newer than this, as in `2h` or `3d`", "TIME")
REF = Flag("ref", ("--ref",), "the line of the reference under an error", "REFERENCE")

SIGN_IN = (REGION, PROFILE, CHAIN, ROLE, EXTERNAL_ID)
# How a list is narrowed and shaped, whatever its kind.
SHAPING = (SELECTOR, FIELD_SELECTOR, SORT_BY, SHOW_LABELS, OUTPUT, CLUSTERS)


class Shape(Enum):
    """What the free words of a verb are."""

    WORDS = "any words"
    LIST = "a kind, then words that names hold"
    OBJECT = "a kind and a name, also as KIND/NAME"
    TARGET = "a name, or KIND/NAME"
    ROLLOUT = "status or history, then a name or KIND/NAME"


@dataclass(frozen=True)
class Verb:
    """One thing /eks does. `words` says in its usage what may follow it, `shape` how that is read.

    A verb without `words` takes none, and one of Shape.WORDS takes one.

    Examples work as typed on any EKS cluster; words in capitals stand for what the workspace has (see `filled`).
    """

    name: str
    group: str
    summary: str
    flags: tuple[Flag, ...] = ()
    words: str = ""
    aliases: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    shape: Shape = Shape.WORDS
    # The kind that a name alone is of.
    default_kind: str = ""

    @property
    def usage(self) -> str:
        parts = [COMMAND, self.name, self.words, *(f"[{flag.usage}]" for flag in self.flags)]
        return " ".join(part for part in parts if part)


# The kinds that have a command and buttons of their own, with examples; `get` lists all of them.
_EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "pods": (
        "/eks pods",
        "/eks po -l k8s-app=kube-dns --private",
        "/eks pods -o wide --sort-by restarts",
        "/eks pods -n kube-system coredns",
    ),
    "deployments": ("/eks deployments", "/eks deploy -n kube-system"),
    "services": ("/eks services", "/eks svc -n kube-system"),
    "nodes": ("/eks nodes", "/eks no -l kubernetes.io/os=linux"),
    "events": (
        "/eks events --warnings",
        "/eks events --for deploy/coredns -n kube-system",
        "/eks ev -n kube-system",
    ),
}
COMMON: tuple[str, ...] = tuple(_EXAMPLES)
_OTHERS = tuple(plural for plural in KINDS if plural not in COMMON)


def _listing(plural: str) -> Verb:
    kind = KINDS[plural]
    scope = (NAMESPACE, ALL_NAMESPACES) if kind.namespaced else ()
    about = (FOR, WARNINGS) if plural == "events" else ()
    name = plural if plural in COMMON else f"get {plural}"
    short = next(iter(kind.short_names), plural)
    where = " -n kube-system" if kind.namespaced else ""
    return Verb(
        name,
        "Look",
        _SUMMARIES.get(
            plural, f"the {plural} of a cluster, those in trouble first; free words filter by name"
        ),
        (*scope, *about, *SHAPING, CONNECTION, PRIVATE),
        "[WORD…]",
        (kind.singular, *kind.short_names),
        _EXAMPLES.get(plural, (f"{COMMAND} get {plural}", f"{COMMAND} get {short}{where}")),
        Shape.LIST,
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
        "the clusters of a region, or of all; asks for what is missing",
        (REGION, ALL_REGIONS, PROFILES, CHAIN, ROLE, EXTERNAL_ID, DEADLINE, PRIVATE),
        aliases=("cluster",),
        examples=(
            "/eks clusters",
            "/eks clusters --all-regions",
            "/eks clusters --region REGION --profile PROFILE",
        ),
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
        f"these lists in kubectl's words, those of {', '.join(_OTHERS)}, and of every other kind that a cluster has",
        (NAMESPACE, ALL_NAMESPACES, *SHAPING, CONNECTION, PRIVATE),
        "KIND [WORD…]",
        examples=(
            "/eks get po -A",
            "/eks get storageclasses",
            "/eks get nodes --clusters *",
            "/eks get ds -n kube-system -o yaml",
        ),
        shape=Shape.LIST,
    ),
    Verb(
        "describe",
        "Understand",
        "one object: what is wrong with it first, what it is, what happened to it, what is around it",
        (NAMESPACE, ALL_NAMESPACES, WHOLE, CONNECTION, PRIVATE),
        "KIND NAME",
        ("desc",),
        (
            "/eks describe deploy coredns",
            "/eks describe ds/aws-node -n kube-system",
            "/eks describe deploy coredns -n kube-system --all",
        ),
        Shape.OBJECT,
    ),
    Verb(
        "logs",
        "Understand",
        "what a pod says, or all pods of a deployment, merged by time",
        (
            *(NAMESPACE, ALL_NAMESPACES, CONTAINER, PREVIOUS, SINCE, TAIL, GREP, FOLLOW),
            *(CONNECTION_LONG, PRIVATE),
        ),
        "[KIND/]NAME",
        ("log",),
        (
            "/eks logs deploy/coredns --since 15m",
            "/eks logs ds/aws-node -n kube-system --grep error --tail 50",
        ),
        Shape.TARGET,
        "pods",
    ),
    Verb(
        "top",
        "Understand",
        "what pods or nodes use, beside what they asked for",
        (NAMESPACE, ALL_NAMESPACES, SELECTOR, USAGE_ORDER, CONNECTION, PRIVATE),
        "pods|nodes [WORD…]",
        (),
        ("/eks top nodes", "/eks top pods -n kube-system --sort-by memory"),
        Shape.LIST,
    ),
    Verb(
        "rollout",
        "Understand",
        "how far a rollout is, until it is done or stuck; or which ones there were",
        (NAMESPACE, ALL_NAMESPACES, CONNECTION, PRIVATE),
        "status|history [KIND/]NAME",
        (),
        ("/eks rollout status deploy/coredns -n kube-system", "/eks rollout history coredns"),
        Shape.ROLLOUT,
        "deployments",
    ),
    Verb(
        "yaml",
        "Understand",
        "one object as a file of YAML, credentials masked",
        (NAMESPACE, ALL_NAMESPACES, CONNECTION, PRIVATE),
        "KIND NAME",
        (),
        ("/eks yaml deploy coredns -n kube-system",),
        Shape.OBJECT,
    ),
    Verb(
        "kubeconfig",
        "Connect",
        "a kubeconfig for your terminal; it holds no secret",
        (CONNECTION,),
        "[CONNECTION]",
        examples=("/eks kubeconfig", "/eks kubeconfig CONNECTION"),
    ),
    Verb(
        "doctor",
        "Connect",
        "walks the way to a cluster hop by hop, and says what mends the broken one",
        (*SIGN_IN, CONNECTION, PRIVATE),
        "[CLUSTER]",
        examples=("/eks doctor", "/eks doctor CLUSTER --region REGION --profile PROFILE"),
    ),
    Verb(
        "use",
        "Connect",
        "which connection and namespace commands mean in this channel",
        (NAMESPACE, CONNECTION, CLEAR),
        "[CONNECTION]",
        examples=("/eks use CONNECTION -n kube-system", "/eks use --clear"),
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
GROUPS = ("Find", "Connect", "Look", "Understand", "Administer", "Help")

# All that there is help on: the verbs, and the list of each kind.
TOPICS: Mapping[str, Verb] = {**LISTS, **VERBS}

# Every word that may stand first, with the topic it means.
WORDS: Mapping[str, str] = {word: name for name, verb in TOPICS.items() for word in (name, *verb.aliases)}

# A workspace without connections has nothing to put into examples.
NOTHING_KNOWN: Mapping[str, str] = {}


def filled(example: str, known: Mapping[str, str]) -> str:
    """An example with what is `known` in place of the words in capitals: REGION, PROFILE, CLUSTER, CONNECTION."""
    return " ".join(known.get(word, word) for word in example.split(" "))
