"""No line of a log holds a credential, and no message can forge a line of its own."""

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import scrubbed

SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYCANARYSECR"
SESSION_TOKEN = "IQoJb3JpZ2luX2VjECANARY" + "aB3+/" * 60 + "=="

CREDENTIALS = [
    "xoxb-111111111111-222222222222-CANARYcanaryCANARYcanary",
    "xoxp-111111111111-222222222222-CANARY",
    "xoxa-2-CANARY",
    "xoxe-1-CANARYrefresh",
    "xoxe.xoxb-1-CANARYrotated",
    "xoxe.xoxp-1-CANARYrotated",
    "xapp-1-A0CANARY-5555555555555-cafecafe",
    "k8s-aws-v1.aHR0cHM6Ly9zdHMuQ0FOQVJZ_CANARY-x",
    "AKIAIOSFODNNCANARY00",
    "ASIAIOSFODNNCANARY00",
    SECRET_KEY,
    "https://hooks.slack.com/commands/T0001/111/CANARYcanary",
    "https://hooks.slack.com/actions/T0001/111/CANARYcanary",
    "https://hooks.slack.com/services/T0001/B0001/CANARYcanary",
    "http://127.0.0.1:4000/commands/T0001/111/CANARYcanary",
    "Bearer CANARYcanary.eyJhbGciOiJSUzI1NiJ9.CANARY",
    "bearer   CANARYcanary0123456789",
    "X-Amz-Signature=CANARY0123",
    "X-Amz-Credential=CANARY%2F20261123%2Feu-west-1",
    "X-Amz-Security-Token=CANARY%2B%2F",
    SESSION_TOKEN,
    "wss://wss-primary.slack.com/link/?ticket=CANARY0123456789&app_id=CANARY",
]


@pytest.mark.parametrize(
    "before", ["", "token ", "token: ", '"', "'", "(", "token=", "{'Authorization': '", "\n", "a, "]
)
@pytest.mark.parametrize("credential", CREDENTIALS, ids=lambda text: text[:24])
def test_a_credential_of_any_shape_is_taken_out_wherever_it_stands(credential: str, before: str) -> None:
    after = {'"': '"', "'": "'", "(": ")", "{'Authorization': '": "'}"}.get(before, "")
    shown = scrubbed(f"it said {before}{credential}{after} and went on")
    assert "CANARY" not in shown
    assert "[secret]" in shown
    assert shown.startswith("it said ")
    assert shown.endswith(" and went on")


@pytest.mark.parametrize(
    "line",
    [
        f"aws_secret_access_key={SECRET_KEY}",
        f"aws_secret_access_key = {SECRET_KEY}",
        f"AWS_SECRET_ACCESS_KEY='{SECRET_KEY}'",
        f'{{"SecretAccessKey": "{SECRET_KEY}", "SessionToken": "{SESSION_TOKEN}"}}',
        f"Keys(secret_access_key={SECRET_KEY!r})",
        f"secret_access_key:{SECRET_KEY},",
        f"?secret={SECRET_KEY}&x=1",
    ],
)
def test_aws_keys_are_taken_out_of_every_place_where_they_are_written(line: str) -> None:
    assert "CANARY" not in scrubbed(line)


@pytest.mark.parametrize(
    "line",
    [
        "ref=7f3a91c2 team=T0AKME0001 user=U0ADA00001 verb=pods failed: Forbidden: RBAC refused: list pods",
        "listening on http://127.0.0.1:3000",
        "arn:aws:sts::111122223333:assumed-role/chatops/U024BE7LH may not do this in eu-west-1.",
        "https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com does not answer",
        "ready for Akme, Globex",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert scrubbed(line) == line


def test_the_processes_own_secrets_are_taken_out_whatever_their_shape() -> None:
    own = ("0123456789abcdef0123456789abcdef", "hunter2")
    assert (
        scrubbed("sign 0123456789abcdef0123456789abcdef with hunter2", own) == "sign [secret] with [secret]"
    )


def test_several_on_several_lines_are_all_taken_out() -> None:
    text = "\n".join(f"{at} {credential}" for at, credential in enumerate(CREDENTIALS[:10]))
    shown = scrubbed(text)
    assert "CANARY" not in shown
    assert [line.split()[0] for line in shown.split("\n")] == [str(at) for at in range(10)]


@pytest.mark.parametrize("char", ["\r", "\x1b", "\x00", "\x07", "\u2028", "\u202e", "\x85", "\ud800"])
def test_what_a_terminal_would_obey_is_not_written(char: str) -> None:
    assert char not in scrubbed(f"a{char}[31mb")


@given(st.text(st.characters()))
def test_any_text_is_printable_when_it_is_written(text: str) -> None:
    assert all(each.isprintable() or each in "\n\t" for each in scrubbed(text))


def test_a_line_is_for_reading() -> None:
    shown = scrubbed("a b " * 100_000)
    assert len(shown) < 4_100
    assert shown.endswith("… (400,000 characters)")


@pytest.mark.parametrize("part", ["http://", "https://x/", "bearer ", "A", "xoxe", "xoxb-", " ", "X-Amz-"])
def test_a_hostile_text_is_scrubbed_in_no_time(part: str) -> None:
    text = part * (40_000 // len(part))
    began = time.thread_time()
    scrubbed(text)
    assert time.thread_time() - began < 0.5


SCRIPT = """
import logging
from bot.logs import configure

logging.getLogger("slack_bolt").info("before: silent")
configure("DEBUG", ("hunter2", ""))
ours = logging.getLogger("handlers.desk")
ours.debug("debug is heard, hunter2")
ours.info("one\\nERROR forged line\\r\\x1b[2J")
for library in ("slack_bolt", "slack_sdk.web", "botocore.auth", "urllib3.connectionpool", "kubernetes.client.rest"):
    for level in (logging.DEBUG, logging.INFO, logging.WARNING):
        logging.getLogger(library).log(level, "a whole body of %s", library)
logging.getLogger("slack_sdk.web").error("broken xoxb-1-2-CANARY")
try:
    raise ValueError("with AKIAIOSFODNNCANARY00")
except ValueError:
    ours.exception("ref=1 it failed")
"""


def test_configured_the_process_writes_its_own_lines_and_libraries_only_errors() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    heads = [line for line in lines if not line.startswith("    ")]
    assert [head.split(" ", 1)[1] for head in heads] == [
        "DEBUG handlers.desk debug is heard, [secret]",
        "INFO handlers.desk one",
        "ERROR slack_sdk.web broken [secret]",
        "ERROR handlers.desk ref=1 it failed",
    ]
    assert "    ERROR forged line��[2J" in lines
    assert any("ValueError: with [secret]" in line for line in lines)
    assert "CANARY" not in done.stderr
    assert "hunter2" not in done.stderr
