"""The two modals hold Slack's limits whatever there is to choose from, and never a secret."""

from collections.abc import Iterator

import pytest

from connector.aws import Region, regions
from connector.errors import ClusterNotFound, Failure, InvalidCredentials, InvalidRegion
from handlers.blocks import forms
from handlers.blocks.limits import suggestion_faults, view_faults
from handlers.blocks.message import Block
from handlers.form import Carried, Filled
from handlers.parsing import parsed
from tests.handlers import samples
from tests.handlers.samples import alive, dicts

LONG_PROFILES = tuple(f"{at:03}-{'p' * 130}" for at in range(250))
INPUTS = {
    "region": "choose.region",
    "sign_in": "choose.sign_in",
    "profile": "choose.profile",
    "access_key_id": "type.access_key_id",
    "secret_access_key": "type.secret_access_key",
    "session_token": "type.session_token",
    "cluster": "choose.cluster",
    "role_arn": "type.role_arn",
    "external_id": "type.external_id",
}


def form(
    callback_id: str = forms.CONNECT, profiles: tuple[str, ...] = ("dev", "ops"), **more: object
) -> forms.Form:
    values: dict[str, object] = {
        "callback_id": callback_id,
        "metadata": Carried("C1").encoded(),
        "regions": regions(),
        "profiles": profiles,
    }
    return forms.Form(**{**values, **more})  # type: ignore[arg-type]


def inputs(view: Block) -> dict[str, Block]:
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def options(select: Block) -> Iterator[Block]:
    yield from select.get("options", ())
    for group in select.get("option_groups", ()):
        yield from group["options"]


@pytest.mark.parametrize("callback_id", [forms.FIND, forms.CONNECT])
@pytest.mark.parametrize("by_keys", [False, True])
@pytest.mark.parametrize("with_role", [False, True])
@pytest.mark.parametrize(
    "profiles",
    [(), ("dev",), tuple(f"p{at}" for at in range(99)), tuple(f"p{at}" for at in range(250)), LONG_PROFILES],
)
def test_the_form_holds_the_limits_whatever_is_offered(
    callback_id: str, by_keys: bool, with_role: bool, profiles: tuple[str, ...]
) -> None:
    shown = form(callback_id, profiles, by_keys=by_keys, with_role=with_role, region="eu-west-1")
    for view in (
        shown.view(),
        shown.view(progress="Looking in eu-west-1…"),
        shown.view(failure=InvalidRegion("This is not a region", "why", "hint"), ref="7f3a91c2"),
    ):
        assert view_faults(view) == []
    expected = {"region", "sign_in"} | (
        {"access_key_id", "secret_access_key", "session_token"} if by_keys else {"profile"}
    )
    expected |= {"cluster"} if callback_id == forms.CONNECT else set()
    expected |= {"role_arn", "external_id"} if with_role else set()
    assert set(inputs(shown.view())) == expected


@pytest.mark.parametrize("region", regions(), ids=lambda region: region.name)
def test_every_region_is_offered_and_can_be_the_one_that_is_chosen(region: Region) -> None:
    view = form(region=region.name).view()
    assert view_faults(view) == []
    select = inputs(view)["region"]
    assert select["initial_option"]["value"] == region.name
    assert region.name in select["initial_option"]["text"]["text"]
    assert [option["value"] for option in options(select)] == [each.name for each in regions()]


def test_every_profile_is_offered_and_the_default_chain_behind_them() -> None:
    for count in (0, 1, 99, 100, 250):
        names = tuple(f"profile-{at}" for at in range(count))
        values = [option["value"] for option in options(inputs(form(profiles=names).view())["profile"])]
        assert values == [*(f"profile:{name}" for name in names), forms.CHAIN]


def test_without_any_profile_the_default_chain_is_chosen() -> None:
    assert inputs(form(profiles=()).view())["profile"]["initial_option"]["value"] == forms.CHAIN
    assert "initial_option" not in inputs(form().view())["profile"]


def test_a_profile_that_is_called_like_the_choice_beside_it_is_still_a_profile() -> None:
    view = form(profiles=(forms.CHAIN, "dev"), profile=forms.CHAIN).view()
    assert inputs(view)["profile"]["initial_option"]["value"] == f"profile:{forms.CHAIN}"


def test_what_was_filled_in_is_filled_in_again() -> None:
    view = form(
        region="eu-west-1",
        profile="ops",
        cluster="prod",
        role_arn="arn:aws:iam::1:role/r",
        external_id="7",
        with_role=True,
    ).view()
    shown = inputs(view)
    assert shown["region"]["initial_option"]["value"] == "eu-west-1"
    assert shown["profile"]["initial_option"]["value"] == "profile:ops"
    assert shown["cluster"]["initial_option"]["value"] == "prod"
    assert shown["role_arn"]["initial_value"] == "arn:aws:iam::1:role/r"
    assert shown["external_id"]["initial_value"] == "7"


def test_inputs_keep_their_ids_from_draw_to_draw() -> None:
    for by_keys in (False, True):
        for with_role in (False, True):
            for progress in ("", "Signing in…"):
                view = form(by_keys=by_keys, with_role=with_role).view(progress)
                assert all(INPUTS[name] == element["action_id"] for name, element in inputs(view).items())


