"""Ten clusters, of which one hangs with two hundred commands at it: what the people at the others notice."""

import statistics
import threading
import time

from bench.row import Row, seconds
from bench.slack import BOT, Slackside, slackside
from bench.world import PROFILE, REGION, plan, world

_CLUSTERS = 10
_COMMANDS = 200
_PEOPLE, _EACH = 9, 20
_MOVES = 0.2
# Between two commands of one person: what is measured is who waits for whom, not how much CPU there is.
_PAUSE = 0.25
_SETTLE_SECONDS = 3.0


def rows(rounds: int) -> list[Row]:
    names = [f"c-{at}" for at in range(_CLUSTERS)]
    calm: list[float] = []
    beside: list[float] = []
    with world(*(plan(name, 50) for name in names)) as there, slackside("socket", BOT, there) as bot:
        for name in names:
            bot.types(f"/eks connect {name} --region {REGION} --profile {PROFILE}")
            bot.types(f"/eks pods -c {name}")
        for _ in range(rounds):
            calm.append(_answers(bot, names[1:]))
            there.tell(f"hang {names[0]}")
            crowd = threading.Thread(
                # A selector is asked of the cluster each time.
                target=bot.burst,
                args=(f"/eks pods -l app=x -c {names[0]}", _COMMANDS, 1, 1.0),
            )
            crowd.start()
            time.sleep(_SETTLE_SECONDS)
            beside.append(_answers(bot, names[1:]))
            there.tell(f"clear {names[0]}")
            crowd.join()
    before, now = statistics.median(calm), statistics.median(beside)
    return [
        Row(
            f"99th of 100 answers of nine clusters while the tenth hangs with {_COMMANDS} commands at it",
            seconds(now),
            f"while it answers {seconds(before)}",
            f"{now / before - 1:+.0%}",
            "< +20 %",
            now < (1 + _MOVES) * before,
        )
    ]


def _answers(bot: Slackside, names: list[str]) -> float:
    """The 99th of 100 answers, each to a person of their own at a cluster of their own."""
    found: list[float] = []

    def ask(name: str) -> None:
        for _ in range(_EACH):
            found.append(bot.answer(f"/eks pods -c {name}", name))
            time.sleep(_PAUSE)

    crowd = [threading.Thread(target=ask, args=(name,)) for name in names]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return sorted(found)[int(len(found) * 0.99)]
