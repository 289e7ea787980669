import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import Busy, Unreachable
from connector.lanes import Bulkhead, Deadline, Lanes
from tests.connector.api_server import wait_until


@settings(max_examples=30, deadline=None)
@given(
    jobs=st.lists(st.sampled_from("abc"), max_size=40),
    width=st.integers(1, 3),
    line=st.integers(0, 8),
)
def test_every_job_runs_once_or_is_refused_and_never_too_many_at_once(
    jobs: list[str], width: int, line: int
) -> None:
    lanes = Lanes(width, line)
    lock = threading.Lock()
    running: Counter[str] = Counter()
    most: Counter[str] = Counter()
    ran: list[int] = []
    go = threading.Event()

    def work(number: int, key: str) -> None:
        with lock:
            running[key] += 1
            most[key] = max(most[key], running[key])
        go.wait(5)
        with lock:
            running[key] -= 1
            ran.append(number)

    taken = []
    asked: Counter[str] = Counter()
    for number, key in enumerate(jobs):
        asked[key] += 1
        # Nothing ends before `go`: exactly width + line of each key are taken.
        if asked[key] <= width + line:
            lanes.submit(key, lambda number=number, key=key: work(number, key))  # type: ignore[misc]
            taken.append(number)
        else:
            with pytest.raises(Busy):
                lanes.submit(key, lambda: None)
    load = lanes.load()
    assert load["running"] == sum(min(count, width) for count in asked.values())
    assert load["running"] + load["waiting"] == len(taken)
    go.set()
    assert lanes.drain(5)
    assert sorted(ran) == taken
    assert all(count <= width for count in most.values())
    assert lanes.load() == {"running": 0, "waiting": 0}


def test_jobs_of_a_key_start_in_their_order() -> None:
    lanes = Lanes(width=1)
    ran: list[int] = []
    for number in range(20):
        lanes.submit("key", lambda number=number: ran.append(number))  # type: ignore[misc]
    assert lanes.drain(5)
    assert ran == list(range(20))


def test_a_key_that_hangs_stops_only_itself() -> None:
    lanes = Lanes(width=2, line=1)
    hung = threading.Event()
    for _ in range(3):
        lanes.submit("hung", lambda: (hung.wait(10), None)[1])
    with pytest.raises(Busy, match="Too much"):
        lanes.submit("hung", lambda: None)
    done = threading.Event()
    lanes.submit("other", done.set)
    assert done.wait(5)
    hung.set()
    assert lanes.drain(5)


def test_a_job_that_raises_does_not_cost_the_next_one() -> None:
    lanes = Lanes(width=1)
    done = threading.Event()

    def broken() -> None:
        raise RuntimeError("on purpose")

    lanes.submit("key", broken)
    lanes.submit("key", done.set)
    assert done.wait(5)
    assert lanes.drain(5)


def test_threads_end_when_there_is_nothing_to_do() -> None:
    lanes = Lanes()
    before = threading.active_count()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: lanes.submit(number % 3, lambda: None), range(50)))
    wait_until(lambda: threading.active_count() <= before)


def test_draining_refuses_what_comes_and_tells_when_something_hangs() -> None:
    lanes = Lanes()
    hung = threading.Event()
    lanes.submit("key", lambda: (hung.wait(10), None)[1])
    assert lanes.drain(0.05) is False
    with pytest.raises(Busy, match="stopping"):
        lanes.submit("key", lambda: None)
    hung.set()
    assert lanes.drain(5) is True


def test_a_hung_job_does_not_keep_the_process() -> None:
    program = (
        "import threading\nfrom connector.lanes import Lanes\nLanes().submit('key', threading.Event().wait)\n"
    )
    subprocess.run([sys.executable, "-c", program], timeout=20, check=True)


def test_a_bulkhead_gives_what_the_job_gives() -> None:
    bulkhead = Bulkhead(Lanes(), "key", "AWS")
    assert bulkhead.call(lambda: 42, Deadline(5)) == 42
    with pytest.raises(KeyError, match="on purpose"):
        bulkhead.call(lambda: {"": 0}["on purpose"], Deadline(5))
    # A timeout of the job's own is not the caller's deadline.
    with pytest.raises(TimeoutError, match="the socket's"):
        bulkhead.call(lambda: _timeout("the socket's"), Deadline(5))


def _timeout(text: str) -> None:
    raise TimeoutError(text)


def test_a_bulkhead_waits_no_longer_than_the_deadline() -> None:
    lanes = Lanes(width=1)
    hung = threading.Event()
    bulkhead = Bulkhead(lanes, "key", "The API server of `prod`")
    ran: list[str] = []
    began = time.monotonic()
    with pytest.raises(Unreachable) as late:
        bulkhead.call(lambda: hung.wait(10), Deadline(0.1))
    assert (late.value.what, late.value.why) == (
        "The API server of `prod` does not answer",
        "The bot waited 0.1 s.",
    )
    with pytest.raises(Busy, match="still busy with earlier requests"):
        bulkhead.call(lambda: ran.append("too late"), Deadline(0.1))
    assert 0.2 <= time.monotonic() - began < 2
    hung.set()
    assert lanes.drain(5)
    # Its caller has gone: it is not done behind their back.
    assert ran == []