@pytest.mark.parametrize("typed", ["connect " + "c" * 300, "connect <!channel>", "connect " + "🚀" * 90])
def test_whatever_was_typed_opens_a_form_that_slack_takes(typed: str) -> None:
    filled = Filled.from_command(parsed(typed))
    view = filled.form(forms.CONNECT, Carried("C1"), samples.OFFERED).view()
    assert view_faults(view) == []


@pytest.mark.parametrize("flag", ["--region", "--profile", "--role-arn"])
def test_a_flag_of_any_length_opens_a_form_that_slack_takes(flag: str) -> None:
    filled = Filled.from_command(parsed(f"connect {flag} {'x' * 700}"))
    assert view_faults(filled.form(forms.CONNECT, Carried("C1"), samples.OFFERED).view()) == []


@pytest.mark.parametrize(
    ("field", "by_keys", "with_role", "behind"),
    [
        ("region", False, False, "region"),
        ("profile", False, False, "profile"),
        ("access_key_id", True, False, "access_key_id"),
        ("secret_access_key", True, False, "secret_access_key"),
        ("session_token", True, False, "session_token"),
        ("cluster", False, False, "cluster"),
        ("role_arn", False, True, "role_arn"),
        ("external_id", False, True, "external_id"),
        ("profile", True, False, None),
        ("access_key_id", False, False, None),
        ("external_id", False, False, None),
        (None, False, False, None),
    ],
)
def test_a_mistake_stands_under_its_input_and_else_at_the_top(
    field: str | None, by_keys: bool, with_role: bool, behind: str | None
) -> None:
    failure = Failure("It is wrong", "because of <this>", "Do `that`", field=field)
    view = form(by_keys=by_keys, with_role=with_role).view(failure=failure, ref="7f3a91c2")
    places = [block.get("block_id") for block in view["blocks"]]
    at = places.index(behind) + 1 if behind else 0
    notice, ref = view["blocks"][at : at + 2]
    assert notice["text"]["text"] == "🔴 *It is wrong*\nbecause of &lt;this&gt;\nDo `that`"
    assert ref["elements"][0]["text"] == "ref 7f3a91c2"
    without = form(by_keys=by_keys, with_role=with_role).view()["blocks"]
    assert [*view["blocks"][:at], *view["blocks"][at + 2 :]] == without


@pytest.mark.parametrize(
    "failure", [InvalidCredentials("*x* <!here>", "&" * 3000, "y" * 3000), ClusterNotFound("")]
)
def test_any_mistake_fits_and_does_not_come_alive(failure: Failure) -> None:
    view = form().view(failure=failure, ref="7f3a91c2")
    assert view_faults(view) == []
    texts = [each["text"] for each in dicts(view) if each.get("type") == "mrkdwn"]
    assert [alive(text) for text in texts] == [""] * len(texts)


def test_progress_stands_at_the_top_while_the_inputs_stay() -> None:
    view = form().view(progress="Connecting to <prod>…")
    assert view["blocks"][0]["elements"][0]["text"] == "🟡 Connecting to &lt;prod&gt;…"
    assert view["blocks"][1:] == form().view()["blocks"]


def test_keys_come_with_a_word_on_where_they_go() -> None:
    assert "never written down" in str(form(by_keys=True).view())


def test_no_secret_is_in_a_form_that_was_filled_with_one() -> None:
    secret, token = "wJalrXUtnFEMIK7MDENGbPxRfiCYCANARYSECRET", "FwoGZXIvYXdzCANARYTOKEN"
    filled = Filled(
        region="eu-west-1",
        by_keys=True,
        access_key_id="AKIAIOSFODNN7EXAMPLE",
        secret_access_key=secret,
        session_token=token,
        cluster="prod",
    )
    carried = Carried("C1", "sealed", private=True)
    drawn = filled.form(forms.CONNECT, carried, samples.OFFERED)
    failure = InvalidCredentials("AWS does not know these keys", field="access_key_id")
    for shown in (
        repr(filled),
        repr(drawn),
        samples.as_json(drawn.view()),
        samples.as_json(drawn.view(progress="Signing in…")),
        samples.as_json(drawn.view(failure=failure, ref="7f3a91c2")),
        carried.encoded(),
    ):
        assert secret not in shown
        assert token not in shown


def test_the_outcome_has_nothing_left_to_fill_in() -> None:
    view = forms.outcome("Connected", Carried("C1").encoded(), "🟢 Connected: `eu-west-1_prod`")
    assert view_faults(view) == []
    assert "submit" not in view
    assert inputs(view) == {}


def test_clusters_are_offered_with_what_is_known_and_what_was_typed_first() -> None:
    offered = forms.cluster_options([("prod", "ACTIVE  v1.34"), ("dev", "")], "pro")
    assert [(option["text"]["text"], option["value"]) for option in offered] == [
        ("use “pro”", "pro"),
        ("prod  ACTIVE  v1.34", "prod"),
        ("dev", "dev"),
    ]
    assert suggestion_faults({"options": offered}) == []


def test_a_name_that_is_offered_is_not_offered_twice() -> None:
    assert [option["value"] for option in forms.cluster_options([("prod", "")], "prod")] == ["prod"]
    assert forms.cluster_options([], "") == []


@pytest.mark.parametrize("typed", ["", "p", "t" * 400])
def test_a_hundred_clusters_are_the_most_that_slack_takes(typed: str) -> None:
    offered = forms.cluster_options([(f"{'c' * 90}-{at:04}", "ACTIVE  v1.34") for at in range(300)], typed)
    assert len(offered) == 100
    assert suggestion_faults({"options": offered}) == []
