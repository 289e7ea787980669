"""docs/commands.md is what the commands say of themselves, with a picture of each."""

from pathlib import Path

from click.testing import CliRunner

from bot.cli import main
from bot.reference import picture, reference
from handlers.grammar import VERBS
from tests.browser.command_pictures import FORMS, LINES

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_page_is_as_the_code_has_it() -> None:
    assert (DOCS / "commands.md").read_text(encoding="utf-8") == reference(), "run make docs"


def test_the_command_line_prints_it() -> None:
    assert CliRunner().invoke(main, ["commands"]).output == reference()


def test_every_command_stands_there_with_all_its_flags_and_examples() -> None:
    for verb in VERBS.values():
        start = reference().index(f"\n### {verb.name}\n")
        section = reference()[start : start + 6_000]
        assert verb.usage in section
        for example in verb.examples:
            assert example in section
        for flag in verb.flags:
            assert flag.help.replace("|", "&#124;") in section


def test_every_command_has_its_picture_and_no_other_is_kept() -> None:
    wanted = {picture(verb) for verb in VERBS.values()}
    there = {f"images/commands/{path.name}" for path in (DOCS / "images" / "commands").glob("*.png")}
    assert there == wanted
    assert set(LINES) | set(FORMS) == set(VERBS)
