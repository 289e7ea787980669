"""The measuring itself: processes are measured from outside, and what is found is written down as it is."""

import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bench import report
from bench.__main__ import NAMES
from bench.chart import chart
from bench.measure import Measured, measured, medians
from bench.row import HEADERS, Row, cells, markdown, megabytes, plain, seconds, times
from bench.world import plan, world

ROOT = Path(__file__).parent.parent.parent


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_a_process_that_measures_itself_is_believed_and_its_memory_is_the_kernels() -> None:
    small = measured(python("""print('{"seconds": 1.5, "rows": 7}')"""))
    large = measured(python("""held = bytearray(80_000_000); print('noise'); print('{"seconds": 2}')"""))
    assert (small.seconds, small.told["rows"], large.seconds) == (1.5, 7, 2)
    assert large.rss - small.rss > 70_000_000


def test_of_one_that_says_nothing_the_whole_is_measured() -> None:
    found = measured(python("print('x' * 3_000_000)"))
    assert found.seconds > 0
    assert found.told == {}


def test_one_that_fails_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="ended with 3"):
        measured(python("raise SystemExit(3)"))


def test_medians_are_of_each_and_taken_in_turns() -> None:
    asked: list[str] = []

    def run(name: str, *values: float) -> Measured:
        asked.append(name)
        return Measured(values[asked.count(name) - 1], int(values[asked.count(name) - 1]), {"name": name})

    found = medians({"a": lambda: run("a", 3, 9, 1), "b": lambda: run("b", 5, 4, 8)}, 3)
    assert asked == ["a", "b"] * 3
    assert (found["a"].seconds, found["b"].rss, found["a"].told) == (3, 5, {"name": "a"})


@pytest.mark.parametrize(
    ("value", "text"), [(12.345, "12.35 s"), (0.0123, "12.3 ms"), (0.0000981, "98 µs"), (1.0, "1.00 s")]
)
def test_seconds_are_told_in_the_unit_that_fits(value: float, text: str) -> None:
    assert seconds(value) == text


def test_other_figures() -> None:
    assert (megabytes(317_200_000), times(1.044), times(2_754.3)) == ("317 MB", "1.04 ×", "2,754 ×")


ROWS = [Row("a list", "1 s", "kubectl 4 s", "4.00 ×", "≥ 4 ×", True), Row("b", "2", "", "", "", False)]


def test_the_table_is_the_same_for_a_page_and_a_terminal() -> None:
    page = markdown(HEADERS, cells(ROWS)).splitlines()
    assert page[0] == "| what | ours | against | ratio | reach |  |"
    assert page[2] == "| a list | 1 s | kubectl 4 s | 4.00 × | ≥ 4 × | yes |"
    assert page[3].endswith("| **no** |")
    lines = plain(HEADERS, cells(ROWS)).splitlines()
    assert [line.split()[0] for line in lines] == ["what", "a", "b"]


def test_what_was_written_before_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "performance.md"
    page.write_text("# Head\n<!-- measured: table -->\nold\n<!-- /measured: table -->\nfoot\n")
    monkeypatch.setattr(report, "PAGE", page)
    for _ in range(2):
        report.write(ROWS, 3)
    text = page.read_text()
    assert text.startswith("# Head\n<!-- measured: table -->\n")
    assert text.endswith("<!-- /measured: table -->\nfoot\n")
    assert text.count("kubectl 4 s") == 1
    assert "old" not in text
    assert "Medians of 3." in text


def test_the_page_has_a_place_for_all_that_is_measured() -> None:
    text = report.PAGE.read_text(encoding="utf-8")
    for name in ("table", "curves"):
        assert text.count(f"<!-- measured: {name} -->") == text.count(f"<!-- /measured: {name} -->") == 1


def test_the_page_names_no_machine() -> None:
    text = report.PAGE.read_text(encoding="utf-8")
    for word in ("/root", "/home", "/work", "/tmp", "127.0.0.1"):
        assert word not in text


def test_each_name_is_a_module_with_rows() -> None:
    for name in NAMES:
        assert "def rows(" in (ROOT / "bench" / f"{name}.py").read_text(encoding="utf-8")


def test_a_chart_is_svg_with_its_lines_and_axes() -> None:
    drawn = chart(
        "A < B & C", "pods", "ms", {"first": [(1, 2.0), (100, 7.5)], "again": [(1, 0.1), (100, 0.2)]}
    )
    root = ET.fromstring(drawn)
    texts = [each.text for each in root.iter() if each.text and each.text.strip()]
    assert texts[0] == "A < B & C"
    assert {"pods", "ms", "● first", "● again", "1", "100", "8"} <= set(texts)
    assert len([each for each in root.iter() if each.tag.endswith("circle")]) == 4


def test_a_world_serves_its_clusters_to_other_processes_and_obeys() -> None:
    with world(plan("one", 20), plan("two", 120)) as there:
        assert set(there.endpoints) == {"one", "two"}
        for command in ("slow 0.01", "hang one", "clear one", "crash two 5", "reset one", "expire two"):
            there.tell(command)
        with there.kubeconfig("one", "k8s-aws-v1.x") as path:
            assert path.stat().st_mode & 0o777 == 0o600
            assert json.loads(path.read_text())["users"][0]["user"] == {"token": "k8s-aws-v1.x"}
        assert not path.exists()
    assert there.child.returncode == 0
