"""`make audit`: a vulnerability fails it, silence does not, and silence is never told as a clean bill."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.rendered import DEPLOY

AUDIT = DEPLOY.parent / ".ci/audit"

CLEAN = {"name": "urllib3", "version": "2.6.0", "vulns": []}
SICK = {
    "name": "urllib3",
    "version": "1.26.4",
    "vulns": [{"id": "PYSEC-2021-108", "fix_versions": ["1.26.5"], "aliases": ["CVE-2021-33503"]}],
}
UNKNOWN = {"name": "boto3", "skip_reason": "Dependency not found on PyPI"}


def pip_audit(folder: Path, report: list[dict[str, Any]] | None, code: int = 0, *, more: str = "") -> Path:
    """A program that answers as pip-audit does: writes the report where it is asked to, and ends with `code`."""
    program = folder / "pip-audit"
    answer = None if report is None else json.dumps({"dependencies": report, "fixes": []})
    program.write_text(
        f"#!{sys.executable}\n"
        "import sys, time\n"
        f"{more}\n"
        f"answer = {answer!r}\n"
        "if answer is not None:\n"
        "    open(sys.argv[sys.argv.index('--output') + 1], 'w').write(answer)\n"
        f"sys.exit({code})\n"
    )
    program.chmod(0o755)
    return program


def audit(program: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, AUDIT, program, *more], capture_output=True, text=True, check=False, timeout=60
    )


def test_a_clean_answer_says_how_many_were_looked_up(tmp_path: Path) -> None:
    ran = audit(pip_audit(tmp_path, [CLEAN, CLEAN, UNKNOWN]))
    assert ran.returncode == 0
    assert ran.stdout == "audit: 2 of 3 locked packages looked up, 0 with a known vulnerability\n"
    assert "SKIPPED" not in ran.stderr


def test_a_vulnerability_fails_and_says_what_mends_it(tmp_path: Path) -> None:
    ran = audit(pip_audit(tmp_path, [CLEAN, SICK], 1))
    assert ran.returncode == 1
    assert "urllib3 1.26.4: PYSEC-2021-108; fixed in: 1.26.5" in ran.stdout


@pytest.mark.parametrize(
    ("report", "code", "more", "why"),
    [
        (
            None,
            1,
            "print('ERROR:pip_audit._cli:no route to the index', file=sys.stderr)",
            "no route to the index",
        ),
        ([UNKNOWN, UNKNOWN], 0, "", "the index knows nothing of vulnerabilities"),
    ],
)
def test_no_answer_is_said_loudly_and_does_not_fail(
    tmp_path: Path, report: list[dict[str, Any]] | None, code: int, more: str, why: str
) -> None:
    ran = audit(pip_audit(tmp_path, report, code, more=more))
    assert ran.returncode == 0
    assert "audit SKIPPED: the locked packages were NOT looked up" in ran.stderr
    assert why in ran.stderr
    assert ran.stdout == ""


def test_it_does_not_wait_for_ever_and_leaves_nothing_running(tmp_path: Path) -> None:
    notes = tmp_path / "pid"
    hang = f"import os; open({str(notes)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    started = time.monotonic()
    ran = audit(pip_audit(tmp_path, [CLEAN], more=hang), "2")
    assert time.monotonic() - started < 20
    assert ran.returncode == 0
    assert "no answer within 2 s" in ran.stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int(notes.read_text()), 0)


def test_it_is_asked_about_the_lock_and_resolves_nothing(tmp_path: Path) -> None:
    notes = tmp_path / "arguments"
    audit(pip_audit(tmp_path, [CLEAN], more=f"open({str(notes)!r}, 'w').write(' '.join(sys.argv[1:]))"))
    given = notes.read_text()
    assert f"--requirement {AUDIT.parents[1] / 'requirements.lock'} " in given
    assert "--require-hashes --disable-pip" in given
