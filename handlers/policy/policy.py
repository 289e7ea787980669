"""Policy: what holds for which workspace, from a file or from what goes without one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from connector.workspaces import WorkspaceKey
from handlers.policy.reading import ANY_WORKSPACE, file_text, read
from handlers.policy.rights import Rights
from handlers.policy.values import ADMIN, VERBS, Rule, Who, Workspace

_OPEN = "There is no policy file: every member of this workspace may do everything."
_CLOSED = "This bot serves several workspaces without a policy file, so it only helps until there is one."


@dataclass(frozen=True)
class Policy:
    """What holds, by the id of a workspace or of an organisation; "*" is for all that are not named."""

    workspaces: Mapping[str, Workspace]
    note: str = ""
    broken: str = ""

    @classmethod
    def from_file(cls, path: Path) -> "Policy":
        """What stands in the file. Raises BadPolicy with the file, the line and the rule of what is wrong."""
        return cls.from_text(file_text(path), path.name)

    @classmethod
    def from_text(cls, text: str, file: str) -> "Policy":
        """What the text says; `file` is what errors call it. Raises BadPolicy."""
        return cls(read(text, file))

    @classmethod
    def open(cls) -> "Policy":
        """Without a file, for one workspace: members may do everything, the workspace's admins see the audit too."""
        members = Rule("members", frozenset(VERBS) - {ADMIN}, everyone=True)
        admins = Rule("admins of the Slack workspace", frozenset({ADMIN}), slack_admins=True)
        return cls({ANY_WORKSPACE: Workspace((members, admins))}, note=_OPEN)

    @classmethod
    def closed(cls) -> "Policy":
        """Without a file, for several workspaces: nothing but help."""
        return cls({ANY_WORKSPACE: Workspace(())}, note=_CLOSED)

    def workspace(self, key: WorkspaceKey) -> Workspace | None:
        """What is said of this workspace: by its own id, else by its organisation's, else of any."""
        names = (key.team_id, key.enterprise_id, ANY_WORKSPACE)
        return next((self.workspaces[name] for name in names if name and name in self.workspaces), None)

    def rights(self, key: WorkspaceKey, who: Who) -> Rights:
        """What somebody may do in this workspace."""
        found = self.workspace(key)
        if found is None:
            note = "The policy says nothing about this workspace."
            return Rights(who, Workspace(()), (), note, self.broken)
        rules = tuple(rule for rule in found.rules if rule.meets(who))
        return Rights(who, found, rules, self.note, self.broken)
