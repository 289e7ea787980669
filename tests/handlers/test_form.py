"""What was filled into a modal becomes a sign-in and a command; secrets stay where they were typed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.aws import Keys, Role, SignIn
from handlers.blocks import forms
from handlers.command import Command, decoded
from handlers.form import Carried, Filled
from handlers.parsing import parsed
from handlers.payload import Field, Option, State, View

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYCANARYSECRET"


def view(metadata: str = "", **contents: str) -> View:
    """A modal with these contents, by block: selects for what is chosen, text for what is typed."""
    chosen = ("region", "sign_in", "profile", "cluster")

    def field(name: str, content: str) -> Field:
        if name in chosen:
            return Field("static_select", selected_option=Option(content) if content else None)
        return Field("plain_text_input", value=content or None)

    values = {name: {f"any.{name}": field(name, content)} for name, content in contents.items()}
    return View("V1", "modal", private_metadata=metadata, state=State(values))


def test_what_stands_in_the_inputs_is_read() -> None:
    filled = Filled.of(
        view(
            region="eu-west-1",
            sign_in=forms.BY_PROFILE,
            profile="profile:ops",
            cluster=" prod ",
            role_arn=" arn:aws:iam::1:role/r\n",
            external_id=" 7 ",
        )
    )
    assert filled == Filled(
        "eu-west-1", False, "ops", cluster="prod", role_arn="arn:aws:iam::1:role/r", external_id="7"
    )
    assert filled.sign_in == SignIn("ops", role=Role("arn:aws:iam::1:role/r", "7"))
    assert filled.keys is None


def test_an_empty_modal_is_empty() -> None:
    assert Filled.of(view()) == Filled()
    assert Filled.of(view(region="", profile="", cluster="", role_arn="")) == Filled()
    assert not Filled().complete
    assert Filled().role is None


def test_the_default_chain_is_no_profile() -> None:
    filled = Filled.of(view(region="eu-west-1", sign_in=forms.BY_PROFILE, profile=forms.CHAIN))
    assert filled.default_chain
    assert filled.complete
    assert filled.sign_in == SignIn()


def test_a_profile_called_like_the_choice_is_the_profile() -> None:
    filled = Filled.of(view(profile=f"profile:{forms.CHAIN}"))
    assert (filled.profile, filled.default_chain) == (forms.CHAIN, False)


@pytest.mark.parametrize("token", ["", "FwoGZXIvYXdz"])
def test_keys_are_read_without_the_blanks_of_copying(token: str) -> None:
    filled = Filled.of(
        view(
            region="eu-west-1",
            sign_in=forms.BY_KEYS,
            access_key_id=" AKIAIOSFODNN7EXAMPLE ",
            secret_access_key=f"\t{SECRET}\n",
            session_token=token,
        )
    )
    assert filled.complete
    assert filled.keys == Keys("AKIAIOSFODNN7EXAMPLE", SECRET, token or None)
    assert filled.sign_in.keys == filled.keys
    assert filled.sign_in.profile is None


@pytest.mark.parametrize(
    ("filled", "complete"),
    [
        (Filled("eu-west-1", profile="ops"), True),
        (Filled("eu-west-1", default_chain=True), True),
        (Filled("eu-west-1"), False),
        (Filled(profile="ops"), False),
        (Filled("eu-west-1", True, "ops"), False),
        (Filled("eu-west-1", True, access_key_id="AKIAIOSFODNN7EXAMPLE"), False),
        (Filled("eu-west-1", True, access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=SECRET), True),
        (Filled("eu-west-1", False, access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=SECRET), False),
    ],
)
def test_it_is_complete_with_a_region_and_a_way_to_sign_in(filled: Filled, complete: bool) -> None:
    assert filled.complete is complete


def test_switching_to_keys_leaves_the_profile_out_of_the_sign_in() -> None:
    filled = Filled("eu-west-1", True, "ops", access_key_id="AKIAIOSFODNN7EXAMPLE", secret_access_key=SECRET)
    assert filled.sign_in == SignIn(keys=Keys("AKIAIOSFODNN7EXAMPLE", SECRET))


@pytest.mark.parametrize(
    "line",
    [
        "connect prod --region eu-west-1 --profile ops",
        "connect prod --region eu-west-1 --default-chain --private",
        "connect --region eu-west-1",
        "connect prod --role-arn arn:aws:iam::1:role/r --external-id 7",
        "clusters --region eu-west-1 --profile ops --private",
        "clusters",
    ],
)
def test_what_was_typed_fills_the_form_and_comes_back_as_the_same_command(line: str) -> None:
    command = parsed(line)
    assert Filled.from_command(command).command(command.verb, command.private) == command


def test_a_command_never_holds_keys() -> None:
    filled = Filled(
        "eu-west-1", True, "ops", True, "AKIAIOSFODNN7EXAMPLE", SECRET, "FwoGTOKEN", "prod", "arn:x", "7"
    )
    command = filled.command("connect", private=True)
    assert command == Command(
        "connect",
        words=("prod",),
        region="eu-west-1",
        by_keys=True,
        role_arn="arn:x",
        external_id="7",
        private=True,
    )
    for word in (SECRET, "AKIAIOSFODNN7EXAMPLE", "FwoGTOKEN"):
        assert word not in command.encoded()


def test_a_command_by_keys_opens_the_form_for_keys_again() -> None:
    filled = Filled.from_command(Command("clusters", region="eu-west-1", by_keys=True))
    assert filled == Filled("eu-west-1", by_keys=True)
    # The keys themselves are still to be typed.
    assert not filled.complete
    assert filled.command("clusters", False) == Command("clusters", region="eu-west-1", by_keys=True)


@pytest.mark.parametrize(
    ("value", "profile", "chain"), [("profile:ops", "ops", False), (forms.CHAIN, "", True)]
)
def test_a_profile_that_was_chosen_before_the_keys_comes_back(value: str, profile: str, chain: bool) -> None:
    carried = Carried("C1", profile=value).encoded()
    filled = Filled.of(view(carried, sign_in=forms.BY_PROFILE, region="eu-west-1"))
    assert (filled.profile, filled.default_chain) == (profile, chain)
    by_keys = Filled.of(view(carried, sign_in=forms.BY_KEYS, region="eu-west-1"))
    assert by_keys.command("clusters", False) == Command("clusters", region="eu-west-1", by_keys=True)
    assert by_keys.sign_in.profile is None


def test_a_profile_that_is_chosen_now_is_the_one_that_counts() -> None:
    carried = Carried("C1", profile="profile:ops").encoded()
    assert Filled.of(view(carried, sign_in=forms.BY_PROFILE, profile="profile:dev")).profile == "dev"


def test_no_secret_is_in_a_repr() -> None:
    filled = Filled(
        "eu-west-1", True, access_key_id="AKIA", secret_access_key=SECRET, session_token="FwoGTOKEN"
    )
    for shown in (repr(filled), repr(filled.keys), repr(filled.sign_in), filled.sign_in.label):
        assert SECRET not in shown
        assert "FwoGTOKEN" not in shown


@given(
    word=st.text(min_size=1, max_size=300),
    region=st.text(max_size=300),
    role=st.text(max_size=300),
    private=st.booleans(),
)
def test_what_a_form_says_survives_being_carried_by_a_button(
    word: str, region: str, role: str, private: bool
) -> None:
    command = Filled(region, profile="ops", cluster=word, role_arn=role).command("connect", private)
    assert decoded(command.encoded()) == command


def test_the_longest_inputs_that_the_form_takes_survive_being_carried_too() -> None:
    # role_arn has max_length 2048 in the modal and external_id 1224.
    command = Filled("eu-west-1", profile="ops", role_arn="r" * 2048, external_id="e" * 1224).command(
        "clusters", False
    )
    assert decoded(command.encoded()) == command


def test_what_a_modal_carries_comes_back() -> None:
    carried = Carried("C1", "sealed", private=True, with_role=True, profile="profile:ops")
    assert Carried.of(view(carried.encoded())) == carried
    assert Carried.of(view(Carried("C1").encoded())) == Carried("C1")


@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "{",
        "null",
        "[]",
        "5",
        '{"channel":5}',
        "{}",
        '{"channel":null}',
        "\ud800",
        "\x00",
        "{" * 5000,
        "[" * 5000,
    ],
)
def test_what_is_none_of_ours_carries_nowhere(metadata: str) -> None:
    assert Carried.of(view(metadata)) == Carried("")


@given(st.text(st.characters()))
def test_any_metadata_is_read_without_an_error(metadata: str) -> None:
    assert isinstance(Carried.of(view(metadata)), Carried)


def test_what_an_older_or_newer_version_carries_is_taken_as_far_as_it_is_known() -> None:
    assert Carried.of(view(msgspec.json.encode({"channel": "C1", "later": 1}).decode())) == Carried("C1")
