"""One fleet and one AWS for the tests that leave them as they were, and a fresh local Slack for each test.

Every fault is cleared after each test.
"""

import os
from collections.abc import Iterator

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from playground import Playground
from playground.aws import LocalAws
from playground.fleet import Fleet
from playground.page import Page
from playground.slack import LocalSlack, Person
from tests.playground.page_browser import Browser, tab
from tests.playground.slack_apps import bolt_app, client_of, over_http


@pytest.fixture(scope="package")
def shared_fleet() -> Iterator[Fleet]:
    with Fleet.start(seed=7) as fleet:
        yield fleet


@pytest.fixture(scope="package")
def shared_aws(shared_fleet: Fleet) -> Iterator[LocalAws]:
    with LocalAws.start(shared_fleet) as aws:
        yield aws


@pytest.fixture
def fleet(shared_fleet: Fleet) -> Iterator[Fleet]:
    yield shared_fleet
    for cluster in shared_fleet.clusters:
        cluster.access.forget_denials()
        if cluster.has_server:
            cluster.faults.clear()


@pytest.fixture
def aws(shared_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """An AWS that boto3 finds in the environment, and nothing of the machine's own."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in shared_aws.env().items():
        monkeypatch.setenv(name, value)
    yield shared_aws
    shared_aws.faults.clear()


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack.start() as slack:
        yield slack


@pytest.fixture
def app(slack: LocalSlack) -> Iterator[App]:
    """Bolt behind signed HTTP, installed in every workspace."""
    app = bolt_app(slack)
    with over_http(slack, app):
        yield app


@pytest.fixture
def ada(slack: LocalSlack) -> Person:
    return slack.team("akme").person("ada")


@pytest.fixture
def client(slack: LocalSlack) -> WebClient:
    """The Web API as Akme's bot."""
    return client_of(slack, slack.team("akme"))


@pytest.fixture
def page(slack: LocalSlack, aws: LocalAws, fleet: Fleet) -> Iterator[Page]:
    with Page.start(Playground(slack, aws, fleet)) as page:
        yield page


@pytest.fixture
def browser(page: Page) -> Iterator[Browser]:
    """Ada's tab of the page."""
    with tab(page.url, "ada") as browser:
        yield browser
