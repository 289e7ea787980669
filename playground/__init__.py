"""A Slack, an AWS and the Kubernetes clusters in it, on this machine: to try the bot, and the other end of its tests.

It knows the bot only as the real ones do, over sockets; nothing here is for production.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.aws import LocalAws
    from playground.fleet import Fleet
    from playground.principals import Credential
    from playground.slack import LocalSlack

__all__ = ["Playground"]


class Playground:
    """All three, running; `keys` is a good pair of AWS keys, known to this playground only."""

    def __init__(self, slack: LocalSlack, aws: LocalAws, fleet: Fleet) -> None:
        self.slack = slack
        self.aws = aws
        self.fleet = fleet

    @classmethod
    def start(
        cls,
        request_url: str | None = None,
        *,
        seed: int = 7,
        manifest: Mapping[str, Any] | None = None,
        grid: bool = False,
    ) -> Playground:
        """Starts everything. `request_url` None: Slack speaks Socket Mode, else signed HTTP to that address.

        `grid` adds an organisation of two more workspaces to Slack.
        """
        # Imported here so that the tests of one part neither load nor need the others; moto takes its time.
        from playground.aws import LocalAws  # noqa: PLC0415
        from playground.fleet import Fleet  # noqa: PLC0415
        from playground.slack import LocalSlack  # noqa: PLC0415

        fleet = Fleet.start(seed)
        try:
            aws = LocalAws.start(fleet)
        except BaseException:
            fleet.stop()
            raise
        try:
            slack = LocalSlack.start(seed=seed, request_url=request_url, manifest=manifest, grid=grid)
        except BaseException:
            aws.stop()
            fleet.stop()
            raise
        return cls(slack, aws, fleet)

    @property
    def keys(self) -> Credential:
        return self.aws.keys

    def env(self) -> dict[str, str]:
        """What the bot's process needs in its environment to reach this AWS."""
        return self.aws.env()

    def stop(self) -> None:
        """Stops everything, Slack first, so that nobody asks for what is gone."""
        self.slack.stop()
        self.aws.stop()
        self.fleet.stop()

    def __enter__(self) -> Playground:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
