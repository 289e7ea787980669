"""The two modals: where to look for clusters, and what to connect to. Inputs keep their ids from draw to draw.

Slack has no password input, and what is typed passes through Slack: the form says so. A secret is never drawn: no
initial_value, no private_metadata, no option ever holds one.
"""

from dataclasses import dataclass

from connector.aws import Region
from connector.errors import Failure
from handlers.blocks.limits import numbers
from handlers.blocks.message import Block
from handlers.blocks.notices import failure_text
from handlers.blocks.parts import button, context, option, plain, section
from handlers.blocks.text import cut, escaped

FIND = "find.clusters"
CONNECT = "connect.cluster"
SIGN_IN = "choose.sign_in"
CLUSTER = "choose.cluster"
ROLE = "toggle.role"

# Values of the sign-in radio buttons and of the choice beside the profiles.
BY_PROFILE = "profile"
BY_KEYS = "keys"
CHAIN = "default-chain"
PROFILE_PREFIX = "profile:"


@dataclass(frozen=True)
class Form:
    """What a modal shows. The strings are what was filled in so far, none of them secret."""

    callback_id: str
    metadata: str
    regions: tuple[Region, ...]
    profiles: tuple[str, ...]
    # Whether these two ways to sign in may be chosen.
    chain_offered: bool = True
    keys_offered: bool = True
    region: str = ""
    profile: str = ""
    default_chain: bool = False
    by_keys: bool = False
    cluster: str = ""
    with_role: bool = False
    role_arn: str = ""
    external_id: str = ""

    def view(self, progress: str = "", failure: Failure | None = None, ref: str = "") -> Block:
        """The modal, with what is being done or what is wrong; a mistake stands under its input."""
        connecting = self.callback_id == CONNECT
        inputs = [self._region(), self._sign_in(), *(self._keys() if self._by_keys else [self._profile()])]
        if connecting:
            inputs.append(self._cluster())
        inputs += self._role()
        return {
            "type": "modal",
            "callback_id": self.callback_id,
            "private_metadata": self.metadata,
            "title": plain("Connect to a cluster" if connecting else "Find clusters", numbers.VIEW_TITLE),
            "submit": plain("Connect" if connecting else "Find", numbers.VIEW_TITLE),
            "close": plain("Cancel", numbers.VIEW_TITLE),
            "blocks": _with_notice(inputs, progress, failure, ref),
        }

    def _region(self) -> Block:
        options = {
            region.name: option(f"{region.name}  {region.description}", region.name)
            for region in self.regions[: numbers.SELECT_OPTIONS]
        }
        return _input(
            "region",
            "Region",
            _select("choose.region", "Which region", list(options.values()), options.get(self.region)),
        )

    def _sign_in(self) -> Block:
        by_profile, by_keys = option("a profile", BY_PROFILE), option("AWS keys", BY_KEYS)
        radio = {
            "type": "radio_buttons",
            "action_id": SIGN_IN,
            "options": [
                *([by_profile] if self._by_profile else []),
                *([by_keys] if self.keys_offered else []),
            ],
            "initial_option": by_keys if self._by_keys else by_profile,
        }
        return {**_input("sign_in", "Sign in with", radio), "dispatch_action": True}

    @property
    def _by_profile(self) -> bool:
        return bool(self.profiles) or self.chain_offered or not self.keys_offered

    @property
    def _by_keys(self) -> bool:
        return self.keys_offered and (self.by_keys or not self._by_profile)

    def _profile(self) -> Block:
        chain = option("the default chain: IRSA, Pod Identity, instance", CHAIN)
        offered = [name for name in self.profiles if len(PROFILE_PREFIX + name) <= numbers.OPTION_VALUE]
        options = {name: option(name, PROFILE_PREFIX + name) for name in offered}
        choices = [*options.values(), *([chain] if self.chain_offered or not options else [])]
        chosen = chain if self.default_chain and chain in choices else options.get(self.profile)
        if chosen is None and not options:
            chosen = chain
        return _input("profile", "Profile", _select("choose.profile", "Which profile", choices, chosen))

    def _keys(self) -> list[Block]:
        note = (
            "Keys go through Slack to the bot, are exchanged for a session of one hour and are never written down. "
            "A profile or a role is safer."
        )
        return [
            context(note),
            _input("access_key_id", "Access key ID", _line("type.access_key_id", "AKIA…", 128)),
            _input("secret_access_key", "Secret access key", _line("type.secret_access_key", "", 128)),
            _input(
                "session_token",
                "Session token",
                _line("type.session_token", "only for temporary keys", 3000),
                optional=True,
            ),
        ]

    def _cluster(self) -> Block:
        select: Block = {
            "type": "external_select",
            "action_id": CLUSTER,
            "placeholder": plain("Choose one, or type its name", numbers.PLACEHOLDER),
            "min_query_length": 0,
        }
        # EKS names have at most 100 characters; what is longer is typed again.
        if self.cluster and len(self.cluster) <= numbers.OPTION_VALUE:
            select["initial_option"] = option(self.cluster, self.cluster)
        return _input("cluster", "Cluster", select, hint="Offers what this region and sign-in can see.")

    def _role(self) -> list[Block]:
        if not self.with_role:
            fold = button("Assume a role…", ROLE, "open")
            return [{"type": "actions", "block_id": "role", "elements": [fold]}]
        arn = _line("type.role_arn", "arn:aws:iam::111122223333:role/chatops", 2048, self.role_arn)
        return [
            _input("role_arn", "Role ARN", arn, optional=True),
            _input(
                "external_id",
                "External ID",
                _line("type.external_id", "", 1224, self.external_id),
                optional=True,
            ),
        ]


