"""What is written as YAML or JSON comes back as it was: by Python, and by kubectl, which reads YAML in Go."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import manifests
from handlers.manifests import FORMS, JsonManifests, YamlManifests, as_json, as_yaml

KUBECTL = Path(sys.executable).parent / "kubectl"

# Texts that some reader of YAML takes for a number, a truth, a moment, nothing, or a mark of its own.
AMBIGUOUS = (
    *(
        "y",
        "N",
        "yes",
        "Off",
        "true",
        "null",
        "~",
        "",
        " ",
        "=",
        "<<",
        "-",
        "?",
        ":",
        "---",
        "...",
        "!x",
        "&a",
        "*a",
    ),
    *(
        "5e12345",
        "1e3",
        "0x1F",
        "0o17",
        "017",
        "0b11",
        "1_000",
        ".5",
        "1.",
        "+1",
        "-0",
        ".inf",
        "-.INF",
        ".NaN",
        "1:30",
    ),
    *(
        "2026-11-23",
        "2026-11-23T07:01:50Z",
        "10.0.0.1",
        "1.34",
        "0777",
        "08",
        "12e03",
        "1E+5",
        "0.",
        "%",
        "@x",
        "`x`",
    ),
    *(
        "a: b",
        "a #b",
        "# a",
        "{a",
        "[a",
        "a, b",
        "a]",
        "'",
        '"',
        "it's",
        "\\",
        "\t",
        "a\tb",
        "é",
        "名前",
        "😀",
        "\u202e",
    ),
    *(
        "a\n",
        "\na",
        "a\n\n",
        " a\n b",
        "a \nb",
        "a\nb\n\n\n",
        "\n",
        "a\r\nb",
        "a\rb",
        "\x85",
        "\u2028",
        "a\u2029\n",
        "\ufeff",
    ),
    *(
        "\x00",
        "\x07",
        "\x7f",
        "\x9f",
        "tab\n\tin",
        "trailing  ",
        "x" * 5000,
        "|",
        ">",
        "- a\n- b",
        "a:\n  b: c\n",
    ),
)

TEXT = st.one_of(st.sampled_from(AMBIGUOUS), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
OBJECT = st.dictionaries(TEXT, JSON, max_size=5).map(
    lambda more: {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cart"}, **more}
)


@given(OBJECT)
def test_yaml_comes_back_as_it_was(obj: dict[str, Any]) -> None:
    assert yaml.safe_load(as_yaml(obj)) == obj


@given(OBJECT)
def test_json_comes_back_as_it_was(obj: dict[str, Any]) -> None:
    assert json.loads(as_json(obj)) == obj


@given(st.lists(OBJECT, max_size=4))
def test_a_list_of_many_comes_back_as_it_was(objects: list[dict[str, Any]]) -> None:
    for form, read in ((YamlManifests, yaml.safe_load), (JsonManifests, json.loads)):
        made = form()
        assert all(made.take(obj) for obj in objects)
        assert read(made.text) == {"apiVersion": "v1", "kind": "List", "items": objects}


def by_kubectl(text: str, folder: Path) -> list[Any]:
    """The objects that kubectl finds in a file; no server is asked."""
    written = folder / "written.yaml"
    written.write_bytes(text.encode())
    done = subprocess.run(
        [str(KUBECTL), "annotate", "--local", "-f", str(written), "-o", "json", "read=yes"],
        env={"HOME": str(folder), "PATH": ""},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    # One document behind the other.
    printed, found = done.stdout.decode().strip(), []
    while printed:
        one, end = json.JSONDecoder().raw_decode(printed)
        found.append(one)
        printed = printed[end:].lstrip()
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXT, min_size=1, max_size=60))
def test_kubectl_reads_the_same_texts(tmp_path: Path, texts: list[str]) -> None:
    data = {f"key-{at}": text for at, text in enumerate([*texts, *AMBIGUOUS])}
    obj = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cart"}, "data": data}
    (read,) = by_kubectl(as_yaml(obj), tmp_path)
    assert read["data"] == data


def test_kubectl_reads_a_list(tmp_path: Path) -> None:
    made = YamlManifests()
    names = ["cart", "5e12345", "y"]
    for name in names:
        made.take(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"a": "1\n2\n"}}
        )
    items = by_kubectl(made.text, tmp_path)
    assert [item["metadata"]["name"] for item in items] == names
    assert {item["data"]["a"] for item in items} == {"1\n2\n"}


def test_an_object_says_first_what_it_is_and_the_rest_by_name() -> None:
    obj = {
        "spec": {"b": 1, "a": 2},
        "metadata": {"name": "x", "kind": "y"},
        "data": {},
        "kind": "K",
        "apiVersion": "v1",
    }
    assert as_yaml(obj) == (
        "apiVersion: v1\nkind: K\nmetadata:\n  kind: 'y'\n  name: x\ndata: {}\nspec:\n  a: 2\n  b: 1\n"
    )
    assert list(json.loads(as_json(obj))) == ["apiVersion", "kind", "metadata", "data", "spec"]


def test_a_text_of_several_lines_reads_as_it_is() -> None:
    assert "  run.sh: |\n    set -e\n    exec app\n" in as_yaml({"data": {"run.sh": "set -e\nexec app\n"}})


def test_values_that_are_the_same_are_written_twice() -> None:
    same = {"name": "cart"}
    assert as_yaml({"a": same, "b": same}) == "a:\n  name: cart\nb:\n  name: cart\n"


@pytest.mark.parametrize("form", FORMS)
def test_a_list_ends_before_it_is_too_large_for_a_file(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "LARGEST", 1000)
    made = FORMS[form]()
    objects = [{"kind": "K", "data": {"a": "é" * 100}}] * 10
    taken = sum(made.take(obj) for obj in objects)
    assert 2 <= taken <= 5
    assert len(made.text.encode()) <= 1100


@pytest.mark.parametrize("form", FORMS)
def test_one_object_is_written_however_large_it_is(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "LARGEST", 10)
    made = FORMS[form]()
    assert made.take({"data": "x" * 100})
    assert not made.take({"data": "x"})
    assert yaml.safe_load(made.text)["items"] == [{"data": "x" * 100}]
