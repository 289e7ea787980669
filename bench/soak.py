"""A long run with watches, commands, faults, restarts and tokens that end: memory, threads, sockets stay as they are.

`python -m bench.soak --minutes 20` prints a line a minute and what came of it; 1 when something grew, or an answer is
missing.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.slack import BOT, Slackside, slackside
from bench.world import PROFILE, REGION, World, plan, world

_CLUSTERS = {"small": 50, "middle": 400, "large": 2_000}
_LINES = (
    "/eks pods -c large",
    "/eks pods api -c large",
    "/eks nodes -c middle",
    "/eks pods -c small",
    "/eks events -c middle",
)
# What is made for good is made by then: a share of the run.
_WARM = 0.3
# When the bot is started anew, with commands under way: as shares of the run, while it is warming up.
_RESTARTS = (0.05, 0.1)
# A turn of commands takes this long at least: the local Slack keeps all that was ever said.
_TURN_SECONDS, _TURNS = 2.0, 60
# More than noise, over the whole run.
_GROWTH = 0.15
_MORE_THREADS, _MORE_SOCKETS = 12, 12


@dataclass(frozen=True)
class Sample:
    at: float
    rss: int
    threads: int
    sockets: int


@dataclass(frozen=True)
class Soaked:
    samples: tuple[Sample, ...]
    asked: int
    answered: int

    @property
    def slope(self) -> float:
        """Bytes a minute, over what comes after the warming up."""
        steady = self.steady
        fit = statistics.linear_regression([one.at for one in steady], [one.rss for one in steady])
        return fit.slope * 60

    @property
    def steady(self) -> Sequence[Sample]:
        return self.samples[int(len(self.samples) * _WARM) :]

    def faults(self) -> list[str]:
        """What grew, or is missing; nothing when all is well."""
        first, last = self._third(0), self._third(2)
        found = []
        if self.answered < self.asked:
            found.append(f"{self.asked - self.answered} of {self.asked} answers are missing")
        if last[0] > first[0] * (1 + _GROWTH):
            found.append(f"memory grew from {first[0] / 1e6:.0f} to {last[0] / 1e6:.0f} MB")
        if last[1] > first[1] + _MORE_THREADS:
            found.append(f"threads grew from {first[1]:.0f} to {last[1]:.0f}")
        if last[2] > first[2] + _MORE_SOCKETS:
            found.append(f"sockets grew from {first[2]:.0f} to {last[2]:.0f}")
        return found

    def _third(self, which: int) -> tuple[float, float, float]:
        steady = self.steady
        part = steady[len(steady) * which // 3 : len(steady) * (which + 1) // 3]
        return (
            statistics.median(one.rss for one in part),
            statistics.median(one.threads for one in part),
            statistics.median(one.sockets for one in part),
        )


def soak(seconds: float, transport: str, say: Callable[[str], None] = lambda _line: None) -> Soaked:
    """Commands, faults that come and go, connections that are made anew, for so long."""
    plans = [plan(name, pods) for name, pods in _CLUSTERS.items()]
    with world(*plans) as there, slackside(transport, BOT, there) as bot:
        for name in _CLUSTERS:
            bot.types(_connect(name))
        return _run(seconds, bot, there, say)


def _connect(name: str) -> str:
    return f"/eks connect {name} --region {REGION} --profile {PROFILE}"


def _run(seconds: float, bot: Slackside, there: World, say: Callable[[str], None]) -> Soaked:
    began = time.monotonic()
    samples: list[Sample] = []
    pace = min(_TURN_SECONDS, seconds / _TURNS)
    restarts = [share * seconds for share in _RESTARTS]
    asked = answered = turn = said = 0
    while (at := time.monotonic() - began) < seconds:
        turn += 1
        _disturb(turn, there)
        if restarts and at > restarts[0]:
            restarts.pop(0)
            load = bot.burst(_LINES[0], 4, 1, 0.0, then=bot.restart)
            asked, answered = asked + 4, answered + load.answered
        for line in (*_LINES, *([_connect("small")] if turn % 5 == 0 else [])):
            load = bot.burst(line, 2, 1, 0.0)
            asked += 2
            answered += load.answered
        samples.append(Sample(at, bot.rss(), bot.threads(), bot.sockets()))
        time.sleep(max(0.0, began + at + pace - time.monotonic()))
        if at // 60 >= said:
            said += 1
            last = samples[-1]
            say(
                f"{at:6.0f} s  {last.rss / 1e6:6.0f} MB  {last.threads:3} threads  {last.sockets:3} sockets"
                f"  {answered} of {asked} answered"
            )
    return Soaked(tuple(samples), asked, answered)


def _disturb(turn: int, there: World) -> None:
    """A fault a turn, taken away again by the next."""
    for name in _CLUSTERS:
        there.tell(f"clear {name}")
    kind = turn % 6
    if kind == 1:
        there.tell(f"crash large {turn % _CLUSTERS['large']}")
    elif kind == 2:
        there.tell("hang middle")
    elif kind == 3:
        there.tell("reset large")
    elif kind == 4:
        there.tell("expire large")
    elif kind == 5:
        there.tell("unknown small")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--transport", choices=("socket", "http"), default="socket")
    asked = parser.parse_args()
    found = soak(asked.minutes * 60, asked.transport, lambda line: print(line, flush=True))
    print(f"memory: {found.slope / 1e6:+.2f} MB a minute after the warming up")
    faults = found.faults()
    print("\n".join(faults) or f"nothing grew, and all {found.asked} commands were answered")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
