"""Label selectors against a model that is too simple to be wrong, and the errors word for word."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.kubernetes.selectors import InvalidSelector, field_selector, label_selector
from tests.playground.eks_client import recorded

Labels = dict[str, str]
Condition = tuple[str, Callable[[Labels], bool]]

KEYS = st.sampled_from(["app", "tier", "team", "in", "notin", "example.com/shard"])
VALUES = st.sampled_from(["", "api", "web", "in", "7", "1.9-rc_1", "Z"])
LABELS = st.dictionaries(KEYS, VALUES)
SPACE = st.sampled_from(["", " ", "\t ", "\n"])


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """A requirement as text, and what it means."""
    key, value, values = draw(KEYS), draw(VALUES), draw(st.lists(VALUES, min_size=1, max_size=3))
    gap = draw(SPACE)
    inside = f"{gap},{gap}".join(values)
    meanings: list[Condition] = [
        (f"{key}{gap}={gap}{value}", lambda labels: labels.get(key) == value),
        (f"{key}{gap}=={gap}{value}", lambda labels: labels.get(key) == value),
        (f"{key}{gap}!={gap}{value}", lambda labels: labels.get(key) != value),
        (f"{key} in{gap}({inside})", lambda labels: labels.get(key) in values),
        (f"{key} notin{gap}({inside})", lambda labels: labels.get(key) not in values),
        (f"{gap}{key}{gap}", lambda labels: key in labels),
        (f"!{gap}{key}", lambda labels: key not in labels),
        (f"{key}{gap}>{gap}5", lambda labels: labels.get(key) == "7"),
        (f"{key}{gap}<{gap}9", lambda labels: labels.get(key) == "7"),
    ]
    return draw(st.sampled_from(meanings))


@given(st.lists(conditions(), max_size=4), LABELS)
def test_a_selector_means_all_its_conditions(terms: list[Condition], labels: Labels) -> None:
    requirements = label_selector(",".join(text for text, _ in terms))
    assert len(requirements) == len(terms)
    expected = all(means(labels) for _, means in terms)
    assert all(requirement.matches(labels) for requirement in requirements) == expected


@given(st.text(alphabet="ab/=!(),<> in.-é\n", max_size=24))
def test_any_text_is_a_selector_or_refused_in_words(text: str) -> None:
    try:
        requirements = label_selector(text)
    except InvalidSelector as refused:
        assert str(refused)
    else:
        for requirement in requirements:
            requirement.matches({})


def test_an_empty_selector_matches_everything() -> None:
    assert label_selector("") == label_selector("  ") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a=b=c", "found '=', expected: ',' or 'end of string'"),
        ("a,", "found '', expected: identifier after ','"),
        (",a", "found ',', expected: !, identifier, or 'end of string'"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
        ("!a=b", "found '=', expected: ',' or 'end of string'"),
        ("a in b", "unable to parse requirement: found 'b' expected: '('"),
        ("a in (b", "unable to parse requirement: found '', expected: ',' or ')'"),
        ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("a==(", "unable to parse requirement: found '(', expected: identifier"),
    ],
)
def test_what_is_wrong_is_said_as_apimachinery_says_it(text: str, message: str) -> None:
    with pytest.raises(InvalidSelector, match=f"^{re.escape(message)}$"):
        label_selector(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("-a=b", '<nil>: Invalid value: "-a": name part must consist of'),
        ("Ex.com/a=b", '<nil>: Invalid value: "Ex.com/a": prefix part a lowercase RFC 1123 subdomain'),
        ("a=-b", 'values[0][a]: Invalid value: "-b": a valid label must be'),
        (f"a={'b' * 64}", "must be no more than 63 bytes"),
        (f"{'a' * 64}", "name part must consist of"),
        ("a>b", "for 'Gt', 'Lt' operators, the value must be an integer"),
    ],
)
def test_keys_and_values_keep_to_the_rules_of_labels(text: str, part: str) -> None:
    with pytest.raises(InvalidSelector, match=re.escape(part)):
        label_selector(text)


def test_the_recorded_refusal_is_ours() -> None:
    message = recorded("400-selector")["body"]["message"]
    assert message == "unable to parse requirement: found '=', expected: identifier"
    with pytest.raises(InvalidSelector, match=f"^{re.escape(message)}$"):
        label_selector("a===b")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["one", "two"]),
            st.sampled_from(["=", "==", "!="]),
            st.sampled_from(["", "x", "y"]),
        ),
        max_size=3,
    ),
    st.sampled_from(["", "x", "y"]),
    st.sampled_from(["", "x", "y"]),
)
def test_field_selectors_compare(terms: list[tuple[str, str, str]], one: str, two: str) -> None:
    fields = {"one": one, "two": two}
    text = ",".join(name + operator + value for name, operator, value in terms)
    wanted = all((fields[name] == value) is (operator != "!=") for name, operator, value in terms)
    found = field_selector(text, ("one", "two"), lambda name: f"no {name}")
    assert all(condition(fields.__getitem__) for condition in found) == wanted


@pytest.mark.parametrize("text", ["three=x", "one=x,three!=y"])
def test_an_unknown_field_is_refused(text: str) -> None:
    with pytest.raises(InvalidSelector, match=r"^no three$"):
        field_selector(text, ("one",), lambda name: f"no {name}")


def test_a_field_selector_needs_an_operator() -> None:
    with pytest.raises(InvalidSelector, match="can't understand 'one'"):
        field_selector("one", ("one",), lambda name: f"no {name}")
