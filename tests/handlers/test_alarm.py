"""Calls come when they are due, in the order of their times, each once, whatever another one does."""

import threading
import time
from functools import partial

import pytest

from handlers.alarm import Alarm

WAIT = 10.0


def test_calls_come_in_the_order_of_their_times() -> None:
    alarm, done = Alarm(), threading.Event()
    rang: list[str] = []

    def last() -> None:
        rang.append("third")
        done.set()

    alarm.after(0.3, last)
    alarm.after(0.2, lambda: rang.append("second"))
    # A call that is due before all others is not kept waiting by them.
    alarm.after(0.0, lambda: rang.append("first"))
    assert done.wait(WAIT)
    assert rang == ["first", "second", "third"]


def test_a_call_comes_no_earlier_than_asked() -> None:
    alarm, done, began = Alarm(), threading.Event(), time.monotonic()
    alarm.after(0.1, done.set)
    assert done.wait(WAIT)
    assert time.monotonic() - began >= 0.1


def test_calls_of_the_same_time_all_come_once_and_on_one_thread() -> None:
    alarm, done = Alarm(), threading.Event()
    rang: list[int] = []
    threads: set[threading.Thread] = set()

    def ring(number: int) -> None:
        rang.append(number)
        threads.add(threading.current_thread())
        if len(rang) == 200:
            done.set()

    def ask(part: int) -> None:
        for number in range(50):
            alarm.after(0.01, partial(ring, part * 50 + number))

    askers = [threading.Thread(target=ask, args=(part,)) for part in range(4)]
    for asker in askers:
        asker.start()
    assert done.wait(WAIT)
    for asker in askers:
        asker.join()
    assert sorted(rang) == list(range(200))
    assert len(threads) == 1
    assert all(thread.daemon for thread in threads)


def test_a_call_may_ask_for_the_next_one() -> None:
    alarm, done = Alarm(), threading.Event()
    rang: list[int] = []

    def ring() -> None:
        rang.append(len(rang))
        if len(rang) < 5:
            alarm.after(0.0, ring)
        else:
            done.set()

    alarm.after(0.0, ring)
    assert done.wait(WAIT)
    assert rang == [0, 1, 2, 3, 4]


def test_no_thread_is_there_before_it_is_needed() -> None:
    before = set(threading.enumerate())
    alarm = Alarm()
    assert set(threading.enumerate()) <= before
    done = threading.Event()
    alarm.after(0.0, done.set)
    assert done.wait(WAIT)
    assert len(set(threading.enumerate()) - before) == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_call_that_fails_does_not_silence_the_others() -> None:
    alarm, done = Alarm(), threading.Event()

    def broken() -> None:
        raise RuntimeError("can't start new thread")

    alarm.after(0.0, broken)
    alarm.after(0.01, done.set)
    assert done.wait(1.0)
