"""Who may do what with the bot in the playground: a policy file for its workspaces, with the ids of its people.

Admins of a workspace may do everything, its members find, connect, look and read logs; guests may do nothing, but for
Globex's, who may look into one small cluster. Clusters named `prod-…` are marked as production.
"""

from pathlib import Path
from typing import Any

import yaml

from playground.slack import LocalSlack, Team

_FILE = "policy.yaml"


def written(slack: LocalSlack, folder: Path) -> Path:
    """The policy file for this Slack, written into `folder`."""
    path = folder / _FILE
    workspaces = {team.id: _workspace(team) for team in slack.teams}
    path.write_text(yaml.safe_dump({"workspaces": workspaces}, sort_keys=False), encoding="utf-8")
    return path


def _workspace(team: Team) -> dict[str, Any]:
    def people(role: str) -> list[str]:
        return [person.id for person in team.people if person.role == role]

    rules: list[dict[str, Any]] = [
        {"name": "platform", "who": {"users": people("admin")}, "may": "everything"},
        {
            "name": "developers",
            "who": {"users": people("member")},
            "may": ["discover", "connect", "read", "logs"],
        },
    ]
    if team.domain == "globex":
        rules.append(
            {
                "name": "contractors look into Sydney",
                "who": {"users": people("guest")},
                "may": ["read"],
                "clusters": ["ap-southeast-2_edge-sydney"],
            }
        )
    return {
        "aws_keys": True,
        "production": ["prod-*"],
        "ask": f"<@{people('admin')[0]}> decides here.",
        "rules": rules,
    }
