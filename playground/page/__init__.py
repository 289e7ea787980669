"""The playground in a browser: a small Slack on 127.0.0.1, with an inspector and faults at a switch."""

from playground.page.server import Page

__all__ = ["Page"]
