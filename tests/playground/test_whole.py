"""All three together, and `python -m playground`."""

import os
import re
import sys
import urllib.request
from pathlib import Path

from playground import Playground
from playground.process import Process


def test_a_playground_has_a_slack_an_aws_and_a_fleet() -> None:
    with Playground.start(seed=5) as playground:
        assert playground.slack.teams
        assert playground.env()["AWS_ENDPOINT_URL"] == playground.aws.endpoint
        assert playground.keys is playground.fleet.users["guest"]
        folder = Path(playground.env()["AWS_CONFIG_FILE"]).parent
        assert folder.is_dir()
    assert not folder.exists()


def test_it_runs_by_itself_until_it_is_told_to_end() -> None:
    with Process([sys.executable, "-m", "playground"], os.environ) as process:
        process.wait_for("Ctrl-C ends it.")
        exported = dict(re.findall(r"^export (\w+)=(.*)$", process.output, re.MULTILINE))
        folder = Path(exported["AWS_CONFIG_FILE"]).parent
        assert folder.is_dir()
        assert exported["SLACK_APP_TOKEN"].startswith("xapp-")
        assert exported["SLACK_BOT_TOKEN"].count("xoxb-") == 2
        assert len(re.findall(r"https://127\.0\.0\.1:\d+", process.output)) == 7
        assert "newborn           CREATING" in process.output
        asked = urllib.request.Request(exported["SLACK_API_URL"] + "api.test", method="POST")
        assert urllib.request.urlopen(asked).status == 200
        assert process.stop() == 0
    assert not folder.exists()
