"""What was filled into a modal, and what the modal carries along. Typed secrets live here only, and only in memory."""

from dataclasses import dataclass, field

import msgspec

from connector.aws import Keys, Region, Role, SignIn, profiles, regions
from connector.errors import ProfileNotFound
from connector.words import clean, nearest
from handlers.access import NotAllowed, Request
from handlers.blocks import forms
from handlers.command import Command
from handlers.desk import Turn
from handlers.payload import View


class Carried(msgspec.Struct, frozen=True, omit_defaults=True):
    """A modal's private_metadata: where it was opened from, and how. Nothing secret in clear."""

    channel: str
    # The response_url of the command or click, sealed: see handlers.seal.
    road: str = ""
    private: bool = False
    with_role: bool = False
    # The profile that was chosen before the form turned to keys, as the select's value.
    profile: str = ""
    # The ts of the message in whose thread it was.
    thread: str = ""

    @classmethod
    def of(cls, view: View) -> "Carried":
        """What `view` carries; nowhere in particular when it is none of ours: answers then go to the person alone."""
        try:
            return msgspec.json.decode(view.private_metadata, type=cls)
        except (msgspec.DecodeError, UnicodeError):
            return cls(channel="")

    def encoded(self) -> str:
        return msgspec.json.encode(self).decode()


@dataclass(frozen=True)
class Filled:
    """The inputs' contents. Empty strings where nothing is filled in."""

    region: str = ""
    by_keys: bool = False
    profile: str = ""
    default_chain: bool = False
    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    cluster: str = ""
    role_arn: str = ""
    external_id: str = ""

    @classmethod
    def of(cls, view: View) -> "Filled":
        """What stands in the inputs of `view` now."""
        profile = view.content("profile") or Carried.of(view).profile
        return cls(
            region=view.content("region"),
            by_keys=view.content("sign_in") == forms.BY_KEYS,
            profile=profile.removeprefix(forms.PROFILE_PREFIX)
            if profile.startswith(forms.PROFILE_PREFIX)
            else "",
            default_chain=profile == forms.CHAIN,
            access_key_id=view.content("access_key_id").strip(),
            secret_access_key=view.content("secret_access_key").strip(),
            session_token=view.content("session_token").strip(),
            cluster=view.content("cluster").strip(),
            role_arn=view.content("role_arn").strip(),
            external_id=view.content("external_id").strip(),
        )

    @classmethod
    def from_command(cls, command: Command) -> "Filled":
        """What a typed command or a button says already."""
        return cls(
            region=command.region,
            profile=command.profile,
            default_chain=command.default_chain,
            by_keys=command.by_keys,
            cluster=command.word,
            role_arn=command.role_arn,
            external_id=command.external_id,
        )

    @property
    def complete(self) -> bool:
        """Whether there is a region and a way to sign in."""
        keys = self.access_key_id and self.secret_access_key
        return bool(self.region and (keys if self.by_keys else self.profile or self.default_chain))

    @property
    def keys(self) -> Keys | None:
        if not self.by_keys:
            return None
        return Keys(self.access_key_id, self.secret_access_key, self.session_token or None)

    @property
    def role(self) -> Role | None:
        return Role(self.role_arn, self.external_id or None) if self.role_arn else None

    @property
    def sign_in(self) -> SignIn:
        """How to sign in. Raises Failure naming the input when a value cannot be what it should be."""
        return SignIn(
            profile=self.profile or None if not self.by_keys else None, keys=self.keys, role=self.role
        )

    def command(self, verb: str, private: bool) -> Command:
        """The same as a Command, which never holds keys."""
        return Command(
            verb=verb,
            words=(self.cluster,) if self.cluster else (),
            region=self.region,
            profile="" if self.by_keys else self.profile,
            default_chain=self.default_chain and not self.by_keys,
            by_keys=self.by_keys,
            role_arn=self.role_arn,
            external_id=self.external_id,
            private=private,
        )

    def form(self, callback_id: str, carried: Carried, offered: "Offered") -> forms.Form:
        """The modal that shows this much, without the secrets, with what is offered to choose from."""
        return forms.Form(
            callback_id=callback_id,
            metadata=carried.encoded(),
            regions=offered.regions,
            profiles=offered.profiles,
            chain_offered=offered.default_chain,
            keys_offered=offered.aws_keys,
            region=self.region,
            profile=self.profile,
            default_chain=self.default_chain,
            by_keys=self.by_keys,
            cluster=self.cluster,
            with_role=carried.with_role or bool(self.role_arn),
            role_arn=self.role_arn,
            external_id=self.external_id,
        )


@dataclass(frozen=True)
class Offered:
    """What a modal offers to choose from."""

    regions: tuple[Region, ...]
    profiles: tuple[str, ...]
    default_chain: bool
    aws_keys: bool

    @classmethod
    def to(cls, request: Request) -> "Offered":
        """What this person's workspace may sign in with, and where. Raises NotAllowed when that is nothing."""
        limits = request.rights.workspace.limits
        offered = cls(
            tuple(region for region in regions() if limits.region(region.name)),
            tuple(name for name in profiles() if limits.profile(name)),
            limits.default_chain,
            limits.aws_keys,
        )
        if not (offered.profiles or offered.default_chain or offered.aws_keys):
            raise NotAllowed(
                "There is no way to sign in here.",
                "The policy allows profiles only, and the bot has none of them.",
                "Whoever runs the bot: set one up, or change the policy.",
            )
        return offered

    @classmethod
    def only(cls, filled: Filled) -> "Offered":
        """What was chosen and nothing else: for as long as it is not known who chose it."""
        return cls(
            tuple(region for region in regions() if region.name == filled.region),
            (filled.profile,) if filled.profile else (),
            filled.default_chain,
            filled.by_keys,
        )


def check_sign_in(filled: Filled, request: Request) -> None:
    """Raises NotAllowed when the policy does not allow to sign in so, ProfileNotFound when there is no such profile."""
    request.rights.check_sign_in(filled.sign_in, filled.region)
    limits = request.rights.workspace.limits
    if filled.profile and not filled.by_keys and limits.profiles is not None:
        # The connector would name what is near, whether it is for this workspace or not.
        offered = [name for name in profiles() if limits.profile(name)]
        if filled.profile not in offered:
            raise ProfileNotFound(
                f"There is no AWS profile `{clean(filled.profile, 120)}` where the bot runs",
                "",
                nearest(filled.profile, offered),
            )


def opened(request: Request, turn: Turn, callback_id: str, filled: Filled) -> None:
    """Opens the modal for the person, with what is known filled in. Raises Failure when Slack's time for it is over."""
    place = turn.place
    sealed = turn.desk.seal.close(place.response_url, place.workspace)
    carried = Carried(
        place.channel, sealed, request.command.private, bool(filled.role_arn), thread=place.thread
    )
    turn.open_view(filled.form(callback_id, carried, Offered.to(request)).view())
