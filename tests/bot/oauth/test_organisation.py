"""Installed for a whole organisation: its connections are one, its people's rights are those of their own workspace."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import yaml

from playground.slack import LocalSlack
from playground.slack.records import Usergroup
from tests.bot.oauth.parts import installs, replica, settings_of
from tests.databases import sqlite_url


def test_the_persons_workspace_decides_for_a_command_as_for_a_click(
    slack: LocalSlack, tmp_path: Path
) -> None:
    retail, labs = slack.team("umbra-retail"), slack.team("umbra-labs")
    ira, ned, uma = retail.person("ira"), retail.person("ned"), labs.person("uma")
    retail.usergroups = (Usergroup("S0SHOPS", "shops", "Shops", {ned.id}),)
    rules = [{"name": "shops", "who": {"groups": ["S0SHOPS"]}, "may": ["read"]}]
    file = tmp_path / "policy.yaml"
    organisation = [{"name": "anybody", "who": "everyone", "may": ["read"]}]
    workspaces = {retail.id: {"rules": rules}, labs.id: {"rules": []}, "*": {"rules": organisation}}
    file.write_text(yaml.safe_dump({"workspaces": workspaces}), encoding="utf-8")
    settings = replace(settings_of(slack, sqlite_url(tmp_path)), policy_file=file)
    with replica(slack, settings) as site:
        installs(site, ira, org=True)
        for person, may in ((ned, True), (ira, False), (uma, False)):
            place = person.team.channels[0]
            person.types(place, "/eks help")
            menu = person.wait_for(place, lambda message: message.text.startswith("/eks: your EKS clusters"))
            for act in (
                partial(person.types, place, "/eks connections --private"),
                partial(person.clicks, menu, "show.connections"),
            ):
                last = max(message.ts for message in person.sees(place))
                assert act().status == "acked"
                said = person.wait_for(place, lambda message: "…" not in message.text, after=last)
                assert ("not connected" in said.text, "You may not" in said.text) == (may, not may), said