def outcome(title: str, metadata: str, mrkdwn: str, *more: Block) -> Block:
    """The modal when it is done: nothing left to fill in. `metadata` says where its buttons answer."""
    return {
        "type": "modal",
        "callback_id": "show.outcome",
        "private_metadata": metadata,
        "title": plain(title, numbers.VIEW_TITLE),
        "close": plain("Close", numbers.VIEW_TITLE),
        "blocks": [section(mrkdwn), *more],
    }


def cluster_options(names: list[tuple[str, str]], typed: str) -> list[Block]:
    """Options for the cluster select: (name, what is known of it) pairs, and what was typed if it is none."""
    offered = [option(f"{name}  {known}".strip(), name) for name, known in names]
    if typed and typed not in {name for name, _ in names}:
        offered.insert(0, option(f"use “{typed}”", cut(typed, numbers.OPTION_VALUE)))
    return offered[: numbers.SELECT_OPTIONS]


def _with_notice(inputs: list[Block], progress: str, failure: Failure | None, ref: str) -> list[Block]:
    if progress:
        return [context(f"🟡 {escaped(progress)}"), *inputs]
    if failure is None:
        return inputs
    notice = [section(failure_text(failure)), context(f"ref {ref}")]
    places = [block.get("block_id") for block in inputs]
    field = getattr(failure, "field", None)
    at = places.index(field) + 1 if field in places else 0
    return [*inputs[:at], *notice, *inputs[at:]]


def _input(block_id: str, label: str, element: Block, hint: str = "", optional: bool = False) -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, numbers.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, numbers.INPUT_LABEL)
    return block


def _select(action_id: str, placeholder: str, options: list[Block], initial: Block | None) -> Block:
    select: Block = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, numbers.PLACEHOLDER),
    }
    if len(options) <= numbers.SELECT_OPTIONS:
        select["options"] = options
    else:
        parts = [
            options[at : at + numbers.SELECT_OPTIONS] for at in range(0, len(options), numbers.SELECT_OPTIONS)
        ]
        select["option_groups"] = [
            {"label": plain(f"{part[0]['text']['text']} …", numbers.OPTION_TEXT), "options": part}
            for part in parts[: numbers.SELECT_OPTIONS]
        ]
    if initial:
        select["initial_option"] = initial
    return select


def _line(action_id: str, placeholder: str, longest: int, initial: str = "") -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": action_id,
        "max_length": min(longest, numbers.INPUT_TEXT),
    }
    if placeholder:
        element["placeholder"] = plain(placeholder, numbers.PLACEHOLDER)
    if initial:
        element["initial_value"] = initial
    return element
