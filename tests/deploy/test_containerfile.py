"""What the Containerfile claims: no root, no moving tag, and nothing installed that is not locked with a hash."""

import re
import tomllib
from dataclasses import dataclass

import pytest

from bot.settings import Settings
from tests.deploy.rendered import DEPLOY, overlay

ROOT = DEPLOY.parent
TEXT = (DEPLOY / "Containerfile").read_text()


@dataclass(frozen=True)
class Step:
    word: str
    rest: str


def read(text: str) -> list[Step]:
    """The instructions, with continued lines joined and comments left out."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = lines.replace("\\\n", " ")
    steps = [line.split(None, 1) for line in joined.splitlines() if line.strip()]
    return [Step(word.upper(), " ".join(rest.split())) for word, rest in steps]


STEPS = read(TEXT)
_SECOND = [number for number, step in enumerate(STEPS) if step.word == "FROM"][1]
BUILD, FINAL = STEPS[:_SECOND], STEPS[_SECOND:]


def final(word: str) -> list[str]:
    return [step.rest for step in FINAL if step.word == word]


def test_both_stages_start_from_one_exact_tag_that_a_digest_can_pin() -> None:
    froms = [step.rest.partition(" AS ")[0] for step in STEPS if step.word == "FROM"]
    assert froms == ["${PYTHON}${PYTHON_DIGEST:+@$PYTHON_DIGEST}"] * 2
    arguments = dict(step.rest.split("=", 1) for step in STEPS if step.word == "ARG")
    assert arguments["PYTHON_DIGEST"] == '""'
    tag = arguments["PYTHON"].rpartition(":")[2]
    assert re.fullmatch(r"3\.11\.\d+-slim-[a-z]+", tag)
    assert ":latest" not in TEXT


def test_it_runs_as_the_user_of_the_manifests_by_number() -> None:
    security = overlay("socket-mode").pod["spec"]["securityContext"]
    assert final("USER") == [f"{security['runAsUser']}:{security['runAsGroup']}"]
    assert security["runAsUser"] != 0
    # Nothing but what it runs comes after.
    after = FINAL[[step.word for step in FINAL].index("USER") :]
    assert {step.word for step in after} <= {"USER", "WORKDIR", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD"}


def test_nothing_in_the_final_image_needs_a_shell() -> None:
    for word in ("RUN", "ENTRYPOINT", "CMD"):
        for rest in final(word):
            assert rest.startswith("[")


def test_it_runs_the_bot_and_stops_as_the_bot_expects() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    (entry,) = final("ENTRYPOINT")
    assert entry.strip('["]') in scripts
    assert final("CMD") == ['["run"]']
    assert overlay("socket-mode").bot["args"] == ["run"]
    assert final("STOPSIGNAL") == ["SIGTERM"]


def test_everything_is_installed_by_hash_and_nothing_is_compiled() -> None:
    installs = [
        part
        for step in BUILD
        if step.word == "RUN"
        for part in step.rest.split("&&")
        if "pip install" in part
    ]
    from_index = [part for part in installs if "--no-index" not in part]
    assert len(from_index) == 2
    for part in from_index:
        assert "--require-hashes" in part
        assert "--only-binary :all:" in part
    (wheel,) = [
        part for step in BUILD if step.word == "RUN" for part in step.rest.split("&&") if "pip wheel" in part
    ]
    assert "--no-deps" in wheel
    assert "--no-build-isolation" in wheel


def test_only_what_runs_goes_in() -> None:
    copied = {name for step in BUILD if step.word == "COPY" for name in step.rest.split()[:-1]}
    assert copied == {
        "deploy/requirements.lock",
        "deploy/build.lock",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "bot",
        "connector",
        "handlers",
    }
    for name in copied:
        assert (ROOT / name).exists()
    assert final("COPY") == ["--from=build /opt/eks-chatops /opt/eks-chatops"]


def test_what_is_copied_is_not_left_out_of_the_context() -> None:
    kept = [
        line[1:]
        for line in (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    for step in BUILD:
        if step.word == "COPY":
            for name in step.rest.split()[:-1]:
                assert name in kept or "deploy/*.lock" in kept


def test_no_secret_is_an_argument_or_a_variable_of_the_image() -> None:
    names = " ".join(step.rest for step in STEPS if step.word in ("ARG", "ENV"))
    assert not re.search(r"(?i)token|secret|password|key", names)


def test_the_image_listens_where_the_manifests_look() -> None:
    variables = dict(part.split("=", 1) for rest in final("ENV") for part in rest.split())
    given = {"SLACK_BOT_TOKEN": "xoxb-1-2-a", "SLACK_APP_TOKEN": "xapp-1-A-1-a", **variables}
    settings = Settings.from_environment(given)
    assert (settings.host, settings.port, settings.port_given) == ("0.0.0.0", 3000, True)
    assert final("EXPOSE") == ["3000"]


@pytest.mark.parametrize("line", ["FROM python", "# FROM python\nUSER 0", "RUN a \\\n  b"])
def test_the_reading_of_it_keeps_what_counts(line: str) -> None:
    assert [step.word for step in read(line)] == [line.replace("# FROM python\n", "").split()[0]]
