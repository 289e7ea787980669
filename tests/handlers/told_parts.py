"""A cluster that says what it is told to, for conversations that read more than lists."""

import json
from collections import deque
from typing import Any

from connector.api import Api, Parameters
from connector.cluster import Cluster
from connector.errors import Failure, NotFound
from connector.impersonation import Impersonate
from connector.paging import Head
from tests.handlers.policy_parts import MINE, Watched

Body = dict[str, Any]


class Told(Api):
    """What an API server answers to each path: a list, an object, a Failure, or several in turn, the last for good.

    It writes down which paths it is asked for, and as whom.
    """

    def __init__(self, answers: dict[str, Any]) -> None:
        self.facts = {"cluster": "pay-prod", "region": "eu-west-1"}
        self.answers = answers
        self.asked: list[tuple[str, Impersonate | None]] = []

    def get(
        self,
        action: str,
        path: str,
        deadline: Any,
        *,
        query: Parameters | None = None,
        accept: str = "",
        impersonate: Impersonate | None = None,
        head: Head | None = None,
    ) -> bytes:
        self.asked.append((path, impersonate))
        answer = self.answers.get(path, [])
        is_table = "as=Table" in accept
        if isinstance(answer, deque):
            # A look for a name does not count.
            answer = answer[0] if is_table or len(answer) == 1 else answer.popleft()
        if isinstance(answer, Failure):
            raise answer
        if answer is None:
            raise NotFound("no such thing")
        if is_table:
            rows = [{"object": one} for one in (answer if isinstance(answer, list) else [answer])]
            return json.dumps({"metadata": {}, "rows": rows}).encode()
        return json.dumps({"metadata": {}, "items": answer} if isinstance(answer, list) else answer).encode()


class Asked(Watched):
    """A connector whose one cluster says what it is told to."""

    def __init__(self, answers: dict[str, Any]) -> None:
        super().__init__(MINE)
        self.api = Told(answers)

    def ask(self, connection_id: str, deadline: Any, job: Any) -> Any:
        return job(Cluster(self.api))
