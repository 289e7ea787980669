"""The clusters of every region at once, against one region alone and one region after the other."""

from functools import partial

from bench.measure import case, measured, medians
from bench.row import Row, seconds, times
from bench.world import plan, world
from connector.aws import regions

_EACH = 5
_CALL_SECONDS = 0.15


def rows(rounds: int) -> list[Row]:
    names = [one.name for one in regions() if one.partition == "aws"]
    # They are described and never reached: being created, they need no server.
    plans = [
        plan(f"c-{at}-{region}", 0, region=region, status="CREATING")
        for region in names
        for at in range(_EACH)
    ]
    with world(*plans) as there:
        there.tell(f"slow {_CALL_SECONDS}")
        runs = {name: partial(measured, case("regions", name), there.env) for name in ("chain", "ours")}
        found = medians(runs, rounds)
        serial = measured(case("regions", "serial"), there.env)
    ours, chain = found["ours"], found["chain"]
    assert ours.told["clusters"] == serial.told["clusters"] == len(plans)
    what = f"{len(plans)} clusters in {len(names)} regions, {_CALL_SECONDS * 1000:.0f} ms a call"
    return [
        Row(
            what,
            seconds(ours.seconds),
            f"one region alone {seconds(chain.seconds)}",
            times(ours.seconds / chain.seconds),
            "≤ 2 ×",
            ours.seconds <= 2 * chain.seconds,
        ),
        Row(
            what,
            seconds(ours.seconds),
            f"one after the other {seconds(serial.seconds)}",
            f"{times(serial.seconds / ours.seconds)} faster",
            "≥ 20 × faster",
            serial.seconds >= 20 * ours.seconds,
        ),
    ]
