"""A load of commands on both transports, against a bare Bolt app on the same server."""

import statistics
from collections.abc import Sequence

from bench.row import Row, seconds, times
from bench.slack import BOT, LATE_SECONDS, Load, Slackside, bare, slackside
from bench.world import PROFILE, REGION, World, plan, world

CLUSTER = "fifty"
_RATE = 100
_SECONDS = 10
_UNDER_WAY = 20
LIST = "/eks pods"
LISTED = "pods of"
CONNECT = f"/eks connect {CLUSTER} --region {REGION} --profile {PROFILE}"
TRANSPORTS = {"http": "HTTP", "socket": "Socket Mode"}


def rows(rounds: int) -> list[Row]:
    with world(plan(CLUSTER, 50)) as there:
        return [row for transport in TRANSPORTS for row in _on(transport, there, rounds)]


def _on(transport: str, there: World, rounds: int) -> list[Row]:
    acks: dict[str, list[Load]] = {"ours": [], "bare": []}
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(rounds):
        with slackside(transport, BOT, there) as bot:
            warm(bot)
            acks["ours"].append(_acked(bot))
            rates["ours"].append(flood(bot, LISTED))
        with slackside(transport, bare(transport, "ack")) as app:
            acks["bare"].append(_acked(app, late=0.0))
        with slackside(transport, bare(transport, "respond")) as app:
            app.types(LIST)
            rates["bare"].append(flood(app, "rows"))
    middle, usual = (_ack(acks[name], 0.5) for name in ("ours", "bare"))
    ours, peer = (_ack(acks[name], 0.99) for name in ("ours", "bare"))
    rate, other = (statistics.median(rates[name]) for name in ("ours", "bare"))
    lost = sum(_RATE * _SECONDS - one.answered for one in acks["ours"])
    return [
        Row(
            f"ack, median, {_RATE} lists a second over {TRANSPORTS[transport]}",
            seconds(middle),
            f"bare Bolt app that only acks {seconds(usual)}",
            times(middle / usual),
            "",
            None,
        ),
        Row(
            f"ack, 99th of 100, {_RATE} lists a second over {TRANSPORTS[transport]}",
            seconds(ours),
            f"bare Bolt app that only acks {seconds(peer)}",
            times(ours / peer),
            "≤ 1.5 ×",
            ours <= 1.5 * peer and not lost,
        ),
        Row(
            f"50-row lists a second over {TRANSPORTS[transport]}",
            f"{rate:.0f}",
            f"bare Bolt app with respond() {other:.0f}",
            times(rate / other),
            "≥ 0.5 ×",
            rate >= 0.5 * other,
        ),
    ]


def _acked(app: Slackside, late: float = LATE_SECONDS) -> Load:
    # What is made for good, threads and connections too, is made once a few commands have come.
    app.burst(LIST, 5, 3, 0.2, late)
    return app.burst(LIST, _RATE, _SECONDS, 1.0, late, words=LISTED)


def _ack(loads: Sequence[Load], part: float) -> float:
    return statistics.median(one.percentile(part) for one in loads)


def warm(bot: Slackside) -> None:
    """Connects, and lists once, so that all that is made for good is made."""
    bot.types(CONNECT)
    bot.types(LIST)


def flood(app: Slackside, words: str) -> float:
    """Answers with those words a second, where there are always twenty commands under way."""
    return app.burst(LIST, _UNDER_WAY, 20, 0.0, words=words, under_way=_UNDER_WAY).rate


def crowds(transport: str, there: World, people: Sequence[int]) -> list[tuple[int, Load, int]]:
    """So many people who type a command a second each, and the bot's memory after it."""
    with slackside(transport, BOT, there) as bot:
        warm(bot)
        return [(count, bot.burst(LIST, count, _SECONDS, 1.0, words=LISTED), bot.rss()) for count in people]
