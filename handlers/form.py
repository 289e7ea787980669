"""What was filled into a modal, and what the modal carries along. Typed secrets live here only, and only in memory."""

from dataclasses import dataclass, field

import msgspec

from connector.aws import Keys, Role, SignIn, profiles, regions
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

    def form(self, callback_id: str, carried: Carried) -> forms.Form:
        """The modal that shows this much, without the secrets."""
        return forms.Form(
            callback_id=callback_id,
            metadata=carried.encoded(),
            regions=regions(),
            profiles=profiles(),
            region=self.region,
            profile=self.profile,
            default_chain=self.default_chain,
            by_keys=self.by_keys,
            cluster=self.cluster,
            with_role=carried.with_role or bool(self.role_arn),
            role_arn=self.role_arn,
            external_id=self.external_id,
        )


def opened(turn: Turn, callback_id: str, filled: Filled, private: bool) -> None:
    """Opens the modal for the person, with what is known filled in. Raises Failure when Slack's time for it is over."""
    place = turn.place
    carried = Carried(place.channel, turn.desk.seal.close(place.response_url), private, bool(filled.role_arn))
    turn.open_view(filled.form(callback_id, carried).view())
