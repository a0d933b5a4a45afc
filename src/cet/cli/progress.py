"""What a person sees of long work, on the error stream of a terminal; and the end of it, at once, when they press Ctrl-C.

DuckDB does not hear of a signal while it works on a query. So a thread waits for it beside, and interrupts the query; it also asks
how far the query is. Whoever stops a command gets exit code 130, as in every shell.
"""

from __future__ import annotations

import os
import select
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import duckdb
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from cet.inventory.long_work import watched_by

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from types import FrameType, TracebackType

    from rich.console import Console

_EVERY = 0.1
_ASKED = "SET enable_progress_bar = true; SET enable_progress_bar_print = false"


class Working:
    """A context that shows what is done inside it, and stops it on Ctrl-C."""

    def __init__(self, what: str, screen: Console) -> None:
        self._what = what
        self._bar = _bar(screen) if screen.is_terminal else None
        self._task = self._bar.add_task(what, total=None) if self._bar else None
        self._lock = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._stopped = False
        self._ended = False

    def begin(self, doing: str, connection: duckdb.DuckDBPyConnection | None) -> None:
        """See `Watch`."""
        if self._bar is not None and connection is not None:
            connection.execute(_ASKED)
        with self._lock:
            self._connection = connection
        self._show(f"{self._what}: {doing}", None)

    def at(self, done: int, of: int) -> None:
        """See `Watch`."""
        self._show(None, 100 * done / of if of else None)

    def end(self) -> None:
        """See `Watch`."""
        with self._lock:
            self._connection = None
        self._show(self._what, None)

    def __enter__(self) -> Working:
        self._woken, wake = os.pipe()
        self._pipe = (self._woken, wake)
        os.set_blocking(wake, False)
        # Signals are the main thread's; elsewhere, and where they are ignored, they stay as they are.
        self._signals = (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        )
        if self._signals:
            self._wakes_before = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
            signal.signal(signal.SIGINT, self._stop)
        self._watched: AbstractContextManager[None] = watched_by(self)
        self._watched.__enter__()
        if self._bar is not None:
            self._bar.start()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        self._thread.join()
        self._watched.__exit__(kind, error, trace)
        if self._bar is not None:
            self._bar.stop()
        if self._signals:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.set_wakeup_fd(self._wakes_before)
        for end in self._pipe:
            os.close(end)
        if self._stopped and not isinstance(error, KeyboardInterrupt):
            # What a query says when it was interrupted is no error.
            raise KeyboardInterrupt from error

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signal module's
        # Once: what is written half is removed now, and nothing may come between.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._stopped = True
        raise KeyboardInterrupt

    def _look(self) -> None:
        interrupted = False
        while not self._ended:
            if select.select([self._woken], [], [], _EVERY)[0]:
                interrupted |= signal.SIGINT in os.read(self._woken, 64)
            # Where Ctrl-C came between a connection's close and `end`, it can't be asked any more.
            with self._lock, suppress(duckdb.Error):
                if self._connection is None:
                    continue
                if interrupted:
                    self._connection.interrupt()
                elif self._bar is not None:
                    # Below zero where it is not known.
                    done = self._connection.query_progress()
                    self._show(None, done if done >= 0 else None)

    def _show(self, text: str | None, done: float | None) -> None:
        if self._bar is None or self._task is None:
            return
        more: dict[str, Any] = {} if text is None else {"description": text}
        self._bar.update(self._task, total=None if done is None else 100, completed=done or 0, **more)


def _bar(screen: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=screen,
        transient=True,
    )
