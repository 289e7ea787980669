"""A process that runs beside the playground, as the bot does: its output is kept, and it is ended by its id."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType


class Process:
    """A running command; `output` is all it has printed so far, both streams together."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._lines: list[str] = []
        self._changed = threading.Condition()
        self._process = subprocess.Popen(  # noqa: S603 - the caller's own command, no shell
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, name="process output", daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        with self._changed:
            return "".join(self._lines)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> int | None:
        """Its exit status once it has ended, else None."""
        return self._process.poll()

    def wait_for(self, text: str, timeout: float = 30.0) -> str:
        """The line that holds `text`, once printed. Raises AssertionError, with the output, when it does not come."""

        def found() -> str | None:
            return next((line for line in self._lines if text in line), None)

        with self._changed:
            self._changed.wait_for(lambda: found() is not None or self._process.poll() is not None, timeout)
            line = found()
            if line is None:
                state = self._process.poll()
                ended = "still runs" if state is None else f"ended with {state}"
                raise AssertionError(f"it never printed “{text}” and {ended}:\n{''.join(self._lines)}")
            return line

    def wait(self, timeout: float = 30.0) -> int:
        """Its exit status, once it has ended by itself. Raises subprocess.TimeoutExpired."""
        status = self._process.wait(timeout)
        self._reader.join(timeout=5)
        return status

    def stop(self, timeout: float = 10.0) -> int:
        """Asks it to end (SIGTERM), ends it when it does not, and gives its exit status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            status = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._reader.join(timeout=5)
        return status

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _read(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        with stream:
            for line in stream:
                with self._changed:
                    self._lines.append(line)
                    self._changed.notify_all()
        # It has closed its output, and ends a moment later: who waits is told when it has.
        self._process.wait()
        with self._changed:
            self._changed.notify_all()
